"""Stretches of time with names: this month, last week, the last 30 days.

A period is half-open: its start belongs to it, its end does not. Boundaries are midnights of
the given zone; weeks start on Monday. "Last N days" are N calendar days that end with today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class UnknownPeriod(ValueError):
    """No period goes by that name."""


@dataclass(frozen=True, slots=True)
class Period:
    """The instants from `start` up to, not including, `end`; both aware.

    Raises ValueError when naive or when the end comes before the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a period needs aware instants")
        if self.end < self.start:
            raise ValueError("a period cannot end before it starts")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @property
    def first_day(self) -> date:
        """The date of the start, in the start's zone."""
        return self.start.date()

    @property
    def last_day(self) -> date:
        """The date of the last instant inside (the start's date when empty)."""
        return max(self.first_day, (self.end - timedelta(microseconds=1)).date())

    @property
    def day_count(self) -> int:
        """How many calendar days the period touches."""
        return (self.last_day - self.first_day).days + 1


def midnight(day: date, zone: tzinfo) -> datetime:
    """Give the instant a day begins in a zone."""
    return datetime.combine(day, time.min, tzinfo=zone)


def days_period(first: date, last: date, zone: tzinfo) -> Period:
    """Make the period from the first day through the last, both included."""
    return Period(midnight(first, zone), midnight(last + timedelta(days=1), zone))


def today(at: datetime, zone: tzinfo) -> date:
    """Tell which day it is in a zone."""
    return at.astimezone(zone).date()


def days_ago(count: int, *, at: datetime, zone: tzinfo) -> date:
    """Give the date `count` days before today."""
    return today(at, zone) - timedelta(days=count)


def days_ahead(count: int, *, at: datetime, zone: tzinfo) -> date:
    """Give the date `count` days after today."""
    return today(at, zone) + timedelta(days=count)


def _months_from(day: date, months: int) -> date:
    """Give the first day of the month so many months away."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _month(offset: int, length: int = 1) -> Callable[[date], tuple[date, date]]:
    """Describe whole months counted from this one."""
    return lambda day: (_months_from(day, offset), _months_from(day, offset + length) - timedelta(days=1))


def _quarter(offset: int) -> Callable[[date], tuple[date, date]]:
    """Describe a quarter counted from this one."""
    return lambda day: _month(3 * offset - (day.month - 1) % 3, 3)(day)


def _year(offset: int) -> Callable[[date], tuple[date, date]]:
    """Describe a calendar year counted from this one."""
    return lambda day: (date(day.year + offset, 1, 1), date(day.year + offset, 12, 31))


def _week(offset: int) -> Callable[[date], tuple[date, date]]:
    """Describe a week (Monday to Sunday) counted from this one."""

    def days(day: date) -> tuple[date, date]:
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=offset)
        return monday, monday + timedelta(days=6)

    return days


def _days(first: int, last: int) -> Callable[[date], tuple[date, date]]:
    """Describe days counted from today, both ends included."""
    return lambda day: (day + timedelta(days=first), day + timedelta(days=last))


_PERIODS: dict[str, tuple[str | Promise, Callable[[date], tuple[date, date]]]] = {
    "today": (_("today"), _days(0, 0)),
    "yesterday": (_("yesterday"), _days(-1, -1)),
    "tomorrow": (_("tomorrow"), _days(1, 1)),
    "this_week": (_("this week"), _week(0)),
    "last_week": (_("last week"), _week(-1)),
    "next_week": (_("next week"), _week(1)),
    "this_month": (_("this month"), _month(0)),
    "last_month": (_("last month"), _month(-1)),
    "next_month": (_("next month"), _month(1)),
    "this_quarter": (_("this quarter"), _quarter(0)),
    "last_quarter": (_("last quarter"), _quarter(-1)),
    "this_year": (_("this year"), _year(0)),
    "last_year": (_("last year"), _year(-1)),
    "last_7_days": (_("last 7 days"), _days(-6, 0)),
    "last_30_days": (_("last 30 days"), _days(-29, 0)),
    "last_90_days": (_("last 90 days"), _days(-89, 0)),
    "last_365_days": (_("last 365 days"), _days(-364, 0)),
    "next_7_days": (_("next 7 days"), _days(0, 6)),
    "next_30_days": (_("next 30 days"), _days(0, 29)),
}
PERIOD_NAMES: tuple[str, ...] = tuple(_PERIODS)


def period_label(name: str) -> str | Promise:
    """Name a period for people. Raises UnknownPeriod."""
    if name not in _PERIODS:
        raise UnknownPeriod(name)
    return _PERIODS[name][0]


def named_period(name: str, *, at: datetime, zone: tzinfo) -> Period:
    """Make the period a name stands for at an instant, in a zone. Raises UnknownPeriod."""
    if name not in _PERIODS:
        raise UnknownPeriod(name)
    first, last = _PERIODS[name][1](today(at, zone))
    return days_period(first, last, zone)


def preceding(period: Period) -> Period:
    """Make the period of as many days that ends where this one starts, for comparisons."""
    zone = period.start.tzinfo
    if zone is None:  # Period refuses naive instants; this tells the type checker
        raise ValueError("a period needs aware instants")
    first = period.first_day - timedelta(days=period.day_count)
    return Period(midnight(first, zone), period.start)
