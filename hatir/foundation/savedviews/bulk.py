"""Changing many selected records at once: one operation, so one entry in audit's eyes and one undo.

Small selections are changed at once; larger ones by a job that shows progress and survives a killed worker:
it goes by id, and a record that already has the values costs nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from hatir.foundation.access.queries import may, visible, writable_fields
from hatir.foundation.jobs.actions import enqueue
from hatir.foundation.records import actions, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere, RecordError
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import clean_values
from hatir.foundation.savedviews.selection import Selection, batches, selected

AT_ONCE = 200
CHANGE_MANY = "savedviews.change_many"
EDIT, ARCHIVE, RESTORE = "edit", "archive", "restore"
VERB_OF = {EDIT: "edit", ARCHIVE: "archive", RESTORE: "archive"}
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class BulkChange:
    """What to do: edit with raw `values` by field name, `add` and `remove` for to-many fields, archive, restore."""

    verb: str = EDIT
    values: Mapping[str, Any] | None = None
    add: Mapping[str, Sequence[Any]] | None = None
    remove: Mapping[str, Sequence[Any]] | None = None


@dataclass(frozen=True)
class Outcome:
    """How it went: records changed, records left out, and the operation by which all is undone."""

    changed_count: int
    refused_count: int
    operation: str
    job_id: int | None = None


def change_selected(selection: Selection, change: BulkChange, *, actor: Actor) -> Outcome:
    """Change all selected records, at once or by a job when there are many.

    Raises NotFoundHere, Denied, Invalid or FilterError before anything is written.
    """
    rt = record_type(selection.type_key)
    verb = VERB_OF.get(change.verb, change.verb)
    if not may(actor, "view", rt):
        raise NotFoundHere(rt.key)
    if not may(actor, verb, rt):
        raise Denied(verb, rt.key)
    if change.verb == EDIT:
        _cleaned(rt, change, actor)
    count = selected(actor, rt, selection, verb).order_by()[: AT_ONCE + 1].count()
    if count > AT_ONCE:
        job = enqueue(CHANGE_MANY, {"selection": asdict(selection), "change": asdict(change)}, actor=actor)
        return Outcome(0, 0, job.operation, job.pk)
    with transaction.atomic():
        return run(selection, change, actor=actor)


def run(
    selection: Selection,
    change: BulkChange,
    *,
    actor: Actor,
    progress: Progress | None = None,
) -> Outcome:
    """Do the change batch by batch, each one transaction. A record that refuses is left out and counted."""
    rt = record_type(selection.type_key)
    verb = VERB_OF[change.verb]
    total = selected(actor, rt, selection, verb).order_by().count() if progress else 0
    changed = refused = 0
    for records in batches(actor, rt, selection, verb):
        with transaction.atomic():
            done = _apply(rt, records, change, actor)
            changed += done
            refused += len(records) - done
            if progress:
                progress(changed + refused, total)
    return Outcome(changed, refused, actor.operation)


def _apply(rt: RecordType, records: list[Any], change: BulkChange, actor: Actor) -> int:
    """Change a batch at once; when the door refuses it, one by one, so that only the refused are left out."""
    try:
        with transaction.atomic():
            _write(rt, records, change, actor)
    except RecordError:
        if len(records) == 1:
            return 0
        fresh = visible(actor, rt, VERB_OF[change.verb]).filter(pk__in=[record.pk for record in records])
        return sum(_apply(rt, [record], change, actor) for record in fresh)
    return len(records)


def _write(rt: RecordType, records: list[Any], change: BulkChange, actor: Actor) -> None:
    if change.verb == ARCHIVE:
        writing.archive_many(records, actor=actor)
    elif change.verb == RESTORE:
        writing.restore_many(records, actor=actor)
    else:
        actions.update(rt, list(_pairs(rt, records, change, actor)), actor=actor)


def _pairs(
    rt: RecordType, records: list[Any], change: BulkChange, actor: Actor
) -> Iterator[tuple[Any, dict[str, Any]]]:
    values, add, remove = _cleaned(rt, change, actor)
    fields = writable_fields(actor, rt)
    for record in records:
        own = dict(values)
        for name in {*add, *remove}:
            held = list(value_of(fields[name], record) or ())
            own[name] = [
                item for item in dict.fromkeys([*held, *add.get(name, ())]) if item not in remove.get(name, ())
            ]
        yield record, own


def _cleaned(
    rt: RecordType, change: BulkChange, actor: Actor
) -> tuple[dict[str, Any], dict[str, list[Any]], dict[str, list[Any]]]:
    """Read the values with the actor's rights. Raises Denied for a field that is not theirs to write, or Invalid."""
    fields = writable_fields(actor, rt)
    parts = (change.values or {}, change.add or {}, change.remove or {})
    names = {name for part in parts for name in part}
    foreign = sorted(names - set(fields))
    if foreign:
        raise Denied("edit", rt.key, foreign)
    if not names:
        raise Invalid({"": []})
    values, add, remove = (clean_values(fields, part, complete=False) for part in parts)
    return values, add, remove
