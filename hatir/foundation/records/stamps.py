"""What every request needs and hardly ever changes, kept by a process until the database says that it changed.

Rights, teams, settings and definitions are read for every page. One row, the stamp, gets a new random value
whenever one of their tables changes; a database trigger sees to it, so no writer can forget. A process reads
the stamp once in a piece of work and keeps what it read under it. A random value never comes back, so what was
read inside a transaction that was rolled back is never taken for true later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython

from hatir.foundation.records.memory import STAMP, forget_everything, per_request

T = TypeVar("T")
_kept: dict[tuple[str, ...], tuple[int, dict[str, object]]] = {}
"""By database (one company each): the stamp, and what was read under it."""


def while_unchanged(key: str, read: Callable[[], T]) -> T:
    """Give what `read` gives, read anew only after a watched table changed. The value must never be altered.

    `read` may only look at watched tables, and its result must not depend on who asks or in which language.
    """
    return per_request(key, lambda: _shared(key, read))


def changed_meanwhile() -> bool:
    """Look again whether a watched table changed since this piece of work began; then it remembers nothing more.

    Long work asks between its batches, so that rights taken away in the middle end there.
    """
    if per_request(STAMP, _read_stamp) == _read_stamp():
        return False
    forget_everything()
    return True


def _shared(key: str, read: Callable[[], T]) -> T:
    stamp = per_request(STAMP, _read_stamp)
    if stamp is None:
        return read()
    database = _database()
    known = _kept.get(database)
    if known is None or known[0] != stamp:
        known = _kept[database] = (stamp, {})
    values = known[1]
    if key not in values:
        values[key] = read()
    value: T = values[key]  # type: ignore[assignment]
    return value


def _database() -> tuple[str, ...]:
    settings = connection.settings_dict
    return tuple(str(settings[part]) for part in ("ENGINE", "HOST", "PORT", "NAME"))


def _read_stamp() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM records_stamp WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else None


# --- migrations -------------------------------------------------------------------------------

# SQLite has one writer at a time, and inside a trigger the conflict rule of the outer statement would win.
_SQLITE = (
    "CREATE TRIGGER stamp_{table}_{verb} AFTER {verb}{of} ON {table} BEGIN "
    "DELETE FROM records_stamp; INSERT INTO records_stamp (id, value) VALUES (1, random()); END"
)
_POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION records_stamp_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO records_stamp (id, value) VALUES (1, (random() * 9000000000000000000)::bigint) "
    "ON CONFLICT (id) DO UPDATE SET value = excluded.value; RETURN NULL; END $$"
)
_POSTGRES = (
    "CREATE TRIGGER stamp_{table} AFTER INSERT OR UPDATE{of} OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION records_stamp_change()"
)


def watch(*tables: str, of: Sequence[str] = ()) -> RunPython:
    """Give the migration step that lets a change to any of the tables renew the stamp.

    With `of`, an update counts only if it writes one of these columns: a table in which every visit leaves its
    time would else renew the stamp with every visit.

    On SQLite a later migration that rebuilds a table drops its triggers: it must watch it again
    (`tests/architecture/test_migrations.py` finds out).
    """

    def create(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        columns = f" OF {', '.join(of)}" if of else ""
        if editor.connection.vendor == "postgresql":
            editor.execute(_POSTGRES_FUNCTION)
            for table in tables:
                editor.execute(_POSTGRES.format(table=table, of=columns))
            return
        for table in tables:
            for verb, written in (("INSERT", ""), ("UPDATE", columns), ("DELETE", "")):
                editor.execute(_SQLITE.format(table=table, verb=verb, of=written))

    def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            if editor.connection.vendor == "postgresql":
                editor.execute(f"DROP TRIGGER stamp_{table} ON {table}")
                continue
            for verb in ("INSERT", "UPDATE", "DELETE"):
                editor.execute(f"DROP TRIGGER stamp_{table}_{verb}")

    return RunPython(create, drop)
