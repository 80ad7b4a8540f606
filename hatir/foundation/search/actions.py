"""Write entries, and build a type's index anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from hatir.foundation.customization.models import CustomField
from hatir.foundation.jobs.actions import enqueue
from hatir.foundation.records import bulk
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.memory import forget
from hatir.foundation.records.registry import record_type, root_types
from hatir.foundation.search.indexing import entries, hidden_fields, is_indexed
from hatir.foundation.search.models import IndexedRules, SearchEntry

BATCH = 250
"""Rows of one transaction: small, so that on SQLite other writers wait tenths of a second, not seconds."""
REINDEX = "search.reindex"
COLUMNS = ("record_id", "type_key", "title_exact", "title_fold", "text")


def index_records(rt: RecordType, records: Sequence[Any], *, fresh: bool = False) -> None:
    """Write the entries of live records in one upsert; `fresh` ones were just made and have no parts to read yet."""
    made = entries(record_type(rt.root_key), records, fresh=fresh)
    if fresh:
        bulk.insert_rows(SearchEntry, COLUMNS, made)
    elif made:
        bulk.put_rows(SearchEntry, "record_id", COLUMNS, made)


def remove_records(ids: Sequence[int]) -> None:
    """Take archived records out of the index."""
    SearchEntry.objects.filter(record_id__among=list(ids)).delete()


def reindex(type_key: str, progress: Callable[[int], None] | None = None) -> int:
    """Build a type's entries anew, streaming; give their number. Safe to run twice and to stop anywhere.

    `progress` is told the number done after each batch.
    """
    rt = record_type(record_type(type_key).root_key)
    done, last = 0, 0
    while True:
        rows = rt.model._base_manager.filter(pk__gt=last, archived_at=None)
        if rt.where:
            rows = rows.filter(**rt.where)
        records = list(rows.order_by("pk")[:BATCH])
        if not records:
            break
        with transaction.atomic():
            index_records(rt, records)
        done, last = done + len(records), records[-1].pk
        if progress is not None:
            progress(done)
    IndexedRules.objects.update_or_create(type_key=rt.key, defaults={"hidden": sorted(hidden_fields(rt.key))})
    return done


def reindex_all(progress: Callable[[int], None] | None = None) -> int:
    """Build the whole index anew; give the number of entries."""
    return sum(reindex(rt.key, progress) for rt in root_types() if is_indexed(rt))


def types_of_own_fields(ids: Sequence[int], *, only_searchable: bool = False) -> list[str]:
    """List the types that carry these own fields."""
    fields = CustomField.objects.filter(pk__in=ids)
    if only_searchable:
        fields = fields.filter(searchable=True)
    return sorted(set(fields.values_list("type_key", flat=True)))


def reindex_later(type_keys: Sequence[str]) -> None:
    """Have the index of these types built anew by a job, once for each type however often it is asked."""
    for type_key in type_keys:
        enqueue(REINDEX, {"type_key": type_key}, unique_key=f"{REINDEX}:{type_key}")


def types_with_changed_rules() -> list[str]:
    """List the types whose hidden fields are no longer those that were kept out of the index."""
    forget("search.hidden")
    known = {row.type_key: frozenset(row.hidden) for row in IndexedRules.objects.all()}
    return [rt.key for rt in root_types() if is_indexed(rt) and known.get(rt.key, frozenset()) != hidden_fields(rt.key)]
