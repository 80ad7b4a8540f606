"""How words read for a real record, and a whole sequence tried with one, before anybody is enrolled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hatir.domains.leads.queries.calendar import working_calendar
from hatir.domains.sequences import rules
from hatir.domains.sequences.models import Enrolment, Step
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.queries.entering import NOT_IN_USE, refusals, sequences_for, words_of_refusal
from hatir.domains.sequences.queries.running import steps_by_sequence
from hatir.domains.sequences.queries.subjects import (
    LINKS,
    MODELS,
    TYPES,
    choose_contacts,
    closed_as,
    load_subjects,
    reach_of,
    subject_of,
)
from hatir.domains.sequences.queries.words import Words, seen_words
from hatir.foundation.access.queries import get_visible, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_type
from hatir.kit.working_time import add_minutes

LOOKED_AT = 50
"""Among so many of the newest records one is chosen that is still open."""


@dataclass(frozen=True)
class Preview:
    """Words as they would stand for a record; `problem` says why they could not."""

    record: str = ""
    title: str = ""
    text: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Trial:
    """A sequence tried with a record: whether it would be let in, and each step with its earliest time."""

    record: str
    record_id: int
    refusal: str
    steps: Sequence[tuple[Step, datetime, Preview]]


def type_of(carries: str) -> str:
    """Name the type of the records that a sequence carries."""
    return TYPES[carries]


def preview_of(actor: Actor, sequence: ContactSequence, title: str, text: str, record_id: int | None = None) -> Preview:
    """Show words for a record that the actor sees, without one for the newest. Raises NotFoundHere."""
    one = _for_looking(actor, sequence, record_id)
    if one is None:
        return Preview(problem=_("There is no record yet to try it with."))
    return _shown(title, text, seen_words(actor, one), sequence, _name(one))


def _for_looking(actor: Actor, sequence: ContactSequence, record_id: int | None) -> Enrolment | None:
    """Make an enrolment in memory of a record, the actor's own if the record has no owner."""
    model = MODELS[sequence.carries]
    if record_id is None:
        newest = list(visible(actor, model).filter(archived_at=None).order_by("-pk")[:LOOKED_AT])
        record = next((one for one in newest if not closed_as(one)), newest[0] if newest else None)
    else:
        record = get_visible(actor, model, record_id)
    if record is None:
        return None
    one = Enrolment(sequence=sequence, owner_id=record.owner_id or actor.user_id)
    setattr(one, f"{LINKS[sequence.carries]}_id", record.pk)
    load_subjects([one])
    choose_contacts([one])
    return one


def _name(one: Enrolment) -> str:
    record: Any = subject_of(one)
    return record_type(TYPES[one.sequence.carries]).title_of(record)


def _shown(title: str, text: str, words: Words, sequence: ContactSequence, record: str) -> Preview:
    try:
        unknown = [*rules.unknown_in(title, sequence.carries), *rules.unknown_in(text, sequence.carries)]
    except rules.Unbalanced:
        return Preview(record, title, text, _("Double braces open and do not close."))
    if unknown:
        names = ", ".join(one.name for one in unknown)
        return Preview(record, title, text, _("There is no such field: %(names)s") % {"names": names})
    lacking: list[str] = []
    shown = []
    for part in (title, text):
        try:
            rules.filled(part, words)
        except rules.Lacking as problem:
            lacking += problem.names
        shown.append(rules.filled(part, words, blank="…"))
    told = _("The record has nothing for: %(names)s") % {"names": ", ".join(dict.fromkeys(lacking))} if lacking else ""
    return Preview(record, shown[0], shown[1], told)


def trial_of(
    actor: Actor, sequence: ContactSequence, steps: Sequence[Step], at: datetime, record_id: int | None = None
) -> Trial | None:
    """Try a whole sequence with a record: each call and task is taken as done at once. None without any record."""
    one = _for_looking(actor, sequence, record_id)
    if one is None:
        return None
    words, name = seen_words(actor, one), _name(one)
    calendar, moment = working_calendar(), at
    found = []
    for step in steps:
        if step.kind == rules.WAIT:
            found.append((step, moment, Preview(name, step.title)))
            moment = rules.wait_end(moment, step.wait_amount, step.wait_unit, calendar)
            continue
        moment = add_minutes(moment, 0, calendar)
        found.append((step, moment, _shown(step.title, step.text, words, sequence, name)))
    why = refusals([one], actor=actor).get(0, "")
    why = "" if why == NOT_IN_USE else why  # a draft is tried before it is used
    if not why and any(step.kind == rules.EMAIL for step in steps):
        why = reach_of([one])[0].refusal
    return Trial(name, subject_of(one).pk, words_of_refusal(why) if why else "", found)


@dataclass(frozen=True)
class Offer:
    """A sequence that a record may begin; with a `refusal` it may not, and that is why."""

    sequence: ContactSequence
    first: str
    step_count: int
    refusal: str = ""


def offers_for(actor: Actor, carries: str, record: Any) -> list[Offer]:
    """List the sequences in use for a record, those it may begin first."""
    sequences = sequences_for(actor, carries)
    asked = []
    for sequence in sequences:
        one = Enrolment(sequence=sequence)
        setattr(one, f"{LINKS[carries]}_id", record.pk)
        asked.append(one)
    load_subjects(asked)
    choose_contacts(asked)
    no = refusals(asked, actor=actor)
    steps = steps_by_sequence([sequence.pk for sequence in sequences])
    offers = [
        Offer(
            sequence,
            str(steps[sequence.pk][0]) if steps[sequence.pk] else "",
            len(steps[sequence.pk]),
            words_of_refusal(no[place]) if place in no else "",
        )
        for place, sequence in enumerate(sequences)
    ]
    return sorted(offers, key=lambda offer: bool(offer.refusal))
