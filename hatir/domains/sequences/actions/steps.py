"""Steps of sequences: written, moved and removed while people stand on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from hatir.domains.sequences import rules
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.models import Step
from hatir.foundation.access.queries import get_for
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all

LONGEST_WAIT = 365
Wrong = dict[int, dict[str, list[str]]]


def create_steps(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Step]:
    """Add steps to sequences; without a position they come last. Raises Invalid with the row's position."""
    rt = type_of_model(Step)
    records = []
    for row in rows:
        record: Step = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    with transaction.atomic():
        _judge(records)
        _place(records)
        return writing.save_many(records, actor=actor)


def update_steps(
    pairs: Sequence[tuple[Step, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Step]:
    """Change steps. Whoever stands on one takes it as it stands when its time comes; who took it does not again.

    Raises Invalid for one that would go to another sequence. See `writing.save_many` for the other errors.
    """
    rt = type_of_model(Step)
    held = [record.sequence_id for record, _values in pairs]
    for record, values in pairs:
        put_all(rt, record, values)
    records = [record for record, _values in pairs]
    moved = {
        place: {"sequence": [_("A step stays in its sequence.")]}
        for place, (record, before) in enumerate(zip(records, held, strict=True))
        if record.sequence_id != before
    }
    if moved:
        raise Invalid(rows=moved)
    _judge(records)
    return writing.save_many(records, actor=actor, expected_version=expected_version)


def _judge(records: Sequence[Step]) -> None:
    carried = dict(
        ContactSequence.objects.filter(pk__in={one.sequence_id for one in records}).values_list("pk", "carries")
    )
    wrong: Wrong = {}
    for place, record in enumerate(records):
        _tidy(record)
        problem = problems_of(record, carried.get(record.sequence_id, rules.LEADS))
        if problem:
            wrong[place] = problem
    if wrong:
        raise Invalid(rows=wrong)


def _tidy(record: Step) -> None:
    record.title = " ".join(record.title.split())
    record.text = record.text.replace("\r\n", "\n").replace("\x00", "").strip()
    if record.kind == rules.WAIT:
        with override(value_of("company.language")):
            record.title = wait_words(record)


def wait_words(step: Step) -> str:
    """Say how long a wait is."""
    count = step.wait_amount
    if step.wait_unit == rules.WORKING_DAYS:
        return ngettext("wait %(count)d working day", "wait %(count)d working days", count) % {"count": count}
    return ngettext("wait %(count)d day", "wait %(count)d days", count) % {"count": count}


def problems_of(step: Step, carries: str) -> dict[str, list[str]]:
    """Say by field what is wrong with a step of a sequence that carries such records."""
    errors: dict[str, list[str]] = {}
    if step.kind == rules.WAIT:
        if not 1 <= step.wait_amount <= LONGEST_WAIT:
            errors["wait_amount"] = [_("Between 1 and %(most)d days.") % {"most": LONGEST_WAIT}]
        return errors
    if not step.title:
        errors["title"] = [_("Write the subject.") if step.kind == rules.EMAIL else _("Write what is to be done.")]
    if step.kind == rules.EMAIL and not step.text:
        errors["text"] = [_("Write the mail.")]
    for name in ("title", "text"):
        said = wrong_words(getattr(step, name), carries)
        if said:
            errors.setdefault(name, []).extend(said)
    return errors


def wrong_words(text: str, carries: str) -> list[str]:
    """Say which fields of a text no record has, and what was probably meant."""
    try:
        unknown = rules.unknown_in(text, carries)
    except rules.Unbalanced:
        return [_("A field is written between double braces, such as {{%(name)s}}.") % {"name": _name("first_name")}]
    return list(_worded(unknown))


def _worded(unknown: Iterable[rules.Unknown]) -> Iterable[str]:
    for one in unknown:
        told = {"name": one.name, "near": _name(one.near) if one.near else ""}
        if one.near:
            yield _("There is no field “%(name)s”. Did you mean {{%(near)s}}?") % told
        else:
            yield _("There is no field “%(name)s” here.") % told


def _name(key: str) -> str:
    return rules.name_for(key, get_language() or "tr")


def _place(records: Sequence[Step]) -> None:
    """Put new steps without a place behind those that are there, removed ones included."""
    ids = {record.sequence_id for record in records}
    last = dict(Step.objects.filter(sequence__in=ids).values_list("sequence").annotate(last=Max("position")))
    for record in records:
        record.position = record.position or last.get(record.sequence_id, 0) + 1
        last[record.sequence_id] = max(last.get(record.sequence_id, 0), record.position)


# --- the editor ------------------------------------------------------------------------------------


def insert_step(sequence: ContactSequence, values: Mapping[str, Any], *, place: int | None, actor: Actor) -> Step:
    """Add a step at a place among those in use, counted from 0; None puts it last. Raises Invalid or Denied."""
    with transaction.atomic():
        get_for(actor, ContactSequence, sequence.pk, "edit")
        made = create_steps([{**values, "sequence": sequence.pk}], actor=actor)[0]
        if place is not None:
            _put_at(made, place, actor)
    return made


def move_step(step: Step, *, place: int, actor: Actor) -> Step:
    """Move a step to another place among those in use, counted from 0. Raises NotFoundHere or Denied."""
    with transaction.atomic():
        get_for(actor, Step, step.pk, "edit")
        _put_at(step, place, actor)
    return step


def _put_at(step: Step, place: int, actor: Actor) -> None:
    """Number all steps anew, removed ones too: who stood on one of those goes on from its place."""
    rows = Step.objects.select_for_update(of=("self",)).filter(sequence=step.sequence_id).order_by("position", "pk")
    steps = {one.pk: one for one in rows}
    live = [pk for pk, one in steps.items() if one.archived_at is None]
    wanted = rules.moved(live, step.pk, place)
    order = _with_removed(list(steps), wanted, step.pk)
    for position, pk in enumerate(order, start=1):
        steps[pk].position = position
    writing.save_many([steps[pk] for pk in order], actor=actor)
    step.position = steps[step.pk].position


def _with_removed(known: Sequence[int], live: Sequence[int], moved: int) -> list[int]:
    """Give an order of all in which those in use come as wanted, each removed one behind what it stood behind."""
    order = list(live)
    for at, pk in enumerate(known):
        if pk not in live:
            before = next((other for other in reversed(known[:at]) if other in order and other != moved), None)
            order.insert(order.index(before) + 1 if before is not None else 0, pk)
    return order


def remove_step(step: Step, *, actor: Actor) -> None:
    """Take a step out of its sequence; whoever stands on it goes on from its place when the time comes.

    Raises NotFoundHere or Denied.
    """
    with transaction.atomic():
        found: Step = get_for(actor, Step, step.pk, "archive")
        writing.archive_many([found], actor=actor)
