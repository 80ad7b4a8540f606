"""The typed tree of a filter: what parse() makes and every compiler reads.

NULL semantics, binding for every compiler (the reference is evaluate.py):

* A condition is true or false, never unknown. `Not` is plain negation.
* NULL never satisfies a positive operator: ``is in contains starts ends gt gte lt lte any_of
  all_of true false not_empty``. In particular ``false`` does not match NULL.
* NULL always satisfies a negative operator: ``is_not not_in not_contains none_of`` are exactly
  the negation of their positive twin, and ``empty`` matches NULL.
* ``empty`` also matches ``""`` (text and choice) and the empty list; ``not_empty`` is its
  negation. The doors store no text of blanks only.
* A dotted path through a missing record gives NULL. ``has`` without such a record is false,
  ``has_no`` true.
* An operator over an empty list of values: ``in any_of all_of`` never match, ``not_in
  none_of`` always match. (A user without teams sees nothing by ``team in my_teams``.)
* An empty `All` matches everything, an empty `Any` nothing.

Text kinds compare folded on both sides (`text_tr.fold`); choices and references exactly.
Compilers take trees that values.resolve() has made concrete; there only PRIMITIVE_OPS occur.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hatir.kit.filters.schema import Kind


@dataclass(frozen=True, slots=True)
class Variable:
    """Who is asking: me, my_teams, my_branches, my.<dimension>."""

    name: str


@dataclass(frozen=True, slots=True)
class DaysFromToday:
    """A date relative to today; negative lies in the past."""

    days: int


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A stretch of time by its name in kit.periods."""

    name: str


Scalar = str | int | Decimal | bool | date | datetime
Value = Scalar | Variable | DaysFromToday | NamedPeriod
# None for operators without a value, a tuple for lists and for the two ends of between.
Operand = Value | tuple[Value, ...] | None


@dataclass(frozen=True, slots=True)
class Compare:
    """A field compared with a value; `kind` is the field's kind, so compilers need no schema."""

    field: str
    op: str
    value: Operand = None
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class All:
    """Every item holds."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one item holds."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The item does not hold."""

    item: Node


@dataclass(frozen=True, slots=True)
class Has:
    """Some record at the end of a to-many path fits `where` (any record at all when None).

    `path` ends in a to-many field, or is the type key of records that point to this one.
    """

    path: str
    where: Node | None = None
    negated: bool = False


# For modules that also need typing.Any.
Any_ = Any
Node = All | Any | Not | Compare | Has

PRIMITIVE_OPS = frozenset({
    "is", "is_not", "in", "not_in", "contains", "not_contains", "starts", "ends", "gt", "gte", "lt", "lte",
    "empty", "not_empty", "any_of", "all_of", "none_of", "true", "false",
})  # fmt: skip
# Negative operator → the positive one it negates.
NEGATIONS = {
    "is_not": "is", "not_in": "in", "not_contains": "contains", "none_of": "any_of", "not_empty": "empty",
}  # fmt: skip


def walk(tree: Node) -> Iterator[Node]:
    """Visit every node, parents first."""
    yield tree
    if isinstance(tree, (All, Any)):
        for item in tree.items:
            yield from walk(item)
    elif isinstance(tree, Not):
        yield from walk(tree.item)
    elif isinstance(tree, Has) and tree.where is not None:
        yield from walk(tree.where)


def fields_of(tree: Node) -> frozenset[str]:
    """Collect the paths used on the record itself (has-steps by their path, not what is behind)."""
    if isinstance(tree, (All, Any)):
        return frozenset().union(*(fields_of(item) for item in tree.items))
    if isinstance(tree, Not):
        return fields_of(tree.item)
    return frozenset({tree.path if isinstance(tree, Has) else tree.field})
