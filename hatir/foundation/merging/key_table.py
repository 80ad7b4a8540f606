"""The keys of compared records, on both databases: an index made anew at will, so no model and no part of a move."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from django.db import connection

ROWS = 20_000
TABLE = "merging_key"


def set_up(_apps: object, editor: object) -> None:
    """Create the table; on SQLite the key itself is where a row lies."""
    ending = " WITHOUT ROWID" if connection.vendor == "sqlite" else ""
    columns = "key bigint NOT NULL, record_id bigint NOT NULL, PRIMARY KEY (key, record_id)"
    editor.execute(f"CREATE TABLE {TABLE} ({columns}){ending}")  # type: ignore[attr-defined]


def take_down(_apps: object, editor: object) -> None:
    """Drop the table."""
    editor.execute(f"DROP TABLE {TABLE}")  # type: ignore[attr-defined]


def add(rows: Iterable[tuple[int, int]]) -> None:
    """Store (key, record id); what is there already stays."""
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while part := list(islice(waiting, ROWS)):
            if connection.vendor == "postgresql":
                keys, ids = zip(*part, strict=True)
                cursor.execute(
                    f"INSERT INTO {TABLE} SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING",  # noqa: S608
                    [list(keys), list(ids)],
                )
            else:
                cursor.executemany(f"INSERT OR IGNORE INTO {TABLE} VALUES (%s, %s)", part)  # noqa: S608


def sharing(keys: Sequence[int], largest: int) -> set[int]:
    """Give the ids of records that share one of the keys; a key of too many records says nothing."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute(f"SELECT record_id FROM {TABLE} WHERE key = %s LIMIT %s", [key, largest + 1])  # noqa: S608
            ids = [row[0] for row in cursor.fetchall()]
            if len(ids) <= largest:
                found.update(ids)
    return found


ASKED = 10_000


def behind(keys: Collection[int], largest: int) -> dict[int, list[int]]:
    """Give the ids of records behind many keys at once; keys of too many records are left out."""
    found: dict[int, list[int]] = {}
    wanted = sorted(keys)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), ASKED):
            part = wanted[start : start + ASKED]
            if connection.vendor == "postgresql":
                cursor.execute(f"SELECT key, record_id FROM {TABLE} WHERE key = ANY(%s)", [part])  # noqa: S608
            else:
                marks = ",".join(["%s"] * len(part))
                cursor.execute(f"SELECT key, record_id FROM {TABLE} WHERE key IN ({marks})", part)  # noqa: S608
            for key, record_id in cursor.fetchall():
                found.setdefault(key, []).append(record_id)
    return {key: ids for key, ids in found.items() if len(ids) <= largest}
