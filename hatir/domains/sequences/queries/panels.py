"""What pages show of sequences: the enrolments of a record, where each stands, its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.domains.sequences import rules
from hatir.domains.sequences.models import REASONS, RUN_STATES, STATUSES, Enrolment, EnrolmentMove, Step, StepRun
from hatir.foundation.access.queries import open_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import type_of_model
from hatir.kit.formats_tr import format_day_month

PANEL_ROWS = 6
PLACE = {"status", "reason", "reason_text", "step", "due_at", "awaits"}


def enrolments_of_lead(actor: Actor, lead: Any) -> list[Enrolment]:
    """List the enrolments of a lead for its page, those under way first."""
    return _for_panel(actor, visible(actor, Enrolment).filter(lead=lead))


def enrolments_of_deal(actor: Actor, deal: Any) -> list[Enrolment]:
    """List the enrolments of a deal for its page, those under way first."""
    return _for_panel(actor, visible(actor, Enrolment).filter(deal=deal))


def enrolments_of_customer(actor: Actor, customer: Any) -> list[Enrolment]:
    """List the enrolments of a customer for its page, those about his deals included, those under way first."""
    return _for_panel(actor, visible(actor, Enrolment).filter(Q(customer=customer) | Q(contact=customer)))


def _for_panel(actor: Actor, rows: QuerySet[Enrolment]) -> list[Enrolment]:
    rows = rows.filter(archived_at=None).select_related("sequence", "step")
    found = list(rows.filter(status__in=rules.OPEN).order_by("-pk")[:PANEL_ROWS])
    if len(found) < PANEL_ROWS:
        found += list(rows.exclude(status__in=rules.OPEN).order_by("-status_at", "-pk")[: PANEL_ROWS - len(found)])
    for one in found if sees_places(actor) else ():
        one.panel_note = place_words(one)  # type: ignore[attr-defined]
        one.panel_note_right = str(one.get_status_display())  # type: ignore[attr-defined]
    return found


def sees_places(actor: Actor) -> bool:
    """Tell whether somebody may read all that says where an enrolment stands and why."""
    return set(open_fields(actor, type_of_model(Enrolment))) >= PLACE


def place_words(one: Enrolment) -> str:
    """Say where an enrolment stands, or why it does not go on."""
    if one.status in (rules.PAUSED, rules.STOPPED):
        return " · ".join(part for part in (str(one.get_reason_display()), one.reason_text) if part)
    if one.status == rules.FINISHED or one.step is None:
        return ""
    if one.awaits == rules.FOR_SENDER:
        return _("%(step)s: waits for the sender’s turn") % {"step": one.step}
    if one.awaits == rules.FOR_TASK:
        return _("%(step)s: waits until it is done") % {"step": one.step}
    day = _day(one.due_at)
    return _("%(step)s, until %(day)s") % {"step": one.step, "day": day} if day else str(one.step)


def _day(at: datetime | None) -> str:
    if at is None:
        return ""
    return format_day_month(timezone.localtime(at).date(), language=get_language() or "tr")


def steps_of(actor: Actor, sequence: Any) -> list[Step]:
    """List the steps in use of a sequence, in their order."""
    rows = visible(actor, Step).filter(sequence=sequence, archived_at=None).select_related("assignee")
    return list(rows.order_by("position", "pk"))


def standing_on(actor: Actor, step: Step) -> int:
    """Count who stands on a step, as far as the actor sees them."""
    return visible(actor, Enrolment).filter(step=step, status__in=rules.OPEN, archived_at=None).count()


def owner_of(enrolment_id: int) -> int | None:
    """Give whose an enrolment is; for the house itself."""
    return Enrolment.objects.filter(pk=enrolment_id).values_list("owner_id", flat=True).first()


# --- the log of one enrolment ----------------------------------------------------------------------


@dataclass(frozen=True)
class LogLine:
    """One line of the log: what happened when, by whom, and what was said of it."""

    at: datetime
    title: str
    state: str
    icon: str
    who: str = ""
    note: str = ""
    task_url: str = ""


ICONS = {rules.EMAIL: "mail", rules.CALL: "phone", rules.TASK: "circle-check", rules.WAIT: "hourglass"}
MOVE_ICONS = {rules.ACTIVE: "play", rules.PAUSED: "pause", rules.STOPPED: "circle-x", rules.FINISHED: "check-check"}


def log_of(one: Enrolment) -> list[LogLine]:
    """Give the log of an enrolment that the caller found through the read door, the latest first."""
    runs = StepRun.objects.filter(enrolment=one).select_related("step", "sender", "task").order_by("at", "pk")
    moves = EnrolmentMove.objects.filter(enrolment=one).order_by("at", "pk")
    lines = [_of_run(run) for run in runs] + [_of_move(move) for move in moves]
    return sorted(lines, key=lambda line: line.at)[::-1]  # of one instant the later line first


def _of_run(run: StepRun) -> LogLine:
    task = run.task
    return LogLine(
        at=run.at,
        title=str(run.step),
        state=str(dict(RUN_STATES)[run.state]),
        icon=ICONS[run.step.kind],
        who=run.sender.name if run.sender else "",
        note=" · ".join(part for part in (run.to, run.note) if part),
        task_url=f"/records/planning.task/{task.public_id}/" if task is not None else "",
    )


def _of_move(move: EnrolmentMove) -> LogLine:
    reason = str(dict(REASONS).get(move.reason, ""))
    return LogLine(
        at=move.at,
        title=str(dict(STATUSES)[move.status]),
        state=reason,
        icon=MOVE_ICONS[move.status],
        who=move.user_label,
        note=move.note,
    )
