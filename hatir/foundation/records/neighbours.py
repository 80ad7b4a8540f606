"""Which records stand before and after one in a list, without reading the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from hatir.foundation.records import querying
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.querying import Estimate, Sort


def neighbours(rows: QuerySet[Any], rt: RecordType, sorts: Sequence[Sort], record_id: int) -> tuple[Any, Any]:
    """Give the records before and after one of `rows` in this order; None where there is none.

    A record that is not among the rows has no neighbours. Three statements, at any depth.
    """
    cursors = querying.cursors_at(rows, rt, sorts, record_id)
    if cursors is None:
        return None, None
    before, after = cursors
    earlier = querying.page_of(rows, rt, sorts, size=1, cursor=before).rows
    later = querying.page_of(rows, rt, sorts, size=1, cursor=after).rows
    return (earlier[0] if earlier else None), (later[0] if later else None)


def place_among(rows: QuerySet[Any], rt: RecordType, sorts: Sequence[Sort], record_id: int) -> Estimate | None:
    """Give the place of a record in the list, the first one being 1; None when it is not in it.

    Counted up to 10,000; further down the answer is not exact, so that a large table is never counted.
    """
    cursors = querying.cursors_at(rows, rt, sorts, record_id)
    if cursors is None:
        return None
    before = querying.count_before(rows, rt, sorts, cursors[0])
    return Estimate(before.count + 1, before.exact)
