"""Carries the rows over: by primary key, a batch and the note of it in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.models import Field, Model, QuerySet
from django.db.models.sql import InsertQuery
from django.utils.translation import gettext as _

from hatir.config.moving.target import ALIAS, MoveFailed, note_progress, read_progress, tables

BATCH = 1000
Told = Callable[[int, int | None, str], None]


@contextmanager
def source_at_one_instant() -> Iterator[None]:
    """Read the source as it is now: SQLite lets nobody write meanwhile, PostgreSQL keeps a snapshot."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def copy_all(told: Told) -> int:
    """Copy every table from where the last try stopped; give how many rows came now. Raises MoveFailed."""
    noted = read_progress("table")
    total = sum(QuerySet(model, using=DEFAULT_DB_ALIAS).count() for model in tables())
    done = before = sum(noted[name]["rows"] for name in noted)
    for model in tables():
        for rows in _copy_table(model, noted.get(model._meta.db_table, {"key": None, "rows": 0})):
            done += rows
            told(done, total, model._meta.db_table)
    told(done, total, "")
    return int(done - before)


def reset_sequences() -> None:
    """Let numbers that the database gives go on after the highest that came."""
    with connections[ALIAS].cursor() as cursor:
        for statement in connections[ALIAS].ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _copy_table(model: type[Model], noted: dict[str, object]) -> Iterator[int]:
    """Copy what is missing of one table; give the size of each batch when it is there for good."""
    key = model._meta.pk.attname
    last, count = noted["key"], int(str(noted["rows"]))
    source: QuerySet[Model] = QuerySet(model, using=DEFAULT_DB_ALIAS).order_by(key)
    while rows := list((source if last is None else source.filter(**{f"{key}__gt": last}))[:BATCH]):
        last = getattr(rows[-1], key)
        count += len(rows)
        try:
            with transaction.atomic(using=ALIAS):
                write_rows(model, rows)
                note_progress("table", model._meta.db_table, {"key": last, "rows": count})
        except (DatabaseError, ValueError) as refused:
            raise _refusal(model, rows, refused) from refused
        yield len(rows)


def write_rows(model: type[Model], rows: Sequence[Model]) -> None:
    """Insert rows exactly as they are: no default, no “now”, no write door, since nothing happens to them."""
    fields: list[Field[Any, Any]] = list(model._meta.local_concrete_fields)
    size = connections[ALIAS].ops.bulk_batch_size(fields, rows)
    for start in range(0, len(rows), size):
        query = InsertQuery(model)
        query.insert_values(fields, list(rows[start : start + size]), raw=True)
        query.get_compiler(using=ALIAS).execute_sql()


def _refusal(model: type[Model], rows: Sequence[Model], refused: Exception) -> MoveFailed:
    """Find the row that the target does not take, by trying each, and name it."""
    words = {"table": model._meta.db_table, "reason": str(refused).strip().splitlines()[0]}
    for row in rows:
        try:
            with transaction.atomic(using=ALIAS):
                write_rows(model, [row])
        except (DatabaseError, ValueError) as reason:
            words |= {"key": str(row.pk), "reason": str(reason).strip().splitlines()[0]}
            return MoveFailed(_("The target refuses row %(key)s of %(table)s: %(reason)s") % words)
    return MoveFailed(_("The target refuses rows of %(table)s: %(reason)s") % words)
