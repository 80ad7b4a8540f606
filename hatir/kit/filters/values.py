"""Making a filter concrete: who asks, what day it is, which instants a date means.

After resolve() only PRIMITIVE_OPS of tree.py are left, no variables and no relative dates, so
that every compiler is small and all agree on what "on 21 November" means for an instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from hatir.kit.filters.tree import (
    All,
    Any,
    Compare,
    DaysFromToday,
    Has,
    NamedPeriod,
    Node,
    Not,
    Operand,
    Scalar,
    Value,
    Variable,
)
from hatir.kit.periods import midnight, named_period, today

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class FilterContext:
    """Everything a filter may depend on besides the record.

    `at` is the aware instant of asking, `zone` the company's zone. `dimensions` holds the
    asker's geography, channel, product and skill values (choice keys, texts or record keys).
    """

    at: datetime
    zone: tzinfo
    user_id: int | None = None
    team_ids: Sequence[int] = ()
    branch_ids: Sequence[int] = ()
    dimensions: Mapping[str, Sequence[str | int]] = field(default_factory=dict)


def resolve(tree: Node, context: FilterContext) -> Node:
    """Replace variables and relative dates by values and reduce operators to the primitive ones.

    A variable without a value leaves a comparison with nothing: positive operators then match
    no record, negative ones every record.
    """
    if isinstance(tree, All):
        return All(tuple(resolve(item, context) for item in tree.items))
    if isinstance(tree, Any):
        return Any(tuple(resolve(item, context) for item in tree.items))
    if isinstance(tree, Not):
        return Not(resolve(tree.item, context))
    if isinstance(tree, Has):
        return Has(tree.path, resolve(tree.where, context) if tree.where else None, tree.negated)
    if tree.kind in ("date", "datetime"):
        return _resolve_time(tree, context)
    return _resolve_plain(tree, context)


def _resolve_plain(compare: Compare, context: FilterContext) -> Node:
    """Resolve a comparison that has nothing to do with time."""
    if compare.value is None:
        return compare
    values = _scalars(compare.value, context)
    if compare.op == "between":
        low, high = values
        return All((_with(compare, "gte", low), _with(compare, "lte", high)))
    if compare.op == "all_of" and not values:
        return _with(compare, "any_of", ())  # "all of nothing" must not let everything through
    if compare.op in ("in", "not_in", "any_of", "all_of", "none_of"):
        return _with(compare, compare.op, tuple(dict.fromkeys(values)))
    if not values:
        return _with(compare, "not_in" if compare.op in ("is_not", "not_contains") else "in", ())
    return _with(compare, compare.op, values[0])


def _scalars(operand: Value | tuple[Value, ...], context: FilterContext) -> tuple[Scalar, ...]:
    """Replace variables; one variable may stand for none or many values."""
    found: list[Scalar] = []
    for value in operand if isinstance(operand, tuple) else (operand,):
        if isinstance(value, Variable):
            found.extend(_variable(value.name, context))
        elif isinstance(value, (DaysFromToday, NamedPeriod)):
            raise TypeError("a relative date belongs to a date field")
        else:
            found.append(value)
    return tuple(found)


def _variable(name: str, context: FilterContext) -> Sequence[str | int]:
    """Look a variable up."""
    if name == "me":
        return () if context.user_id is None else (context.user_id,)
    if name == "my_teams":
        return context.team_ids
    if name == "my_branches":
        return context.branch_ids
    return context.dimensions.get(name.removeprefix("my."), ())


def _with(compare: Compare, op: str, value: Operand) -> Compare:
    """Make the same comparison with another operator and value."""
    return Compare(compare.field, op, value, compare.kind)


# --- dates and instants -----------------------------------------------------------------


def _resolve_time(compare: Compare, context: FilterContext) -> Node:
    """Reduce a comparison of a date or datetime field to is, gte, gt, lte and lt."""
    if compare.op in ("empty", "not_empty"):
        return compare
    if compare.op == "within":
        return _within(compare, context)
    if compare.op == "between":
        if not isinstance(compare.value, tuple):
            raise TypeError("between needs two values")
        low, high = compare.value
        return All(
            (_resolve_time(_with(compare, "gte", low), context), _resolve_time(_with(compare, "lte", high), context))
        )
    if compare.op == "is_not":
        return Not(_resolve_time(_with(compare, "is", compare.value), context))
    op = {"before": "lt", "after": "gt", "on": "is"}.get(compare.op, compare.op)
    moment = _moment(compare.value, context)
    if compare.kind == "datetime" and not isinstance(moment, datetime):
        return _against_day(compare, op, moment, context.zone)
    if compare.op == "on" and isinstance(moment, datetime):
        return _against_day(compare, "is", moment.astimezone(context.zone).date(), context.zone)
    return _with(compare, op, moment)


def _moment(value: Operand, context: FilterContext) -> date | datetime:
    """Give the date or aware instant a value stands for."""
    if isinstance(value, DaysFromToday):
        return today(context.at, context.zone) + timedelta(days=value.days)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=context.zone)
    if isinstance(value, date):
        return value
    raise TypeError("a date field is compared with a date")


def _against_day(compare: Compare, op: str, day: date, zone: tzinfo) -> Node:
    """Compare an instant with a whole day of the company's zone."""
    start, end = midnight(day, zone), midnight(day + _DAY, zone)
    if op == "is":
        return All((_with(compare, "gte", start), _with(compare, "lt", end)))
    # After a day means from the next midnight on; up to a day means its last instant too.
    bound = {"lt": ("lt", start), "gte": ("gte", start), "gt": ("gte", end), "lte": ("lt", end)}[op]
    return _with(compare, *bound)


def _within(compare: Compare, context: FilterContext) -> Node:
    """Compare with a named period."""
    if not isinstance(compare.value, NamedPeriod):
        raise TypeError("within needs a period")
    period = named_period(compare.value.name, at=context.at, zone=context.zone)
    if compare.kind == "date":
        return All((_with(compare, "gte", period.first_day), _with(compare, "lte", period.last_day)))
    return All((_with(compare, "gte", period.start), _with(compare, "lt", period.end)))
