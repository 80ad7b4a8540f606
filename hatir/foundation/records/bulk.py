"""Many rows into one table below the ORM: COPY on PostgreSQL, one prepared statement on SQLite.

For the doors' own use: what is written here has passed rights, validation and normalisation already. Django's
`bulk_create` asks every field of every object three times and took ten times as long.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection, models, transaction
from django.db.models.base import ModelState


class JsonText(str):
    """JSON that was written before: it goes into its column as it is."""

    __slots__ = ()


Adapt = Callable[[Any], Any]
Row = Sequence[Any]
Table = type[models.Model]
NARROW, ROWS_OF_A_STATEMENT = 8, 500
"""So many columns, and so many rows: together well under SQLite's most parameters (32,766)."""
GATHERED_KB = 16_384
"""So much text gathers before a text index of PostgreSQL takes it: some 8,000 customers. A search meanwhile reads
it too."""
_AS_THEY_ARE = (
    models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey,
)  # fmt: skip


def expect_many() -> None:
    """Tell the database that this transaction is one of many that write much, each with its own checkpoint.

    What PostgreSQL had not yet put on the disk when the machine lost its power is written again from the checkpoint
    before, so no commit waits for the disk; and new texts gather longer before they enter a text index together
    (see `settle_many`). SQLite needs neither.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL synchronous_commit = off; SET LOCAL gin_pending_list_limit = {GATHERED_KB}")


def learn_sizes() -> None:
    """Let PostgreSQL count the tables that changed much now. Its own helper comes by once a minute (where it is
    switched on), and until then a look-up in a table that was empty at its last visit walks through all of it.

    A tenth of the usual sample tells the size; the helper looks closer later.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL default_statistics_target = 10")
            cursor.execute(
                "SELECT quote_ident(schemaname) || '.' || quote_ident(relname) FROM pg_stat_user_tables"
                " WHERE n_mod_since_analyze > 1000 + n_live_tup / 5 AND schemaname = current_schema()"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(f"ANALYZE {table}")


def settle_many() -> None:
    """Let the texts that `expect_many` gathered enter their indexes now, so that no search and no later save pays."""
    if connection.vendor == "postgresql":
        learn_sizes()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT gin_clean_pending_list(c.oid) FROM pg_class c JOIN pg_am a ON a.oid = c.relam"
                " WHERE a.amname = 'gin' AND c.relowner = to_regrole(current_user::text)"
            )


def read(rows: Any) -> list[Any]:
    """Give the records of a query, whole ones with nothing fetched beside.

    Django's constructor, which sets each value by itself, takes most of the time of reading many.
    """
    names = [field.attname for field in rows.model._meta.concrete_fields]
    alias, found = connection.alias, []
    for row in rows.values_list(*names):
        record = rows.model.__new__(rows.model)
        record.__dict__.update(zip(names, row, strict=True))
        record._state, record.pending_sets = ModelState(), {}
        record._state.adding, record._state.db = False, alias
        found.append(record)
    return found


def insert(records: Sequence[models.Model]) -> None:
    """Store new objects of one model. Raises Django's database errors."""
    if not records:
        return
    fields = records[0]._meta.concrete_fields
    for field in fields:
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            for record in records:
                field.pre_save(record, True)
    names = [field.attname for field in fields]
    read = itemgetter(*names)
    insert_rows(type(records[0]), names, (read(record.__dict__) for record in records))
    alias = connection.alias
    for record in records:
        record._state.adding, record._state.db = False, alias


def insert_missing(records: Sequence[models.Model]) -> None:
    """Store new objects of one model, but for those that a constraint says are there already."""
    if not records:
        return
    names = [field.attname for field in records[0]._meta.concrete_fields]
    read = itemgetter(*names)
    table, columns, ready = _prepared(type(records[0]), names, (read(record.__dict__) for record in records))
    _many(f"INSERT INTO {table} ({columns}) VALUES ({_marks(names)}) ON CONFLICT DO NOTHING", ready)  # noqa: S608


def insert_rows(model: Table, names: Sequence[str], rows: Iterable[Row]) -> None:
    """Store rows of values, in the order of the columns' names (`attname`); every column needs its value."""
    table, columns, ready = _prepared(model, names, rows)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", ready)
        else:
            _in_groups(cursor, f"INSERT INTO {table} ({columns}) VALUES ", names, ready)  # noqa: S608


def _in_groups(cursor: Any, start: str, names: Sequence[str], rows: Iterable[Row], end: str = "") -> None:
    """Write narrow rows of SQLite many to a statement, all others one to a prepared one.

    Each statement on a table whose triggers feed the text index flushes that index: with one row to a statement
    an import spent a third of its time there.
    """
    marks = f"({_marks(names)})"
    if connection.vendor != "sqlite" or len(names) > NARROW:
        cursor.executemany(f"{start}{marks}{end}", list(rows))
        return
    waiting = iter(rows)
    while group := list(islice(waiting, ROWS_OF_A_STATEMENT)):
        cursor.execute(f"{start}{', '.join([marks] * len(group))}{end}", [value for row in group for value in row])


def _copy(cursor: Any, statement: str, rows: Iterable[Row]) -> None:
    """Run a COPY as Django runs its statements: not in a broken transaction, with errors of its own classes."""
    connection.validate_no_broken_transaction()
    ready = list(rows)  # nothing may ask the database while the copy is under way: it would wait for ever
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in ready:
            copy.write_row(row)


def put_rows(model: Table, key: str, names: Sequence[str], rows: Iterable[Row]) -> None:
    """Store rows of values; where one of the same `key` is there already, it gets the other values."""
    table, columns, ready = _prepared(model, names, rows)
    changed = ", ".join(f"{_column(model, name)} = excluded.{_column(model, name)}" for name in names if name != key)
    conflict = f" ON CONFLICT ({_column(model, key)}) DO UPDATE SET {changed}"
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        _in_groups(cursor, f"INSERT INTO {table} ({columns}) VALUES ", names, ready, conflict)  # noqa: S608


def update_rows(model: Table, names: Sequence[str], rows: Iterable[Row]) -> None:
    """Change rows: the last value of each is the primary key, the others go to the columns `names`."""
    key = model._meta.pk.attname
    table, _columns, ready = _prepared(model, [*names, key], rows)
    changed = ", ".join(f"{_column(model, name)} = %s" for name in names)
    _many(f"UPDATE {table} SET {changed} WHERE {_column(model, key)} = %s", ready)  # noqa: S608


def _many(statement: str, rows: Iterable[Row]) -> None:
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))


def _marks(names: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(names))


def _column(model: Table, name: str) -> str:
    field: Any = model._meta.get_field(name)
    return connection.ops.quote_name(field.column)


def _prepared(model: Table, names: Sequence[str], rows: Iterable[Row]) -> tuple[str, str, Any]:
    """Give table, columns, and the rows with what the driver does not take as it is put in its own form."""
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(_column(model, name) for name in names)
    adapts = [(at, adapt) for at, name in enumerate(names) if (adapt := _adapt(model._meta.get_field(name)))]
    return table, columns, _adapted(rows, adapts) if adapts else rows


def _adapted(rows: Iterable[Row], adapts: Sequence[tuple[int, Adapt]]) -> Iterable[Row]:
    for row in rows:
        values = list(row)
        for at, adapt in adapts:
            if values[at] is not None:
                values[at] = adapt(values[at])
        yield values


def _as_json(value: Any, encoder: type[json.JSONEncoder] | None) -> str:
    if type(value) is JsonText or value == {}:
        return value or "{}"
    if encoder is None:
        try:
            return orjson.dumps(value).decode()
        except TypeError:  # a number beyond 64 bits, half a letter
            pass
    return json.dumps(value, cls=encoder)


def _with_places(value: Decimal | int, places: int | None) -> str:
    """Write a number as Django writes it into SQLite: in all its decimals."""
    return f"{value:.{places}f}"


def _in_utc(value: datetime) -> datetime:
    """Give an instant in UTC: the company's own zone is looked up in the database when it is asked for its offset."""
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _adapt(field: Any) -> Adapt | None:
    if isinstance(field, models.JSONField):
        return partial(_as_json, encoder=field.encoder)
    if isinstance(field, _AS_THEY_ARE):
        return None
    if connection.vendor == "postgresql" and isinstance(field, models.DateTimeField):
        return _in_utc
    if connection.vendor == "postgresql" and isinstance(field, models.DateField):
        return None
    if type(field) is models.DateField:
        return str
    if type(field) is models.DecimalField:
        # PostgreSQL takes them as they are; Django would write each twice, once to see how long it is.
        return None if connection.vendor == "postgresql" else partial(_with_places, places=field.decimal_places)
    known: dict[Any, Any] = {}  # the instant of a write stands in every row of it

    def adapt(value: Any) -> Any:
        if value not in known:
            if len(known) > 1000:
                known.clear()
            known[value] = field.get_db_prep_save(value, connection)
        return known[value]

    return adapt
