"""The operators: their names for people, how many values they take, which kinds know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from hatir.kit.filters.schema import MANY_KINDS, NUMBER_KINDS, REFERENCE_KINDS, TEXT_KINDS, Label

Arity = Literal["none", "one", "two", "list", "period"]


@dataclass(frozen=True)
class Operator:
    """One operator; `symbol` is its spelling in the one-line text form."""

    key: str
    label: Label
    arity: Arity
    symbol: str = ""

    @property
    def spelling(self) -> str:
        """How the text form writes it."""
        return self.symbol or self.key


_ALL = (
    Operator("is", _("is"), "one"),
    Operator("is_not", _("is not"), "one"),
    Operator("in", _("is one of"), "list"),
    Operator("not_in", _("is none of"), "list"),
    Operator("contains", _("contains"), "one"),
    Operator("not_contains", _("does not contain"), "one"),
    Operator("starts", _("starts with"), "one"),
    Operator("ends", _("ends with"), "one"),
    Operator("gt", _("is more than"), "one", ">"),
    Operator("gte", _("is at least"), "one", ">="),
    Operator("lt", _("is less than"), "one", "<"),
    Operator("lte", _("is at most"), "one", "<="),
    Operator("between", _("is between"), "two"),
    Operator("empty", _("is empty"), "none"),
    Operator("not_empty", _("is filled in"), "none"),
    Operator("before", _("is before"), "one"),
    Operator("after", _("is after"), "one"),
    Operator("on", _("is on"), "one"),
    Operator("within", _("is within"), "period"),
    Operator("any_of", _("has any of"), "list"),
    Operator("all_of", _("has all of"), "list"),
    Operator("none_of", _("has none of"), "list"),
    Operator("true", _("is yes"), "none"),
    Operator("false", _("is no"), "none"),
)
OPERATORS: dict[str, Operator] = {operator.key: operator for operator in _ALL}

_EMPTINESS = ("empty", "not_empty")
_TEXT = ("is", "is_not", "in", "not_in", "contains", "not_contains", "starts", "ends", *_EMPTINESS)
_ORDER = ("gt", "gte", "lt", "lte", "between")
_NUMBER = ("is", "is_not", *_ORDER, "in", "not_in", *_EMPTINESS)
_TIME = ("on", "before", "after", "within", "between", "is", "is_not", "gt", "gte", "lt", "lte", *_EMPTINESS)
_EXACT = ("is", "is_not", "in", "not_in", *_EMPTINESS)
_MANY = ("any_of", "all_of", "none_of", *_EMPTINESS)
_YES_NO = ("true", "false", "is", "is_not", *_EMPTINESS)


def operators_for(kind: str) -> tuple[str, ...]:
    """List the operator keys a kind knows, in the order an editor should offer them."""
    if kind in TEXT_KINDS:
        return _TEXT
    if kind in NUMBER_KINDS:
        return _NUMBER
    if kind in ("date", "datetime"):
        return _TIME
    if kind in REFERENCE_KINDS or kind == "choice":
        return _EXACT
    if kind in MANY_KINDS:
        return _MANY
    if kind == "boolean":
        return _YES_NO
    raise ValueError(f"unknown field kind: {kind}")
