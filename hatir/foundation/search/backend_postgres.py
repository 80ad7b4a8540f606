"""Search in PostgreSQL: a GIN index of trigrams (extension pg_trgm) over the entries' text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from hatir.foundation.search.rules import TRIGRAM

Rows = QuerySet[Any, Any]
SET_UP = (
    'CREATE INDEX search_title_fold ON search_searchentry (title_fold COLLATE "C", type_key, record_id)',
    'CREATE INDEX search_title_exact ON search_searchentry (title_exact COLLATE "C", type_key, record_id)',
    "CREATE INDEX search_grams ON search_searchentry USING gin (text gin_trgm_ops)",
)
# New texts wait in the index's pending list (at most gin_pending_list_limit, 4 MB: some 2,000 customers) and enter it
# together, sorted: one by one each costs nine times as much. A search reads the list too, in a few milliseconds.
GATHER = ("ALTER INDEX search_grams SET (fastupdate = on)",)
TAKE_DOWN = ("DROP INDEX search_grams", "DROP INDEX search_title_exact", "DROP INDEX search_title_fold")
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"


def containing(rows: Rows, parts: Sequence[str]) -> Rows | None:
    """Narrow entries to those whose text contains every part, newest first; None when all are too short to look up.

    The planner chooses between the trigrams and a walk from the newest row back, by how common the parts are.
    """
    if all(len(part) < TRIGRAM for part in parts):
        return None
    for part in parts:
        rows = rows.filter(text__contains=part)
    return rows.order_by("-record_id")
