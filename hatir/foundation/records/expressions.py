"""The SQL that differs between SQLite and PostgreSQL for reading values: folded text and custom JSON."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import F, Func, Lookup

from hatir.foundation.records.fields import NUMERIC, FieldSpec
from hatir.kit.text_tr import fold

_FROM = "ıİIŞşĞğÜüÖöÇçÂâÎîÛû"
_TO = "iiissgguuooccaaiiuu"
FOLD_FUNCTION = "hatir_fold"
BETWEEN = "\x1f"
"""ASCII's own sign between units; people do not type it."""
_FOLDED_CODES = (
    *range(0xA0, 0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00), *range(0x2000, 0x2030), 0xFEFF,
)  # fmt: skip
"""Where Latin letters, combining marks and typographic signs live."""

_PLACES = (("çÇ", "c{"), ("ğĞ", "g{"), ("ıI", "h{"), ("İ", "i"), ("öÖ", "o{"), ("şŞ", "s{"), ("üÜ", "u{"),
           ("âÂ", "a"), ("îÎ", "i"), ("ûÛ", "u"))  # fmt: skip


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(Lookup):
    """Compare with many ids or texts that travel as one parameter: `filter(pk__among=ids)`.

    Django's own `in` looks at each value several times, and the statement is another for every number of them.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        sql, params = self.process_lhs(compiler, connection)
        asked = list(self.rhs)
        if asked and all(type(value) is str and BETWEEN not in value for value in asked):
            # One text, taken apart by the server: the driver looks at each letter of each text of a list.
            return f"{sql} = ANY(string_to_array(%s, %s))", [*params, BETWEEN.join(asked), BETWEEN]
        return f"{sql} = ANY(%s)", [*params, asked]

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(list(self.rhs))]  # noqa: S608


def having(rows: Any, column: str, texts: Collection[str]) -> Any:
    """Narrow records to those whose text column holds one of the texts, by the index of that column.

    SQLite keeps no statistics and would rather walk all living records, so the ids are asked for apart.
    The empty text is left out, as partial indexes leave it out; they would not be used otherwise.
    """
    if connection.vendor == "postgresql":  # asked apart, its planner would join a thousand ids with the whole table
        return rows.filter(**{f"{column}__among": texts}).exclude(**{column: ""})
    found = rows.model._base_manager.filter(**{f"{column}__among": texts}).exclude(**{column: ""})
    return rows.filter(pk__in=found.values("pk"))


class Fold(Func):
    """Fold text inside the database exactly as `kit.text_tr.fold` does.

    SQLite calls the Python function itself (measured: faster than nested replaces); therefore it may not
    stand in an index there, or tools that lack the function could no longer write the table.
    """

    output_field = models.TextField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{FOLD_FUNCTION}({sql})", params

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        letters, plain, words = _fold_table()
        for letter, word in words:
            sql = f"replace({sql}, '{letter}', '{word}')"
        sql = f"lower(translate({sql}, '{letters}', '{plain}'))"
        return f"btrim(regexp_replace({sql}, '[[:space:]]+', ' ', 'g'))", params


class IndexedFold(Fold):
    """Fold text so that an index can stand on it: own fields. On SQLite it knows Turkish letters only."""

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        for letter, plain in zip(_FROM, _TO, strict=True):
            sql = f"replace({sql}, '{letter}', '{plain}')"
        return f"lower({sql})", params


def lend_functions(connection: Any, **extra: Any) -> None:
    """Give a fresh SQLite connection the functions that it calls."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FOLD_FUNCTION, 1, _fold_or_null, deterministic=True)


def _fold_or_null(value: Any) -> str | None:
    return None if value is None else fold(str(value))


@cache
def _fold_table() -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """List the letters that PostgreSQL translates, what they become, and those that become several.

    Letters that vanish stand last, where `translate` has nothing to put in their place.
    """
    singles, gone, words = [], [], []
    for code in _FOLDED_CODES:
        letter = chr(code)
        folded = fold(f"a{letter}a")[1:-1]
        if len(folded) == 1 and folded != letter.casefold():  # ascii-only: one letter of the fold table
            singles.append((letter, folded))
        elif not folded:
            gone.append(letter)
        elif len(folded) > 1 and folded.isascii() and folded.isalpha():
            words.append((letter, folded))
    letters = "".join(letter for letter, _plain in singles) + "".join(gone)
    return letters, "".join(plain for _letter, plain in singles).replace("'", "''"), tuple(words)


class SortText(Func):
    """Make a Turkish sort key inside the database, for text that keeps none in a column.

    A letter that ASCII lacks becomes the letter before it and a sign above z, so that plain comparison by
    code point gives the order of the alphabet on both databases.
    """

    output_field = models.TextField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        for letters, key in _PLACES:
            for letter in letters:
                sql = f"replace({sql}, '{letter}', '{key}')"
        return f"lower({sql})", params

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        first = "".join(letters[0] for letters, _key in _PLACES)
        rest = [(letter, letters[0]) for letters, _key in _PLACES for letter in letters[1:]]
        sql = f"translate({sql}, '{''.join(a for a, _b in rest)}', '{''.join(b for _a, b in rest)}')"
        for letter, (_letters, key) in zip(first, _PLACES, strict=True):
            sql = f"replace({sql}, '{letter}', '{key}')"
        return f'(lower({sql}) COLLATE "C")', params


class CustomValue(Func):
    """Read one custom field out of the JSON column, typed so that it compares, sorts and can be indexed.

    The key is a checked identifier and stands literally in the SQL, so that an index on it is used.
    """

    arity = 1

    def __init__(self, column: str, key: str, kind: str) -> None:
        if not key.isidentifier():
            raise ValueError(key)
        self.key, self.kind = key, kind
        field: models.Field[Any, Any] = models.TextField()
        if kind in NUMERIC:
            field = models.DecimalField(max_digits=20, decimal_places=6)
        elif kind == "boolean":
            field = models.BooleanField()
        elif kind in ("relation", "user", "team"):
            field = models.BigIntegerField()
        super().__init__(F(column), output_field=field)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        read = f"json_extract({sql}, '$.\"{self.key}\"')"
        if self.kind in NUMERIC:
            read = f"CAST({read} AS NUMERIC)"
        return read, params

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        read = f"({sql} ->> '{self.key}')"
        if self.kind in NUMERIC:
            read = f"({read})::numeric"
        elif self.kind == "boolean":
            read = f"({read})::boolean"
        elif self.kind in ("relation", "user", "team"):
            read = f"({read})::bigint"
        return read, params


class CustomListHas(Func):
    """Ask whether the JSON list of a custom multiple-choice field holds a value."""

    arity = 1
    output_field = models.BooleanField()
    conditional = True

    def __init__(self, column: str, key: str, value: str) -> None:
        if not key.isidentifier():
            raise ValueError(key)
        self.key, self.value = key, value
        super().__init__(F(column))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        inner = f"SELECT 1 FROM json_each({sql}, '$.\"{self.key}\"') WHERE json_each.value = %s"  # noqa: S608
        return f"EXISTS({inner})", [*params, self.value]

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"COALESCE(({sql} -> '{self.key}') @> to_jsonb(%s::text), false)", [*params, self.value]


def value_expression(spec: FieldSpec, prefix: str = "") -> Any:
    """Give the expression that reads a field's value, to compare, sort or sum by."""
    if spec.is_custom:
        return CustomValue(f"{prefix}custom", spec.custom_key, spec.kind)
    return F(f"{prefix}{spec.path}")


def sort_expression(spec: FieldSpec, prefix: str = "") -> Any:
    """Give the expression to sort by: the Turkish sort key where the type keeps one."""
    if spec.sort_path:
        return F(f"{prefix}{spec.sort_path}")
    return value_expression(spec, prefix)
