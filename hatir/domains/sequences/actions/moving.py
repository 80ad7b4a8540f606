"""Enrolments come from one status into another: stored, remembered, told, and what they planned is called off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from hatir.domains.planning.actions import update_tasks
from hatir.domains.planning.models import CANCELLED, OPEN, Task
from hatir.domains.sequences import rules
from hatir.domains.sequences.events import EnrolmentFinished, EnrolmentPaused, EnrolmentStopped
from hatir.domains.sequences.models import REASONS, Enrolment, EnrolmentMove, StepRun
from hatir.domains.sequences.queries.subjects import HOUSE, subject_ref
from hatir.foundation.events.bus import publish
from hatir.foundation.events.facts import Event
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import bulk, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry

PLACE = ("step_id", "last_step_id", "due_at", "awaits", "queued_at", "sent_count")
"""The columns of an enrolment that say where it stands."""
MOST_TOLD = 200
"""So many enrolments of one change are told of one by one; of more only the facts of the write door speak."""


@dataclass(frozen=True)
class Move:
    """An enrolment and the status that it comes into, why, and what was said of it."""

    enrolment: Enrolment
    status: str
    reason: str = ""
    text: str = ""


def move_all(moves: Sequence[Move], *, actor: Actor, at: datetime) -> list[Enrolment]:
    """Let enrolments, which are locked and of which each has another status, come into a status."""
    for one in moves:
        enrolment = one.enrolment
        enrolment.status, enrolment.status_at = one.status, at
        enrolment.reason, enrolment.reason_text = one.reason, one.text[:300]
    saved = writing.save_many([one.enrolment for one in moves], actor=actor)
    follow(moves, actor=actor, at=at)
    return saved


def follow(moves: Sequence[Move], *, actor: Actor, at: datetime) -> None:
    """Let follow what belongs to a new status: the log, the timeline, the plans of who stopped, who is told."""
    if not moves:
        return
    bulk.insert([_remembered(one, actor, at) for one in moves])
    ended = [one.enrolment.pk for one in moves if one.status == rules.STOPPED]
    call_off_tasks(ended, actor=actor, at=at)
    wake([one.enrolment for one in moves if one.status == rules.ACTIVE], at)
    with override(value_of("company.language")):
        add_entries([_entry(one, actor, at) for one in moves])
    if len(moves) <= MOST_TOLD:
        for one in moves:
            _tell(one, actor)


def _remembered(one: Move, actor: Actor, at: datetime) -> EnrolmentMove:
    return EnrolmentMove(
        enrolment_id=one.enrolment.pk, status=one.status, reason=one.reason, note=one.text[:300], at=at,
        user_id=actor.user_id, user_label="" if actor.is_system else actor.label[:120],
    )  # fmt: skip


def call_off_tasks(ids: Sequence[int], *, actor: Actor, at: datetime) -> None:
    """Call off the calls and tasks that enrolments planned and that nobody did yet, in the actor's operation."""
    if not ids:
        return
    planned = StepRun.objects.filter(enrolment__in=ids, state__in=("open", "late"), task__status=OPEN)
    tasks = list(Task.objects.filter(pk__in=planned.values("task"), archived_at=None))
    if tasks:
        house = HOUSE.in_operation(actor.operation)
        update_tasks([(task, {"status": CANCELLED}) for task in tasks], actor=house)
    StepRun.objects.filter(enrolment__in=ids, state="open").update(state="skipped", ended_at=at)


def wake(enrolments: Iterable[Enrolment], at: datetime) -> None:
    """Let those who go on again not wait for a task that is no longer there."""
    many = list(enrolments)
    planned = {one.pk for one in many if one.awaits == rules.FOR_TASK}
    still = StepRun.objects.filter(enrolment__in=planned, state="open").values_list("enrolment_id", flat=True)
    held = set(still) if planned else set()
    lost = [one for one in many if one.pk in planned - held or (one.awaits == rules.FOR_TIME and one.due_at is None)]
    for one in lost:
        one.awaits, one.due_at = rules.FOR_TIME, at
    Enrolment.objects.filter(pk__in=[one.pk for one in lost]).update(awaits=rules.FOR_TIME, due_at=at)


def call_off_of_gone(ids: Sequence[int], *, at: datetime) -> None:
    """Call off what enrolments planned that were taken back (archived); nothing else about them changes."""
    gone = Enrolment.objects.filter(pk__in=ids).exclude(archived_at=None)
    call_off_tasks(list(gone.values_list("pk", flat=True)), actor=HOUSE, at=at)


def about_of(one: Enrolment) -> tuple[RecordRef, ...]:
    """Give what an event of an enrolment is about: itself, what it carries, and the deal's contact."""
    found = [RecordRef("sequences.enrolment", one.pk), subject_ref(one)]
    if one.contact_id:
        found.append(RecordRef("customers.customer", one.contact_id))
    return tuple(found)


def _tell(one: Move, actor: Actor) -> None:
    about, name = about_of(one.enrolment), one.enrolment.sequence.name
    fact: Event | None = None
    if one.status == rules.STOPPED:
        fact = EnrolmentStopped(about=about, sequence=name, reason=one.reason)
    elif one.status == rules.PAUSED:
        fact = EnrolmentPaused(about=about, sequence=name, reason=one.reason)
    elif one.status == rules.FINISHED:
        fact = EnrolmentFinished(about=about, sequence=name)
    if fact is not None:
        publish(fact, actor=actor)


def _entry(one: Move, actor: Actor, at: datetime) -> TimelineEntry:
    ref = subject_ref(one.enrolment)
    words: dict[str, str] = {
        rules.STOPPED: _("sequence “%(sequence)s” stopped: %(reason)s"),
        rules.PAUSED: _("sequence “%(sequence)s” paused: %(reason)s"),
        rules.FINISHED: _("sequence “%(sequence)s” went through all its steps"),
        rules.ACTIVE: _("sequence “%(sequence)s” goes on"),
    }
    told: dict[str, Any] = {
        "sequence": one.enrolment.sequence.name,
        "reason": " · ".join(part for part in (str(dict(REASONS).get(one.reason, "")), one.text) if part),
    }
    return TimelineEntry(
        type_key=ref.type_key, about_id=ref.id, at=at, kind="system", user_id=actor.user_id,
        user_label="" if actor.is_system else actor.label[:120], title=(words[one.status] % told)[:300],
        ref_type="sequences.enrolment", ref_id=one.enrolment.pk, data={"reason": one.reason},
    )  # fmt: skip
