"""Indexes on own fields, so that a filter on them does not read the whole table."""

from __future__ import annotations

from django.db import connection

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.expressions import CustomValue, IndexedFold
from hatir.foundation.records.fields import TEXTUAL

SKIPPED = frozenset({"longtext", "multichoice"})


def build(rt: RecordType, key: str, kind: str) -> None:
    """Build the index for one own field with the very expression that the filter compiler writes."""
    if kind in SKIPPED:
        return
    value = CustomValue("custom", key, kind)
    expression = IndexedFold(value) if kind in TEXTUAL else value
    query = rt.model._base_manager.all().query
    compiler = query.get_compiler(connection=connection)
    sql, params = compiler.compile(expression.resolve_expression(query))
    table = rt.model._meta.db_table
    body = sql.replace(f'"{table}".', "") % tuple(params)
    name = f"own_{table}_{key}"[:60]
    with connection.cursor() as cursor:
        # Rows written just now wait for their foreign keys to be checked; until then no index can be made.
        if connection.vendor == "postgresql" and connection.in_atomic_block:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" (({body}))')
