"""The step of the write door that keeps the index true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hatir.foundation.records.changes import WriteBatch
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import TO_ONE
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.search.actions import index_records, remove_records
from hatir.foundation.search.indexing import READY, entries, is_indexed, names_indexed, searched_fields

LINKED = (*TO_ONE, "relations")


def index_changes(batch: WriteBatch) -> None:
    """Write the entries of what was just stored: one statement a batch, none when nothing searchable changed."""
    if is_indexed(batch.type):
        _index_own(batch)
    if batch.type.part_of:
        _index_whole(batch)


def make_entries(rt: RecordType, records: Sequence[Any]) -> None:
    """Make the texts of entries ahead, for records that are new; not where links are a part of them."""
    if not is_indexed(rt) or any(spec.kind in LINKED for spec in searched_fields(rt)):
        return
    for record, entry in zip(records, entries(rt, records, fresh=True), strict=True):
        record.prepared = {**record.prepared, READY: entry[2:]}


def _index_own(batch: WriteBatch) -> None:
    if batch.verb == "archive":
        remove_records([change.ref.id for change in batch.changes])
        return
    records = [change.record for change in batch.changes]
    if batch.verb == "edit":
        searched = names_indexed(batch.type)
        changed = [c.record for c in batch.changes if searched.intersection(c.fields) and c.record.archived_at is None]
        records = changed
    index_records(batch.type, records, fresh=batch.verb == "create")


def _index_whole(batch: WriteBatch) -> None:
    """A part changed: what it adds to the record it belongs to is indexed with that record."""
    target = fields_of(batch.type)[batch.type.part_of].target
    if not target:
        return
    whole = record_type(record_type(target).root_key)
    if whole.search_extra is None:
        return
    ids = {getattr(change.record, f"{batch.type.part_of}_id") for change in batch.changes}
    ids |= {change.before.get(batch.type.part_of) for change in batch.changes}  # a part that moved leaves one behind
    index_records(whole, list(whole.model._base_manager.filter(pk__in=ids, archived_at=None)))
