from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from hatir.foundation.feeds.rules import next_fetch

ISTANBUL = ZoneInfo("Europe/Istanbul")
SUNDAY = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # 12:30 in İstanbul


class TestNextFetch:
    def test_is_the_same_minute_of_the_next_hour(self) -> None:
        assert next_fetch("hourly", time(6, 15), 0, ISTANBUL, SUNDAY) == datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
        assert next_fetch("hourly", time(6, 45), 0, ISTANBUL, SUNDAY) == datetime(2026, 11, 22, 9, 45, tzinfo=UTC)

    def test_is_today_or_tomorrow_at_the_companys_time(self) -> None:
        assert next_fetch("daily", time(13, 0), 0, ISTANBUL, SUNDAY) == datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
        assert next_fetch("daily", time(6, 0), 0, ISTANBUL, SUNDAY) == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

    def test_is_the_weekday_that_comes_next(self) -> None:
        assert next_fetch("weekly", time(6, 0), 2, ISTANBUL, SUNDAY) == datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
        assert next_fetch("weekly", time(6, 0), 6, ISTANBUL, SUNDAY) == datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
