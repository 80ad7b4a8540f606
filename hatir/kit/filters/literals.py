"""Values in filters: reading them from JSON by kind, and writing them back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from hatir.kit.filters.schema import NUMBER_KINDS, REFERENCE_KINDS, TEXT_KINDS, FieldShape, FilterError
from hatir.kit.filters.tree import DaysFromToday, NamedPeriod, Operand, Value, Variable
from hatir.kit.ids import MAX_ID, decode_id, encode_id
from hatir.kit.parsing_tr import parse_date
from hatir.kit.periods import PERIOD_NAMES
from hatir.kit.text_tr import fold

DIMENSIONS = ("geography", "channel", "product", "skill")
LIST_VARIABLES = frozenset({"my_teams", "my_branches", *(f"my.{name}" for name in DIMENSIONS)})
MAX_TEXT_LENGTH = 1000
MAX_DAYS = 36_525  # a century either way
MAX_NUMBER = Decimal(10) ** 18

_PLAIN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}", re.ASCII)


def read_value(raw: object, shape: FieldShape, field: str, op: str) -> Value:
    """Turn one JSON value into the type the field's kind compares with.

    Raises FilterError naming field and operator.
    """
    if isinstance(raw, Mapping):
        return _read_reference(raw, shape, field, op)
    try:
        return _read_plain(raw, shape)
    except (ValueError, ArithmeticError, TypeError):
        message = _("“%(value)s” is not a value for “%(field)s”.") % {"value": raw, "field": shape.label}
        raise FilterError(message, field=field, op=op) from None


def _read_reference(raw: Mapping[object, object], shape: FieldShape, field: str, op: str) -> Value:
    """Read {"var": …}, {"days_ago": …}, {"days_ahead": …} or {"period": …}."""
    if len(raw) == 1:
        key, content = next(iter(raw.items()))
        is_time = shape.kind in ("date", "datetime")
        takes_variable = shape.kind in REFERENCE_KINDS | TEXT_KINDS | {"choice", "multichoice", "relations"}
        if key == "var" and takes_variable and (content == "me" or content in LIST_VARIABLES):
            return Variable(str(content))
        if key in ("days_ago", "days_ahead") and is_time and type(content) is int and 0 <= content <= MAX_DAYS:
            return DaysFromToday(-content if key == "days_ago" else content)
        if key == "period" and is_time and content in PERIOD_NAMES and op == "within":
            return NamedPeriod(str(content))
    message = _("“%(field)s” cannot be compared with this variable.") % {"field": shape.label}
    raise FilterError(message, field=field, op=op)


def _read_plain(raw: object, shape: FieldShape) -> Value:
    """Read a value that is simply there; raises ValueError or TypeError when it does not fit."""
    kind = shape.kind
    if kind in TEXT_KINDS:
        return _read_text(raw)
    if kind in NUMBER_KINDS:
        return _read_number(raw, whole=kind == "integer")
    if kind in ("choice", "multichoice"):
        return _read_choice(raw, shape)
    if kind == "boolean":
        if isinstance(raw, bool):
            return raw
        raise TypeError("not a yes or no")
    if kind == "date":
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        return parse_date(_string(raw))
    if kind == "datetime":
        return _read_instant(raw)
    return _read_key(raw)


def _string(raw: object) -> str:
    """Insist on text."""
    if not isinstance(raw, str) or "\0" in raw:
        raise TypeError("not text")
    return raw


def _read_text(raw: object) -> str:
    """Read text that still says something when folded."""
    text = _string(raw)
    if len(text) > MAX_TEXT_LENGTH or not fold(text):
        raise ValueError("empty or too long")
    return text


def _read_number(raw: object, *, whole: bool) -> int | Decimal:
    """Read an exact number; JSON fractions come as float and are taken by their digits."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str, Decimal)):
        raise TypeError("not a number")
    number = Decimal(str(raw))
    if not number.is_finite() or abs(number) > MAX_NUMBER:
        raise ValueError("not a number that can be stored")
    if whole and number != number.to_integral_value():
        raise ValueError("not a whole number")
    return int(number) if whole else number


def _read_choice(raw: object, shape: FieldShape) -> str:
    """Read a choice key."""
    key = _string(raw)
    if not key or (shape.choices and key not in {choice for choice, _label in shape.choices}):
        raise ValueError("not one of the choices")
    return key


def _read_instant(raw: object) -> date | datetime:
    """Read a whole day or an instant; one without an offset is in the company's zone."""
    if isinstance(raw, date):
        return raw
    text = _string(raw).strip()
    return parse_date(text) if _PLAIN_DATE.fullmatch(text) else datetime.fromisoformat(text)


def _read_key(raw: object) -> int:
    """Read a record key: a number, or its 13-character spelling."""
    if isinstance(raw, str):
        return decode_id(raw)
    if type(raw) is int and 0 <= raw <= MAX_ID:
        return raw
    raise TypeError("not a record key")


def write_operand(operand: Operand, kind: str) -> object:
    """Turn an operand into what json.dumps takes; the opposite of reading it."""
    if isinstance(operand, tuple):
        return [write_value(value, kind) for value in operand]
    return None if operand is None else write_value(operand, kind)


def write_value(value: Value, kind: str) -> object:
    """Write one value as JSON data."""
    if isinstance(value, Variable):
        return {"var": value.name}
    if isinstance(value, NamedPeriod):
        return {"period": value.name}
    if isinstance(value, DaysFromToday):
        return {"days_ago": -value.days} if value.days < 0 else {"days_ahead": value.days}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if kind in REFERENCE_KINDS | {"relations"} and isinstance(value, int):
        return encode_id(value)
    return value
