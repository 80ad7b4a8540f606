"""The reference meaning of a filter: a plain Python test of one record.

Every other compiler must give the same answer; tree.py states the NULL rules in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from hatir.kit.filters.schema import TEXT_KINDS
from hatir.kit.filters.tree import NEGATIONS, All, Any, Compare, Has, Node, Not
from hatir.kit.text_tr import fold

Row = Mapping[str, object]


def evaluate(tree: Node, row: Row) -> bool:
    """Tell whether a record fits a resolved filter.

    `row` maps field names to values: text, int, Decimal, bool, date, aware datetime, choice
    key, record key, a list for multichoice and relations, None for NULL. To-one steps may be
    nested mappings or dotted keys; to-many paths are lists of mappings.
    """
    if isinstance(tree, All):
        return all(evaluate(item, row) for item in tree.items)
    if isinstance(tree, Any):
        return any(evaluate(item, row) for item in tree.items)
    if isinstance(tree, Not):
        return not evaluate(tree.item, row)
    if isinstance(tree, Has):
        return _has(tree, row) != tree.negated
    return _compare(tree, value_at(row, tree.field))


def value_at(row: Row, path: str) -> object:
    """Read a dotted path; a missing step is None."""
    if path in row:
        return row[path]
    head, dot, rest = path.partition(".")
    while dot:
        if head in row:
            inner = row[head]
            return value_at(inner, rest) if isinstance(inner, Mapping) else None
        step, dot, rest = rest.partition(".")
        head = f"{head}.{step}"
    return None


def _has(step: Has, row: Row) -> bool:
    """Tell whether some record at the end of the path fits."""
    found = value_at(row, step.path)
    if not isinstance(found, Iterable) or isinstance(found, (str, Mapping)):
        return False
    if step.where is None:
        return any(True for _item in found)
    where = step.where
    return any(evaluate(where, item) for item in found if isinstance(item, Mapping))


def _compare(compare: Compare, value: object) -> bool:
    """Compare one value; a negative operator is the negation of its positive twin."""
    positive = NEGATIONS.get(compare.op)
    if positive is not None:
        return not _matches(positive, compare, value)
    return _matches(compare.op, compare, value)


def _matches(op: str, compare: Compare, value: object) -> bool:
    """Apply a positive operator."""
    if op == "empty":
        return _is_empty(value)
    if value is None:
        return False
    if op in ("true", "false"):
        return value is (op == "true")
    ready = _folded if compare.kind in TEXT_KINDS else _same
    if op in ("any_of", "all_of"):
        held, wanted = _keys(value), set(_many(compare.value))
        return bool(wanted) and (wanted <= held if op == "all_of" else bool(wanted & held))
    if op == "in":
        return ready(value) in {ready(one) for one in _many(compare.value)}
    return _PAIRWISE[op](ready(value), ready(compare.value))


def _is_empty(value: object) -> bool:
    """Tell whether a value is NULL, the empty text or an empty list."""
    return value is None or value == "" or (isinstance(value, (list, tuple, set, frozenset)) and not value)


def _folded(value: object) -> object:
    """Fold text for comparing."""
    return fold(str(value))


def _same(value: object) -> object:
    """Leave a value as it is; floats are compared by their digits."""
    return Decimal(str(value)) if isinstance(value, float) else value


def _many(operand: object) -> tuple[object, ...]:
    """Insist on a tuple of values."""
    if not isinstance(operand, tuple):
        raise TypeError("resolve the filter before evaluating it")
    return operand


def _keys(value: object) -> set[object]:
    """Collect the keys a to-many value holds; related records count by their id."""
    if not isinstance(value, Iterable) or isinstance(value, (str, Mapping)):
        return {value}
    return {item.get("id") if isinstance(item, Mapping) else item for item in value}


_PAIRWISE: dict[str, Callable[..., bool]] = {
    "is": lambda left, right: bool(left == right),
    "contains": lambda left, right: right in left,
    "starts": lambda left, right: bool(left.startswith(right)),
    "ends": lambda left, right: bool(left.endswith(right)),
    "gt": lambda left, right: bool(left > right),
    "gte": lambda left, right: bool(left >= right),
    "lt": lambda left, right: bool(left < right),
    "lte": lambda left, right: bool(left <= right),
}
