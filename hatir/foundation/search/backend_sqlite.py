"""Search in SQLite: an FTS5 index of trigrams over the entries' text.

`detail=none` keeps the index small; positions are not needed, because each candidate's text is
compared afterwards. Triggers keep it in step with the table, so a bulk upsert is one statement.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import BooleanField, F, Func, Q, Value

from hatir.foundation.search.rules import TRIGRAM, trigrams

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


class _Matching(Func):
    """A row of the entries whose text has all these trigrams."""

    template = "%(expressions)s)"
    arg_joiner = " IN (SELECT rowid FROM search_grams WHERE search_grams MATCH "
    arity = 2
    output_field = BooleanField()
    conditional = True


def containing(parts: Sequence[str]) -> Q | None:
    """Give the condition that an entry's text contains every part.

    Parts shorter than a trigram are only compared; None when no part is long enough to look up.
    """
    grams = list(dict.fromkeys(gram for part in parts if len(part) >= TRIGRAM for gram in trigrams(part)))
    if not grams:
        return None
    quoted = " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)
    compared = Q(_Matching(F("record_id"), Value(quoted)))
    for part in parts:
        compared &= Q(text__contains=part)
    return compared
