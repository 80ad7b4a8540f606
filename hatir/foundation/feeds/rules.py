"""When a feed is fetched next."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

HOURLY, WEEKLY = "hourly", "weekly"


def next_fetch(rhythm: str, at: time, weekday: int, zone: tzinfo, now: datetime) -> datetime:
    """Find the next instant after `now`: at the minute of `at` each hour, at `at` each day, or on one weekday."""
    here = now.astimezone(zone)
    if rhythm == HOURLY:
        found = now.replace(minute=at.minute, second=0, microsecond=0)
        return found if found > now else found + timedelta(hours=1)
    day = here.date()
    if rhythm == WEEKLY:
        day += timedelta(days=(weekday - day.weekday()) % 7)
    found = datetime.combine(day, at, tzinfo=zone)
    step = timedelta(days=7 if rhythm == WEEKLY else 1)
    return found if found > now else datetime.combine(day + step, at, tzinfo=zone)
