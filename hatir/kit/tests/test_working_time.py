"""Working time: over nights, weekends, holidays and short days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hatir.kit.working_time import Calendar, add_minutes, minutes_between

ISTANBUL = ZoneInfo("Europe/Istanbul")
OFFICE = Calendar(ISTANBUL, closed={date(2026, 10, 29)}, short={date(2026, 10, 28): time(13)})


def local(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ISTANBUL)


def test_minutes_of_the_same_day_are_plain() -> None:
    assert add_minutes(local(23, 10), 60, OFFICE) == local(23, 11)


def test_the_evening_goes_on_in_the_morning() -> None:
    assert add_minutes(local(23, 17, 30), 60, OFFICE) == local(24, 9, 30)
    assert add_minutes(local(23, 20), 15, OFFICE) == local(24, 9, 15)
    assert add_minutes(local(23, 6), 15, OFFICE) == local(23, 9, 15)


def test_a_weekend_does_not_count() -> None:
    assert add_minutes(local(27, 17, 45), 30, OFFICE) == local(30, 9, 15)


def test_a_holiday_and_its_eve_do_not_count() -> None:
    # 28 October 2026 ends at 13:00, the 29th is closed, the 30th is a Friday.
    assert add_minutes(local(28, 12, 30, 10), 60, OFFICE) == local(30, 9, 30, 10)


def test_more_than_a_day() -> None:
    assert add_minutes(local(23, 9), 9 * 60 + 1, OFFICE) == local(24, 9, 1)


def test_whoever_never_works_never_answers() -> None:
    never = Calendar(ISTANBUL, weekdays=())
    start = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert add_minutes(start, 5, never) == start


def test_minutes_between_are_the_inverse() -> None:
    start = local(27, 17, 45)
    assert minutes_between(start, add_minutes(start, 100, OFFICE), OFFICE) == 100
    assert minutes_between(local(28, 10), local(29, 20), OFFICE) == 0
    assert minutes_between(local(24, 10), local(23, 10), OFFICE) == 0
