"""Many records of a list are enrolled at once: one operation, one undo; each that is refused is counted by its reason.

Small selections are enrolled at once; larger ones by a job that goes by id: a record that is in already costs nothing
the second time, so a killed job is simply run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from hatir.domains.sequences.actions.enrolments import create_enrolments
from hatir.domains.sequences.models import Enrolment
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.queries.entering import ALREADY_IN, refusals
from hatir.domains.sequences.queries.subjects import LINKS, carried_by, choose_contacts, load_subjects
from hatir.foundation.access.queries import get_visible
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.selection import Selection, batches, selected

AT_ONCE = 200
ENROL_MANY = "sequences.enrol_many"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Enrolled:
    """How many were enrolled, how many were refused by reason, and the operation by which it is undone."""

    count: int
    operation: str
    refused: Mapping[str, int] = field(default_factory=dict)
    job_id: int | None = None

    @property
    def refused_count(self) -> int:
        return sum(self.refused.values())


def enrol_selected(selection: Selection, sequence_id: int, *, actor: Actor) -> Enrolled:
    """Enrol all selected records, at once or by a job when there are many.

    Raises NotFoundHere, Invalid (the sequence carries something else) or FilterError before anything is written.
    """
    sequence = _fitting(selection, sequence_id, actor)
    rt = record_type(selection.type_key)
    count = selected(actor, rt, selection, "view").order_by()[: AT_ONCE + 1].count()
    if count > AT_ONCE:
        task = task_of(ENROL_MANY).using(actor=actor, subject=sequence.name)
        job = task.enqueue(selection=asdict(selection), sequence_id=sequence.pk)
        return Enrolled(0, job.operation, job_id=job.pk)
    with transaction.atomic():
        return enrol_all(selection, sequence_id, actor=actor)


def _fitting(selection: Selection, sequence_id: int, actor: Actor) -> ContactSequence:
    sequence: ContactSequence = get_visible(actor, ContactSequence, sequence_id)
    if carried_by(record_type(selection.type_key).root_key) != sequence.carries:
        raise NotFoundHere(str(sequence_id))
    return sequence


def enrol_all(selection: Selection, sequence_id: int, *, actor: Actor, progress: Progress | None = None) -> Enrolled:
    """Enrol batch by batch, each one transaction. A record that is refused is left out and counted."""
    sequence = _fitting(selection, sequence_id, actor)
    rt = record_type(selection.type_key)
    total = selected(actor, rt, selection, "view").order_by().count() if progress else 0
    count, refused, seen = 0, Counter[str](), 0
    for records in batches(actor, rt, selection, "view"):
        with transaction.atomic():
            made, why = _enrol(sequence, records, actor)
            count, seen = count + made, seen + len(records)
            refused += why
            if progress:
                progress(seen, total)
    return Enrolled(count, actor.operation, dict(refused))


def _enrol(sequence: ContactSequence, records: list[Any], actor: Actor) -> tuple[int, Counter[str]]:
    link = LINKS[sequence.carries]
    asked = [Enrolment(sequence=sequence, **{f"{link}_id": record.pk}) for record in records]
    load_subjects(asked)
    choose_contacts(asked)
    no = refusals(asked, actor=actor)
    rows = [{"sequence": sequence.pk, link: record.pk} for at, record in enumerate(records) if at not in no]
    why = Counter(no.values())
    try:
        with transaction.atomic():
            return len(create_enrolments(rows, actor=actor)) if rows else 0, why
    except Invalid:  # somebody enrolled one of them at this moment
        pass
    made = sum(_enrol_one(row, actor) for row in rows)
    why[ALREADY_IN] += len(rows) - made
    return made, why


def _enrol_one(row: dict[str, Any], actor: Actor) -> bool:
    try:
        with transaction.atomic():
            create_enrolments([row], actor=actor)
    except Invalid:
        return False
    return True
