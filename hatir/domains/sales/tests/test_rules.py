"""What a deal is worth and how its next step stands, by hand-computed numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from hatir.domains.sales import rules

ISTANBUL = ZoneInfo("Europe/Istanbul")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=ISTANBUL)
TODAY = date(2026, 11, 22)


class TestWeighted:
    def test_rounds_half_up(self) -> None:
        assert rules.weighted(Decimal("10.10"), 25) == Decimal("2.53")  # 2.525

    def test_of_nothing_is_nought(self) -> None:
        assert rules.weighted(None, 80) == Decimal("0.00")


class TestStepState:
    @pytest.mark.parametrize(
        ("due_at", "state"),
        [
            (None, "none"),
            (datetime(2026, 11, 21, 20, 59, tzinfo=UTC), "late"),  # 23:59 the day before in İstanbul
            (datetime(2026, 11, 21, 21, 0, tzinfo=UTC), "today"),  # midnight in İstanbul
            (datetime(2026, 11, 22, 20, 59, tzinfo=UTC), "today"),
            (datetime(2026, 11, 22, 21, 0, tzinfo=UTC), "later"),
        ],
    )
    def test_counts_days_of_the_company(self, due_at: datetime | None, state: str) -> None:
        assert rules.step_state(due_at, NOW, TODAY) == state


class TestIsStale:
    def test_begins_the_day_after_the_limit(self) -> None:
        assert [rules.is_stale(days, 14) for days in (14, 15)] == [False, True]

    def test_never_comes_without_a_limit(self) -> None:
        assert not rules.is_stale(900, None)


class TestMiddle:
    def test_takes_the_lower_of_two(self) -> None:
        assert (rules.middle([4, 1, 9, 2]), rules.middle([])) == (2, None)
