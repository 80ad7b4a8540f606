"""Named stretches of time, seen from a Saturday evening in Istanbul."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from hatir.kit.periods import (
    PERIOD_NAMES,
    Period,
    UnknownPeriod,
    days_ago,
    days_ahead,
    named_period,
    period_label,
    preceding,
)

ISTANBUL = ZoneInfo("Europe/Istanbul")
# 22:30 UTC on Friday the 20th is already Saturday 21 November 2026, 01:30, in Istanbul.
AT = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


class TestNamedPeriod:
    @pytest.mark.parametrize(
        ("name", "first", "last"),
        [
            ("today", date(2026, 11, 21), date(2026, 11, 21)),
            ("yesterday", date(2026, 11, 20), date(2026, 11, 20)),
            ("this_week", date(2026, 11, 16), date(2026, 11, 22)),
            ("last_week", date(2026, 11, 9), date(2026, 11, 15)),
            ("this_month", date(2026, 11, 1), date(2026, 11, 30)),
            ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
            ("next_month", date(2026, 12, 1), date(2026, 12, 31)),
            ("this_quarter", date(2026, 10, 1), date(2026, 12, 31)),
            ("last_quarter", date(2026, 7, 1), date(2026, 9, 30)),
            ("this_year", date(2026, 1, 1), date(2026, 12, 31)),
            ("last_7_days", date(2026, 11, 15), date(2026, 11, 21)),
            ("last_30_days", date(2026, 10, 23), date(2026, 11, 21)),
            ("last_90_days", date(2026, 8, 24), date(2026, 11, 21)),
        ],
    )
    def test_known_answers(self, name: str, first: date, last: date) -> None:
        period = named_period(name, at=AT, zone=ISTANBUL)

        assert (period.first_day, period.last_day) == (first, last)

    def test_is_half_open_at_midnight_of_the_zone(self) -> None:
        period = named_period("today", at=AT, zone=ISTANBUL)

        assert period.start == datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
        assert period.end == datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
        assert period.start in period
        assert period.end not in period

    def test_last_month_in_january_is_december(self) -> None:
        period = named_period("last_month", at=datetime(2026, 1, 15, tzinfo=UTC), zone=ISTANBUL)

        assert period.first_day == date(2025, 12, 1)

    def test_every_name_has_a_label(self) -> None:
        assert all(str(period_label(name)) for name in PERIOD_NAMES)

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(UnknownPeriod):
            named_period("someday", at=AT, zone=ISTANBUL)


class TestPeriod:
    def test_refuses_naive_and_backward(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            Period(datetime(2026, 1, 1), datetime(2026, 1, 2))  # noqa: DTZ001
        with pytest.raises(ValueError, match="before it starts"):
            Period(AT, datetime(2026, 1, 1, tzinfo=UTC))

    def test_preceding_is_as_long(self) -> None:
        before = preceding(named_period("last_30_days", at=AT, zone=ISTANBUL))

        assert (before.first_day, before.last_day, before.day_count) == (date(2026, 9, 23), date(2026, 10, 22), 30)

    def test_days_from_today(self) -> None:
        assert days_ago(90, at=AT, zone=ISTANBUL) == date(2026, 8, 23)
        assert days_ahead(7, at=AT, zone=ISTANBUL) == date(2026, 11, 28)
