"""Compiling a resolved filter to an Ibis boolean, for the warehouse (DuckDB).

The table has one column per field path; arrays for multichoice and relations. Meanings are
those of evaluate.py, NULL included: every comparison is forced to true or false. Ibis is
imported here only, and this module is imported by those who need it.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any as Anything

from hatir.kit.filters.schema import TEXT_KINDS
from hatir.kit.filters.tree import NEGATIONS, All, Any, Compare, Has, Node, Not
from hatir.kit.text_tr import fold

# Ibis has no usable type stubs; its expressions are opaque here.
Expression = Anything
FOLDED_SUFFIX = "__folded"


@dataclass(frozen=True)
class ToMany:
    """Where a has-step finds its records: a table whose `owner_column` holds our `key_column`."""

    table: Expression
    owner_column: str
    key_column: str = "id"
    steps: Mapping[str, ToMany] | None = None


def to_ibis(tree: Node, table: Expression, steps: Mapping[str, ToMany] | None = None) -> Expression:
    """Compile a resolved filter to a boolean expression over a table.

    A text field uses the column ``<field>__folded`` when the table has it (much faster), else
    folds in the database. Has-steps need an entry in `steps`; raises KeyError without one.
    """
    import ibis

    if isinstance(tree, All):
        return _joined([to_ibis(item, table, steps) for item in tree.items], lambda a, b: a & b, start=True)
    if isinstance(tree, Any):
        return _joined([to_ibis(item, table, steps) for item in tree.items], lambda a, b: a | b, start=False)
    if isinstance(tree, Not):
        return ~to_ibis(tree.item, table, steps)
    if isinstance(tree, Has):
        found = _has(tree, table, steps or {})
        return ~found if tree.negated else found
    negated = tree.op in NEGATIONS
    matches = ibis.coalesce(_matches(NEGATIONS.get(tree.op, tree.op), tree, table), ibis.literal(False))
    return ~matches if negated else matches


def _joined(
    parts: list[Expression], join: Callable[[Expression, Expression], Expression], *, start: bool
) -> Expression:
    """Join conditions; nothing to join is true for all, false for any."""
    import ibis

    return functools.reduce(join, parts) if parts else ibis.literal(start)


def _has(step: Has, table: Expression, steps: Mapping[str, ToMany]) -> Expression:
    """Ask whether our key occurs among the owners of the fitting records."""
    import ibis

    target = steps[step.path]
    fitting = target.table
    if step.where is not None:
        fitting = fitting.filter(to_ibis(step.where, fitting, target.steps))
    owners = fitting.filter(fitting[target.owner_column].notnull())[target.owner_column]
    return ibis.coalesce(table[target.key_column].isin(owners), ibis.literal(False))


def _matches(op: str, compare: Compare, table: Expression) -> Expression:
    """Compile a positive operator; the result may be NULL."""
    import ibis

    column = table[compare.field]
    if op == "empty":
        return _is_empty(column)
    if op in ("true", "false"):
        return column == ibis.literal(op == "true")
    if op in ("any_of", "all_of"):
        return _array_match(op, compare, column)
    is_text = compare.kind in TEXT_KINDS
    side = _folded_column(compare.field, table) if is_text else column
    ready = _folded_literal if is_text else _literal_for(column)
    if op == "in":
        values = compare.value if isinstance(compare.value, tuple) else ()
        return side.isin([ready(value) for value in values]) if values else ibis.literal(False)
    return _PAIRWISE[op](side, ready(compare.value))


def _folded_literal(value: Anything) -> Expression:
    """Fold a value in Python, once."""
    return fold(str(value))


def _is_empty(column: Expression) -> Expression:
    """Compile emptiness for the column's type."""
    if column.type().is_array():
        return column.isnull() | (column.length() == 0)
    if column.type().is_string():
        return column.isnull() | (column == "")
    return column.isnull()


def _array_match(op: str, compare: Compare, column: Expression) -> Expression:
    """Compile any_of and all_of over an array column."""
    import ibis

    values = compare.value if isinstance(compare.value, tuple) else ()
    if not values:
        return ibis.literal(False)
    held = [column.contains(value) for value in values]
    return functools.reduce((lambda a, b: a | b) if op == "any_of" else (lambda a, b: a & b), held)


def _literal_for(column: Expression) -> Callable[[Anything], Expression]:
    """Make literals that fit a column: whole Decimals as integers, instants in the column's zone."""
    import ibis

    def literal(value: Anything) -> Expression:
        if isinstance(value, Decimal):
            return ibis.literal(int(value) if value == value.to_integral_value() else value)
        if isinstance(value, datetime):
            zone = getattr(column.type(), "timezone", None)
            instant = value.astimezone(UTC)
            return ibis.literal(instant if zone else instant.replace(tzinfo=None), type=column.type())
        return ibis.literal(value)

    return literal


_PAIRWISE: dict[str, Callable[[Expression, Anything], Expression]] = {
    "is": lambda left, right: left == right,
    "contains": lambda left, right: left.contains(right),
    "starts": lambda left, right: left.startswith(right),
    "ends": lambda left, right: left.endswith(right),
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}


# --- folding in the database ------------------------------------------------------------


@functools.cache
def _fold_tables() -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """List the letters fold() changes one to one, and those that become several letters or none.

    Latin letters, punctuation and blanks; other scripts are only lower-cased by the database.
    """
    ranges = ((0x41, 0x5B), (0x80, 0x250), (0x1E00, 0x1F00), (0x2000, 0x2070), (0x3000, 0x3001), (0x9, 0xE))
    single_from, single_to, several = [], [], []
    for code in [code for start, end in ranges for code in range(start, end)]:
        character = chr(code)
        if unicodedata.category(character) == "Cn":
            continue
        plain = " " if character.isspace() else fold(f"x{character}x")[1:-1]
        if len(plain) == 1 and plain != character:
            single_from.append(character)
            single_to.append(plain)
        elif plain != character:
            several.append((character, plain))
    return "".join(single_from), "".join(single_to), tuple(several)


def _folded_column(field: str, table: Expression) -> Expression:
    """Give the folded text of a field: its stored fold, or one computed in the database."""
    if f"{field}{FOLDED_SUFFIX}" in table.columns:
        return table[f"{field}{FOLDED_SUFFIX}"]
    return fold_expression(table[field])


def fold_expression(text: Expression) -> Expression:
    """Fold a text column as text_tr.fold does, for Latin text."""
    single_from, single_to, several = _fold_tables()
    folded = text.re_replace("[\u0300-\u036f]", "").translate(single_from, single_to)
    for character, plain in several:
        folded = folded.replace(character, plain)
    return folded.lower().re_replace(" +", " ").strip()  # ascii-only: in SQL, after the fold
