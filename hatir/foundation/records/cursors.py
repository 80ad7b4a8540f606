"""Sort values as the cursors of lists carry them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any


def pack(value: Any) -> Any:
    """Write a sort value with its kind, so that JSON can carry it."""
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["n", format(value, "f")]
    return ["v", value]


def unpack(packed: Any) -> Any:
    """Read what `pack` wrote. Raises ValueError, TypeError or ArithmeticError for anything else."""
    tag, value = packed
    if tag == "t":
        return datetime.fromisoformat(value)
    if tag == "d":
        return date.fromisoformat(value)
    if tag == "n":
        return Decimal(value)
    if tag != "v" or not isinstance(value, (str, int, float, bool, type(None))):
        raise ValueError(tag)
    return value
