"""Sequences are written: their rule is judged, and they are used only when they have steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hatir.domains.sequences import rules
from hatir.domains.sequences.actions.steps import problems_of
from hatir.domains.sequences.models import Enrolment, Step
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.queries.entering import read_rule
from hatir.foundation.access.queries import get_visible, visible
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.filters.schema import FilterError
from hatir.kit.filters.text import to_text

COPIED = ("kind", "title", "text", "wait_amount", "wait_unit", "limit_days", "assignee_id", "if_refused", "position")


def create_sequences(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[ContactSequence]:
    """Make sequences from cleaned values. Raises Invalid with the row's position."""
    rt = type_of_model(ContactSequence)
    records = []
    for row in rows:
        record: ContactSequence = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    _judge(records)
    return writing.save_many(records, actor=actor)


def update_sequences(
    pairs: Sequence[tuple[ContactSequence, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[ContactSequence]:
    """Change sequences. Raises Invalid where somebody goes through one that would carry something else.

    See `writing.save_many` for the other errors.
    """
    rt = type_of_model(ContactSequence)
    was = [(record.carries, record.state) for record, _values in pairs]
    for record, values in pairs:
        put_all(rt, record, values)
    records = [record for record, _values in pairs]
    _judge(records)
    wrong: dict[int, dict[str, list[str]]] = {}
    for place, (record, (carried, state)) in enumerate(zip(records, was, strict=True)):
        problem = _change_of_kind(record) if record.carries != carried else {}
        if record.state == rules.IN_USE and state == rules.DRAFT and actor.kind != "import" and not _has_steps(record):
            problem["state"] = [_("Add a step first.")]
        if problem:
            wrong[place] = problem
    if wrong:
        raise Invalid(rows=wrong)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def _judge(records: Sequence[ContactSequence]) -> None:
    wrong: dict[int, dict[str, list[str]]] = {}
    for place, record in enumerate(records):
        record.name = " ".join(record.name.split())
        record.rule = record.rule.strip()
        if record.rule:
            try:
                record.rule = to_text(read_rule(record.rule, record.carries))
            except FilterError as problem:
                wrong[place] = {"rule": [str(problem)]}
        if not record.name:
            wrong.setdefault(place, {})["name"] = [_("Give the sequence a name.")]
    if wrong:
        raise Invalid(rows=wrong)


def _change_of_kind(record: ContactSequence) -> dict[str, list[str]]:
    """Say what stands against letting a sequence carry something else."""
    if Enrolment.objects.filter(sequence=record).exists():
        return {"carries": [_("Somebody goes through this sequence already. Make a new one.")]}
    for step in Step.objects.filter(sequence=record, archived_at=None).order_by("position", "pk"):
        found = problems_of(step, record.carries)
        if found:
            return {"carries": [f"{step}: {' '.join(words)}" for words in found.values()]}
    return {}


def _has_steps(record: ContactSequence) -> bool:
    return Step.objects.filter(sequence=record, archived_at=None).exists()


def start_sequence(sequence: ContactSequence, *, actor: Actor) -> ContactSequence:
    """Let a sequence be used, or go on after a pause. Raises Invalid without any step."""
    return _to(sequence, rules.IN_USE, actor)


def pause_sequence(sequence: ContactSequence, *, actor: Actor) -> ContactSequence:
    """Let everybody in a sequence rest; nothing is sent or planned until it goes on."""
    return _to(sequence, rules.RESTING, actor)


def _to(sequence: ContactSequence, state: str, actor: Actor) -> ContactSequence:
    return sequence if sequence.state == state else update_sequences([(sequence, {"state": state})], actor=actor)[0]


def copy_sequence(sequence_id: int, *, actor: Actor) -> ContactSequence:
    """Make a draft with the same steps, the actor's own. Raises NotFoundHere or Denied."""
    with transaction.atomic():
        known: ContactSequence = get_visible(actor, ContactSequence, sequence_id)
        row = {
            "name": (_("%(name)s (copy)") % {"name": known.name})[:120], "purpose": known.purpose,
            "carries": known.carries, "rule": known.rule, "stops_on_reply": known.stops_on_reply,
            "stops_on_meeting": known.stops_on_meeting, "is_shared": known.is_shared,
        }  # fmt: skip
        made = create_sequences([row], actor=actor)[0]
        steps = visible(actor, Step).filter(sequence=known, archived_at=None).order_by("position", "pk")
        copies = []
        for step in steps:
            twin: Step = blank(type_of_model(Step))
            twin.sequence = made
            for name in COPIED:
                setattr(twin, name, getattr(step, name))
            copies.append(twin)
        writing.save_many(copies, actor=actor)
    return made
