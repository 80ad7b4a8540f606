"""Choose what differs between the two databases, and set it up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Collate
from django.db.utils import Error

from hatir.foundation.search import backend_postgres, backend_sqlite

Rows = QuerySet[Any, Any]
FEW = 2000


class TrigramsMissing(Exception):
    """PostgreSQL refuses the extension pg_trgm; the message tells the operator what to do."""

    def __str__(self) -> str:
        return (
            "Arama için PostgreSQL'in pg_trgm eklentisi gerekli ve bu kullanıcı onu kuramıyor. "
            "Yönetici şunu çalıştırsın: "
            "CREATE EXTENSION pg_trgm; / Search needs PostgreSQL's extension pg_trgm and this user may not install it. "
            "Have an administrator run: CREATE EXTENSION pg_trgm;"
        )


def containing(rows: Rows, parts: Sequence[str], *, few: bool) -> Rows | None:
    """Narrow entries to those whose text contains every part, newest first; None when all are too short.

    `few` says that rights leave only a handful of rows (see FEW), so that an index would be the longer way.
    """
    if connection.vendor == "postgresql":
        return backend_postgres.containing(rows, parts)
    return backend_sqlite.containing(rows, parts, few=few)


def byte_order(column: str) -> F | Collate:
    """Give a column so that it is compared byte by byte, as its index is."""
    return Collate(column, "C") if connection.vendor == "postgresql" else F(column)


def set_up(apps: Any, schema_editor: Any) -> None:
    """Make the indexes of the entries; raises TrigramsMissing when PostgreSQL forbids its extension."""
    if schema_editor.connection.vendor != "postgresql":
        _run(schema_editor, backend_sqlite.SET_UP)
        return
    try:
        schema_editor.execute(backend_postgres.EXTENSION)
    except Error as refused:
        raise TrigramsMissing from refused
    _run(schema_editor, backend_postgres.SET_UP)


def gather(apps: Any, schema_editor: Any) -> None:
    """Let the index take many texts at once."""
    if schema_editor.connection.vendor == "postgresql":
        _run(schema_editor, backend_postgres.GATHER)


def take_down(apps: Any, schema_editor: Any) -> None:
    """Undo `set_up`; the table's own indexes go with it."""
    postgres = schema_editor.connection.vendor == "postgresql"
    _run(schema_editor, backend_postgres.TAKE_DOWN if postgres else backend_sqlite.TAKE_DOWN)


def _run(schema_editor: Any, statements: Sequence[str]) -> None:
    for statement in statements:
        schema_editor.execute(statement, params=None)
