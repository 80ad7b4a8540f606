"""The one write door. Page, API, import, rule and connector all pass through here.

Each call is one transaction with a fixed number of statements: read the old rows once, ask the
steps that may refuse, write in bulk, tell the steps that follow (audit, search, events).
`foundation.pipeline` alone decides which steps there are and in what order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.changes import Change, Verb, WriteBatch
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import EditConflict, NotFoundHere
from hatir.foundation.records.memory import within_one
from hatir.foundation.records.models import Record
from hatir.foundation.records.parts import part_of
from hatir.foundation.records.registry import fields_of, type_of
from hatir.foundation.records.snapshot import snapshot
from hatir.kit.ids import new_ids

R = TypeVar("R", bound=Record)
Step = Callable[[WriteBatch], None]
Ahead = Callable[[RecordType, Sequence[Any]], None]
BATCH = 2500
_before: tuple[Step, ...] = ()
_after: tuple[Step, ...] = ()
_ahead: tuple[Ahead, ...] = ()


def install(*, before: Sequence[Step], after: Sequence[Step], ahead: Sequence[Ahead] = ()) -> None:
    """Set the steps of every write, and what they may do ahead; called once, by the pipeline."""
    global _before, _after, _ahead
    _before, _after, _ahead = tuple(before), tuple(after), tuple(ahead)


def make_ready(rt: RecordType, records: Sequence[Any]) -> None:
    """Let the steps do ahead what needs no database, for new records that change in nothing but links any more."""
    for each in _ahead:
        each(rt, records)


def save(record: R, *, actor: Actor, expected_version: int | None = None) -> R:
    """Store one new or changed record. See `save_many` for the errors.

    With `expected_version` a record that somebody saved since raises EditConflict, naming both
    values of each field that both changed.
    """
    save_many([record], actor=actor, expected_version=expected_version)
    return record


def save_many(records: Sequence[R], *, actor: Actor, expected_version: int | None = None) -> list[R]:
    """Store new and changed records of one type; unchanged ones cost nothing and leave no trace.

    Raises Denied, Invalid, EditConflict or NotFoundHere (a record that vanished); nothing is stored then.
    """
    if not records:
        return []
    rt = type_of(records[0])
    at = timezone.now()
    with within_one(), transaction.atomic():
        for start in range(0, len(records), BATCH):
            part = records[start : start + BATCH]
            new, known = [r for r in part if r._state.adding], [r for r in part if not r._state.adding]
            _create(new, rt, actor, at)
            _change(known, rt, actor, at, expected_version)
    return list(records)


def archive_many(records: Sequence[Record], *, actor: Actor) -> None:
    """Take records out of daily sight; they can be restored, and nothing is lost."""
    _set_archived(records, "archive", timezone.now(), actor)


def restore_many(records: Sequence[Record], *, actor: Actor) -> None:
    """Bring archived records back."""
    _set_archived(records, "restore", None, actor)


def save_part(record: Record, name: str, value: Any, *, actor: Actor) -> bool:
    """Replace one part of a record (see `records.parts`); tell whether anything changed."""
    rt = type_of(record)
    part = part_of(rt.key, name)
    with within_one(), transaction.atomic():
        before = part.read(record)
        if before == value:
            return False
        batch = WriteBatch(type=rt, verb="edit", actor=actor, at=timezone.now())
        batch.changes.append(Change(record, rt.ref(record), {name: before}, {name: value}))
        _run(_before, batch)
        part.write(record, value)
        rt.model._base_manager.filter(pk=record.pk).update(updated_at=batch.at, version=F("version") + 1)
        record.version += 1
        _run(_after, batch)
    return True


def _create(records: Sequence[Any], rt: RecordType, actor: Actor, at: datetime) -> None:
    if not records:
        return
    batch = WriteBatch(type=rt, verb="create", actor=actor, at=at)
    for record in records:
        record.created_at = record.updated_at = at
        record.source = record.source or actor.kind
        batch.changes.append(Change(record, rt.ref(record), {}, partial(snapshot, rt, record), record.pending_sets))
    _run(_before, batch)
    bulk.insert(records)
    _write_sets(rt, records, fresh=True)
    _run(_after, batch)
    for record in records:
        record.__dict__.pop("prepared", None)


def _change(records: Sequence[Any], rt: RecordType, actor: Actor, at: datetime, expected_version: int | None) -> None:
    if not records:
        return
    many = sorted({name for record in records for name in record.pending_sets})
    olds = _old_rows(rt, [record.pk for record in records], many)
    batch = WriteBatch(type=rt, verb="edit", actor=actor, at=at)
    for record in records:
        old = olds.get(record.pk)
        if old is None:
            raise NotFoundHere(rt.key)
        sets = tuple(record.pending_sets)
        before, after = snapshot(rt, old, sets), snapshot(rt, record, sets)
        _forbid_lost_update(before, after, old, expected_version, record)
        change = Change(record, rt.ref(record), before, after)
        if change.fields:
            batch.changes.append(change)
    if not batch.changes:
        return
    _run(_before, batch)
    _store(rt, batch, olds)
    _write_sets(rt, [change.record for change in batch.changes], fresh=False)
    _run(_after, batch)


def _old_rows(rt: RecordType, ids: list[int], many: Sequence[str]) -> dict[int, Record]:
    rows = rt.model._base_manager.filter(pk__among=ids)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return {row.pk: row for row in (rows.prefetch_related(*many) if many else bulk.read(rows))}


def _forbid_lost_update(
    before: dict[str, Any], after: dict[str, Any], old: Record, expected: int | None, record: Record
) -> None:
    if expected is None or old.version == expected:
        return
    fields = {name: (value, before.get(name)) for name, value in after.items() if before.get(name) != value}
    # What the house derives (a region) follows from what people wrote, and is no question to them.
    own = fields_of(type_of(record))
    asked = {name: both for name, both in fields.items() if name not in own or own[name].editable}
    if asked:
        raise EditConflict(asked)
    record.version = old.version


def _store(rt: RecordType, batch: WriteBatch, olds: dict[int, Record]) -> None:
    columns = _changed_columns(rt, batch, olds)
    for change in batch.changes:
        change.record.updated_at = batch.at
        change.record.version = olds[change.record.pk].version + 1
    names = [*columns, "updated_at", "version"]
    values = attrgetter(*names, "pk")
    bulk.update_rows(rt.model, names, [values(change.record) for change in batch.changes])


def _changed_columns(rt: RecordType, batch: WriteBatch, olds: dict[int, Record]) -> list[str]:
    """Name the concrete columns that differ in any record, helper columns (folds, sort keys) included."""
    skipped = {"id", "created_at", "updated_at", "version"}
    columns = []
    for column in rt.model._meta.concrete_fields:
        if column.name in skipped:
            continue
        name = column.attname
        if any(getattr(c.record, name) != getattr(olds[c.record.pk], name) for c in batch.changes):
            columns.append(column.attname)
    return columns


def _write_sets(rt: RecordType, records: Sequence[Any], *, fresh: bool) -> None:
    names = sorted({name for record in records for name in record.pending_sets})
    for name in names:
        relation: Any = rt.model._meta.get_field(fields_of(rt)[name].path)
        through = relation.remote_field.through
        here, there = relation.m2m_column_name(), relation.m2m_reverse_name()
        touched = [record for record in records if name in record.pending_sets]
        wanted = {(record.pk, item) for record in touched for item in record.pending_sets[name]}
        if not fresh:
            wanted -= _kept_rows(through, here, there, [record.pk for record in touched], wanted)
        _insert_links(through, here, there, sorted(wanted))
    for record in records:
        record.pending_sets = {}
        getattr(record, "_prefetched_objects_cache", {}).clear()


def _insert_links(through: Any, here: str, there: str, pairs: Sequence[tuple[int, int]]) -> None:
    if {field.attname for field in through._meta.concrete_fields} == {"id", here, there}:
        ids = new_ids(len(pairs))
        bulk.insert_rows(through, ("id", here, there), [(key, *pair) for key, pair in zip(ids, pairs, strict=True)])
    else:  # the link holds more, such as since when it is there
        bulk.insert([through(**{here: pk, there: item}) for pk, item in pairs])


def _kept_rows(
    through: Any, here: str, there: str, ids: list[int], wanted: set[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Delete the rows that are no longer wanted; give those that stay, with whatever else they hold."""
    rows = through._base_manager.filter(**{f"{here}__among": ids}).values_list("pk", here, there)
    gone = [pk for pk, one, other in rows if (one, other) not in wanted]
    if gone:
        through._base_manager.filter(pk__in=gone).delete()
    return {(one, other) for _pk, one, other in rows if (one, other) in wanted}


def _set_archived(records: Sequence[Record], verb: Verb, moment: datetime | None, actor: Actor) -> None:
    touched = [record for record in records if (record.archived_at is None) == (moment is not None)]
    if not touched:
        return
    rt = type_of(touched[0])
    with within_one(), transaction.atomic():
        if verb == "archive" and rt.guard_archiving is not None and not actor.is_system:
            rt.guard_archiving(touched, actor)
        if verb == "restore" and rt.guard_restoring is not None:
            rt.guard_restoring(touched, actor)
        batch = WriteBatch(type=rt, verb=verb, actor=actor, at=timezone.now())
        for record in touched:
            before = {"archived_at": record.archived_at.isoformat() if record.archived_at else None}
            record.archived_at = moment
            after = {"archived_at": moment.isoformat() if moment else None}
            batch.changes.append(Change(record, rt.ref(record), before, after))
        _run(_before, batch)
        rt.model._base_manager.filter(pk__among=[record.pk for record in touched]).update(
            archived_at=moment, updated_at=batch.at, version=F("version") + 1
        )
        for record in touched:
            record.version += 1
            record.updated_at = batch.at
        _run(_after, batch)


def _run(steps: Sequence[Step], batch: WriteBatch) -> None:
    for step in steps:
        step(batch)
