"""Search in PostgreSQL: a GIN index of trigrams (extension pg_trgm) over the entries' text."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from hatir.foundation.search.rules import TRIGRAM

SET_UP = (
    'CREATE INDEX search_title_fold ON search_searchentry (title_fold COLLATE "C", type_key, record_id)',
    'CREATE INDEX search_title_exact ON search_searchentry (title_exact COLLATE "C", type_key, record_id)',
    # fastupdate off: a pending list makes the first search after an import slow.
    "CREATE INDEX search_grams ON search_searchentry USING gin (text gin_trgm_ops) WITH (fastupdate = off)",
)
TAKE_DOWN = ("DROP INDEX search_grams", "DROP INDEX search_title_exact", "DROP INDEX search_title_fold")
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"


def containing(parts: Sequence[str]) -> Q | None:
    """Give the condition that an entry's text contains every part; None when all are too short to look up."""
    if all(len(part) < TRIGRAM for part in parts):
        return None
    compared = Q()
    for part in parts:
        compared &= Q(text__contains=part)
    return compared
