"""Numbers that follow from a date and today: their value, and a condition on them as one on the date.

A condition on an age becomes a range of dates of birth, which an index serves.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, IntegerField, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import GreaterThan, In, IsNull, LessThanOrEqual
from django.utils import timezone

from hatir.foundation.records.fields import FieldSpec
from hatir.kit.ages import OLDEST, YEAR, age_on, birthdays_ahead, born_by, days_to_birthday

NEVER = Q(pk__in=())


def reckon(spec: FieldSpec, day: date | None) -> int | None:
    """Give the number that follows from a stored date."""
    if day is None:
        return None
    today = timezone.localdate()
    return age_on(day, today) if spec.reckon == "age" else days_to_birthday(day, today)


def reckoned_condition(spec: FieldSpec, prefix: str, op: str, value: Any, today: date | None = None) -> Q:
    """Compare the number; an absent date never fits a positive comparison."""
    column = F(f"{prefix}{spec.path}")
    if op in ("empty", "not_empty"):
        return Q(IsNull(column, op == "empty"))
    if op == "in":
        found = NEVER
        for item in value:
            found |= reckoned_condition(spec, prefix, "is", item, today)
        return found
    low, high = _bounds(op, value)
    condition = (_aged if spec.reckon == "age" else _birthday)(column, low, high, today or timezone.localdate())
    return Q(IsNull(column, False)) & condition


def _bounds(op: str, value: Any) -> tuple[int, int | None]:
    """Give the least and the greatest number that fit; None where there is no greatest."""
    if op == "between":
        return int(value[0]), int(value[1])
    number = int(value)
    return {
        "is": (number, number),
        "gt": (number + 1, None),
        "gte": (number, None),
        "lt": (0, number - 1),
        "lte": (0, number),
    }[op]


def _aged(column: Any, low: int, high: int | None, today: date) -> Q:
    if low > OLDEST or (high is not None and high < max(low, 0)):
        return NEVER
    condition = Q(LessThanOrEqual(column, born_by(max(low, 0), today)))
    if high is not None and high < OLDEST:
        condition &= Q(GreaterThan(column, born_by(high + 1, today)))
    return condition


def _birthday(column: Any, low: int, high: int | None, today: date) -> Q:
    days = birthdays_ahead(low, YEAR if high is None else high, today)
    if not days:
        return NEVER
    written = ExtractMonth(column) * 100 + ExtractDay(column)
    written.output_field = IntegerField()
    return Q(In(written, sorted(days)))
