"""Working time: over nights, weekends, holidays and short days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from hatir.kit.working_time import Calendar, add_days, add_minutes, is_working, minutes_between

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


def test_working_days_leave_out_weekends_and_holidays() -> None:
    # 27 November 2026 is a Friday.
    assert add_days(local(27, 15), 1, OFFICE) == local(30, 15)
    assert add_days(local(28, 15), 1, OFFICE) == local(30, 15)
    # From Wednesday 28 October over the holiday on the 29th: Friday, then Monday.
    assert add_days(local(28, 11, 0, 10), 1, OFFICE) == local(30, 11, 0, 10)
    assert add_days(local(28, 11, 0, 10), 2, OFFICE) == local(2, 11)


def test_plain_days_count_them_all() -> None:
    assert add_days(local(27, 15), 2, OFFICE, working=False) == local(29, 15)
    assert add_days(local(27, 15), 0, OFFICE) == local(27, 15)
    assert add_days(local(27, 15), 3, Calendar(ISTANBUL, weekdays=())) == local(27, 15)


def test_days_keep_the_local_time_when_the_clock_changes() -> None:
    # Berlin puts the clock forward on 29 March 2026 at 02:00: 10:00 is 09:00 UTC before and 08:00 UTC after.
    berlin = Calendar(ZoneInfo("Europe/Berlin"))
    friday = datetime(2026, 3, 27, 9, tzinfo=UTC)
    assert add_days(friday, 1, berlin) == datetime(2026, 3, 30, 8, tzinfo=UTC)
    # 02:30 does not exist on that Sunday; an hour later does.
    saturday = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    assert add_days(saturday, 1, berlin, working=False) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_day_ends_with_its_last_minute() -> None:
    assert is_working(local(23, 9), OFFICE)
    assert not is_working(local(23, 18), OFFICE)
    assert not is_working(local(28, 10), OFFICE)
    assert not is_working(local(28, 13, 0, 10), OFFICE)
