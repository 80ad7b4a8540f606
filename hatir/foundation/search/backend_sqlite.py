"""Search in SQLite: an FTS5 index of trigrams over the entries' text.

`detail=none` keeps the index small; positions are not needed, because each candidate's text is
compared afterwards. Triggers keep it in step with the table, so a bulk upsert is one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from hatir.foundation.search.rules import TRIGRAM, trigrams

Rows = QuerySet[Any, Any]
SET_UP = (
    "CREATE INDEX search_title_fold ON search_searchentry (title_fold, type_key, record_id)",
    "CREATE INDEX search_title_exact ON search_searchentry (title_exact, type_key, record_id)",
    (
        "CREATE VIRTUAL TABLE search_grams USING fts5(text, content='search_searchentry', content_rowid='record_id', "
        "tokenize='trigram case_sensitive 1', detail=none, columnsize=0)"
    ),
    (
        "CREATE TRIGGER search_grams_add AFTER INSERT ON search_searchentry BEGIN "
        "INSERT INTO search_grams(rowid, text) VALUES (new.record_id, new.text); END"
    ),
    (
        "CREATE TRIGGER search_grams_drop AFTER DELETE ON search_searchentry BEGIN "
        "INSERT INTO search_grams(search_grams, rowid, text) VALUES ('delete', old.record_id, old.text); END"
    ),
    (
        "CREATE TRIGGER search_grams_change AFTER UPDATE OF text ON search_searchentry WHEN old.text <> new.text BEGIN "
        "INSERT INTO search_grams(search_grams, rowid, text) VALUES ('delete', old.record_id, old.text); "
        "INSERT INTO search_grams(rowid, text) VALUES (new.record_id, new.text); END"
    ),
)
TAKE_DOWN = ("DROP TABLE search_grams",)


def containing(rows: Rows, parts: Sequence[str], *, few: bool) -> Rows | None:
    """Narrow entries to those whose text contains every part, newest first; None when all are too short to look up.

    The index is walked backwards and left as soon as there are enough rows, so a part that occurs everywhere
    costs no more than a rare one. Where only `few` rows are in sight they are compared one by one instead.
    """
    grams = list(dict.fromkeys(gram for part in parts if len(part) >= TRIGRAM for gram in trigrams(part)))
    if not grams:
        return None
    quoted = " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)
    for part in parts:
        rows = rows.filter(text__contains=part)
    if few:
        return rows.order_by("-record_id")
    return rows.extra(
        tables=["search_grams"],
        where=["search_grams.rowid = search_searchentry.record_id", "search_grams MATCH %s"],
        params=[quoted],
        order_by=["-search_grams.rowid"],
    )
