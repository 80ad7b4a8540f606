"""Seeded random filters and rows, so that every compiler can be tested against evaluate.py.

rows = sample_rows(schema, seed=1, count=50, context=context)
for tree in sample_trees(schema, seed=1, count=100, context=context):
    expected = [row["id"] for row in rows if evaluate(tree, row)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from hatir.kit.filters.literals import write_value
from hatir.kit.filters.operators import OPERATORS, operators_for
from hatir.kit.filters.parse import parse
from hatir.kit.filters.schema import NUMBER_KINDS, TEXT_KINDS, FieldShape, Schema
from hatir.kit.filters.tree import Node, Scalar
from hatir.kit.filters.values import FilterContext, resolve
from hatir.kit.periods import PERIOD_NAMES

# Few and close to one another, so that random filters hit and miss about equally often.
WORDS = (
    "İzmir", "izmir", "IZMIR", "Iğdır", "ığdır", "Işık", "ISIK", "Şahin", "Çınar", "Öz Sönmez", "Ankara",
    "Âdem", "Adem", "Oğuz", "Ülkü", "Zan", "an", "%", "_", "5% indirim", "O'Neill", "a\\b",
)  # fmt: skip
KEYS = ("a", "b", "c")
RECORD_KEYS = (1, 2, 3, 4, 5)
_NUMBERS = tuple(Decimal(text) for text in ("-10", "0", "0.5", "1", "2.25", "10", "5000", "12345.67"))
_HOURS = (-2400, -720, -49, -25, -24, -1, 0, 1, 23, 24, 25, 49, 720)


def sample_trees(schema: Schema, *, seed: int, count: int, context: FilterContext, depth: int = 3) -> Iterator[Node]:
    """Yield resolved filters over the schema's own fields (no has-steps, no dotted steps)."""
    for data in sample_filters(schema, seed=seed, count=count, context=context, depth=depth):
        yield resolve(parse(data, schema), context)


def sample_filters(
    schema: Schema, *, seed: int, count: int, context: FilterContext, depth: int = 3
) -> Iterator[dict[str, object]]:
    """Yield filters as JSON data, variables and relative dates included; the same for one seed."""
    random = Random(seed)  # noqa: S311 - test data, no secret
    for _number in range(count):
        yield _node(schema, random, context, depth)


def sample_rows(schema: Schema, *, seed: int, count: int, context: FilterContext) -> list[dict[str, object]]:
    """Make rows with an `id` from 1 and a value (one in five NULL when nullable) for each field."""
    random = Random(seed)  # noqa: S311 - test data, no secret
    rows = []
    for number in range(1, count + 1):
        row: dict[str, object] = {"id": number}
        for name, shape in schema.items():
            if name != "id":
                is_null = shape.nullable and random.random() < 0.2
                row[name] = None if is_null else _stored(shape, random, context)
        rows.append(row)
    return rows


def _node(schema: Schema, random: Random, context: FilterContext, depth: int) -> dict[str, object]:
    """Make one random node."""
    shape = random.random()
    if depth <= 1 or shape < 0.4:
        return _comparison(schema, random, context)
    if shape < 0.55:
        return {"not": _node(schema, random, context, depth - 1)}
    items = [_node(schema, random, context, depth - 1) for _ in range(random.choice((0, 1, 2, 2, 3)))]
    return {"all" if shape < 0.8 else "any": items}


def _comparison(schema: Schema, random: Random, context: FilterContext) -> dict[str, object]:
    """Make one random comparison."""
    field = random.choice(list(schema))
    shape = schema[field]
    op = random.choice(operators_for(shape.kind))
    data: dict[str, object] = {"field": field, "op": op}
    arity = OPERATORS[op].arity
    if arity == "period":
        data["value"] = {"period": random.choice(PERIOD_NAMES)}
    elif arity == "list":
        data["value"] = _list(shape, random, context)
    elif arity == "two":
        data["value"] = [_literal(shape, random, context) for _ in range(2)]
    elif arity == "one":
        data["value"] = _literal(shape, random, context)
    return data


def _list(shape: FieldShape, random: Random, context: FilterContext) -> object:
    """Make a list operand: mostly literals, sometimes empty, sometimes a variable."""
    if shape.kind in ("team", "relation") and random.random() < 0.3:
        return {"var": random.choice(("my_teams", "my_branches"))}
    return [_literal(shape, random, context) for _ in range(random.choice((0, 1, 2, 3)))]


def _literal(shape: FieldShape, random: Random, context: FilterContext) -> object:
    """Make one value as JSON data."""
    if shape.kind == "user" and random.random() < 0.3:
        return {"var": "me"}
    if shape.kind in ("date", "datetime") and random.random() < 0.3:
        return {random.choice(("days_ago", "days_ahead")): random.choice((0, 1, 2, 30))}
    if shape.kind in TEXT_KINDS:
        return random.choice(WORDS)[: random.choice((2, 3, 20))].strip() or "a"
    if shape.kind == "datetime" and random.random() < 0.4:
        return _instant(random, context).astimezone(context.zone).date().isoformat()
    value = _stored(shape, random, context)
    return write_value(value[0] if isinstance(value, list) else value, shape.kind)


def _instant(random: Random, context: FilterContext) -> datetime:
    """Make an instant near the asking one."""
    return context.at + timedelta(hours=random.choice(_HOURS))


def _choice_keys(shape: FieldShape) -> Sequence[str]:
    """List the keys a choice field may hold."""
    return [key for key, _label in shape.choices] or KEYS


def _stored(shape: FieldShape, random: Random, context: FilterContext) -> Scalar | list[str] | list[int]:
    """Make one value as a record would hold it."""
    kind = shape.kind
    if kind in TEXT_KINDS:
        return random.choice(WORDS)
    if kind in NUMBER_KINDS:
        number = random.choice(_NUMBERS)
        return int(number) if kind == "integer" else number
    if kind == "boolean":
        return random.random() < 0.5
    if kind == "date":
        return _instant(random, context).astimezone(context.zone).date()
    if kind == "datetime":
        return _instant(random, context)
    if kind == "choice":
        return random.choice(_choice_keys(shape))
    if kind == "multichoice":
        keys = _choice_keys(shape)
        return random.sample(keys, random.randint(1, len(keys)))
    if kind == "relations":
        return random.sample(RECORD_KEYS, random.randint(1, 3))
    return random.choice(RECORD_KEYS)
