"""What came of a sequence: in all, and by the last step before something came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from hatir.domains.sequences import rules
from hatir.domains.sequences.models import Enrolment, Step, StepRun
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor

GAINED = (rules.CONVERTED, rules.WON)
COUNTS: dict[str, Q] = {
    "replied": Q(replied_at__isnull=False),
    "met": Q(met_at__isnull=False),
    "bounced": Q(bounced_at__isnull=False),
    "gained": Q(status=rules.STOPPED, reason__in=GAINED),
}
"""What can come of an enrolment, as conditions on it."""


@dataclass(frozen=True)
class Totals:
    """How many went in, where they are, and what came of them."""

    enrolled: int = 0
    active: int = 0
    paused: int = 0
    finished: int = 0
    stopped: int = 0
    replied: int = 0
    met: int = 0
    bounced: int = 0
    gained: int = 0
    sent: int = 0


@dataclass(frozen=True)
class StepLine:
    """One step: who stands on it, who took it and how, and what came of those for whom it was the last."""

    step: Step
    standing: int = 0
    taken: int = 0
    by_state: dict[str, int] = field(default_factory=dict)
    replied: int = 0
    met: int = 0
    bounced: int = 0
    gained: int = 0


def enrolments_in(actor: Actor, sequence: ContactSequence) -> QuerySet[Enrolment]:
    """Give the enrolments of a sequence that the actor sees."""
    rows: QuerySet[Enrolment] = visible(actor, Enrolment).filter(sequence=sequence, archived_at=None)
    return rows


def totals_of(actor: Actor, sequence: ContactSequence) -> Totals:
    """Count what came of a sequence; two statements."""
    rows = enrolments_in(actor, sequence).order_by()
    of_status = {
        status: Count("pk", filter=Q(status=status))
        for status in (rules.ACTIVE, rules.PAUSED, rules.FINISHED, rules.STOPPED)
    }
    counted = rows.aggregate(
        enrolled=Count("pk"), **of_status, **{name: Count("pk", filter=each) for name, each in COUNTS.items()}
    )
    sent = StepRun.objects.filter(enrolment__in=rows, state__in=("sent", "bounced")).count()
    return Totals(**counted, sent=sent)


def lines_of(actor: Actor, sequence: ContactSequence, steps: Sequence[Step]) -> list[StepLine]:
    """Count what came of each step; three statements, however many steps there are."""
    rows = enrolments_in(actor, sequence).order_by()
    standing = dict(rows.filter(status__in=rules.OPEN).values_list("step").annotate(n=Count("pk")))
    ends = {
        row["last_step"]: row
        for row in rows.values("last_step").annotate(
            **{name: Count("pk", filter=each) for name, each in COUNTS.items()}
        )
    }
    states: dict[int, dict[str, int]] = {}
    runs = StepRun.objects.filter(enrolment__in=rows).order_by().values_list("step", "state").annotate(n=Count("pk"))
    for step_id, state, count in runs:
        states.setdefault(step_id, {})[state] = count
    return [_line(step, standing.get(step.pk, 0), states.get(step.pk, {}), ends.get(step.pk, {})) for step in steps]


def _line(step: Step, standing: int, by_state: dict[str, int], ends: Mapping[str, Any]) -> StepLine:
    return StepLine(
        step=step,
        standing=standing,
        taken=sum(by_state.values()),
        by_state=by_state,
        **{name: int(ends.get(name, 0)) for name in COUNTS},
    )


def removed_steps(sequence: ContactSequence) -> list[Step]:
    """List the steps that were taken out of a sequence after somebody took them; the caller saw the sequence."""
    rows = Step.objects.filter(sequence=sequence, runs__isnull=False).exclude(archived_at=None)
    return list(rows.distinct().order_by("position", "pk"))
