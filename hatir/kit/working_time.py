"""Reckoning with working time: an instant that lies so many working minutes ahead, and minutes between two instants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MOST_DAYS = 3700
"""Whoever has no working day at all within ten years never answers; then the reckoning stops there."""


@dataclass(frozen=True)
class Calendar:
    """When a company works: from one local time until another on some weekdays (Monday is 0), not on `closed` days.

    `short` gives days that end early (the eve of a feast), each with its end.
    """

    zone: tzinfo
    begins: time = time(9)
    ends: time = time(18)
    weekdays: Collection[int] = (0, 1, 2, 3, 4)
    closed: Collection[date] = ()
    short: Mapping[date, time] = field(default_factory=dict)

    def hours_of(self, day: date) -> tuple[datetime, datetime] | None:
        """Give when work begins and ends on a day; None where nobody works."""
        ends = min(self.ends, self.short.get(day, self.ends))
        if day.weekday() not in self.weekdays or day in self.closed or ends <= self.begins:
            return None
        at = (datetime.combine(day, moment, tzinfo=self.zone) for moment in (self.begins, ends))
        begin, end = at
        return begin.astimezone(UTC), end.astimezone(UTC)


def add_minutes(start: datetime, minutes: int, calendar: Calendar) -> datetime:
    """Give the instant (UTC) that lies so many working minutes after another; none outside working time counts.

    No minutes give the next working instant. Without any working day the start itself is given.
    """
    left, day, moment = timedelta(minutes=minutes), start.astimezone(calendar.zone).date(), start.astimezone(UTC)
    for _turn in range(MOST_DAYS):
        hours = calendar.hours_of(day)
        if hours is not None and moment < hours[1]:
            begin = max(moment, hours[0])
            if begin + left <= hours[1]:
                return begin + left
            left -= hours[1] - begin
        day += timedelta(days=1)
    return moment


def minutes_between(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Count the whole working minutes between two instants; 0 where the end is not later."""
    found, day, last = timedelta(0), start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    for _turn in range(MOST_DAYS):
        if day > last:
            break
        hours = calendar.hours_of(day)
        if hours is not None:
            found += max(timedelta(0), min(hours[1], end) - max(hours[0], start))
        day += timedelta(days=1)
    return int(found.total_seconds() // 60)


def is_working(moment: datetime, calendar: Calendar) -> bool:
    """Tell whether the company works at an instant; the end of the day is no longer in it."""
    hours = calendar.hours_of(moment.astimezone(calendar.zone).date())
    return hours is not None and hours[0] <= moment < hours[1]


def add_days(start: datetime, days: int, calendar: Calendar, *, working: bool = True) -> datetime:
    """Give the instant (UTC) so many days later at the same local time; `working` counts working days only.

    Days are counted after the day of the start: one working day after a Saturday is Monday. A local time that a
    change of the clock leaves out is the one an hour later. Without any working day the start itself is given.
    """
    local = start.astimezone(calendar.zone)
    day, left = local.date(), days
    for _turn in range(MOST_DAYS):
        if left <= 0:
            return datetime.combine(day, local.time(), tzinfo=calendar.zone).astimezone(UTC)
        day += timedelta(days=1)
        if not working or calendar.hours_of(day) is not None:
            left -= 1
    return start.astimezone(UTC)
