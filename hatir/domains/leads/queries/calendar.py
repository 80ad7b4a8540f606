"""When the company works: its settings and its holidays as a calendar to reckon with."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils import timezone

from hatir.domains.leads.models import Holiday
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.memory import per_request
from hatir.kit.working_time import Calendar

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BACK, AHEAD = timedelta(days=400), timedelta(days=400)
NOON = time(13)


def working_calendar() -> Calendar:
    """Give the company's working time; one statement, once in a piece of work. For the house's own reckoning."""
    return per_request("leads.calendar", _read)


def _read() -> Calendar:
    today = timezone.localdate()
    rows = Holiday.objects.filter(archived_at=None, day__range=(today - BACK, today + AHEAD))
    days = list(rows.values_list("day", "ends_at_noon"))
    return Calendar(
        zone=timezone.get_current_timezone(),
        begins=time.fromisoformat(value_of("company.work_from")),
        ends=time.fromisoformat(value_of("company.work_until")),
        weekdays=frozenset(WEEK.index(key) for key in value_of("company.work_days")),
        closed=frozenset(day for day, is_short in days if not is_short),
        short={day: NOON for day, is_short in days if is_short},
    )
