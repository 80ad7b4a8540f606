"""Asking the bank: addresses, days, and everything that can come back."""

from __future__ import annotations

import time
from datetime import date, datetime

import pytest
from django.utils import timezone

from hatir.domains.catalog.ports import FeedProblem, rate_feed
from hatir.integrations.tcmb import feed
from hatir.integrations.tcmb.feed import ISTANBUL, TcmbRates
from hatir.integrations.tcmb.tests.bank import FRIDAY_BEFORE, MONDAY, Bank, path_of

TODAY = "/kurlar/today.xml"


class TestRegistration:
    def test_makes_the_bank_the_publisher_of_the_house(self) -> None:
        assert isinstance(rate_feed(), TcmbRates)


class TestDueDay:
    @pytest.mark.parametrize(
        ("at", "day"),
        [
            ((2026, 11, 16, 15, 29), FRIDAY_BEFORE),  # Monday before the hour: Friday's
            ((2026, 11, 16, 15, 30), MONDAY),
            ((2026, 11, 15, 12, 0), FRIDAY_BEFORE),  # Sunday
            ((2026, 10, 29, 18, 0), date(2026, 10, 28)),  # the feast of the republic, a Thursday
            ((2027, 1, 1, 18, 0), date(2026, 12, 31)),
        ],
    )
    def test_is_the_last_one_published(self, at: tuple[int, int, int, int, int], day: date) -> None:
        assert TcmbRates().due_day(datetime(*at, tzinfo=ISTANBUL)) == day


class TestNewest:
    def test_asks_for_the_newest_document(self, bank: Bank) -> None:
        bank.publish(FRIDAY_BEFORE, MONDAY)

        assert TcmbRates().newest().day == MONDAY
        assert bank.asked == [TODAY]
        assert bank.hosts == {bank.url.split("/")[2]}

    def test_refuses_a_day_to_come(self, bank: Bank) -> None:
        bank.publish(date(timezone.localdate().year + 1, 1, 4))

        with pytest.raises(FeedProblem, match="not come yet"):
            TcmbRates().newest()

    def test_says_that_nothing_is_there(self, bank: Bank) -> None:
        with pytest.raises(FeedProblem, match="no bulletin"):
            TcmbRates().newest()

    @pytest.mark.parametrize("code", [302, 403, 500, 503])
    def test_says_with_which_code_it_was_refused_and_follows_nowhere(self, bank: Bank, code: int) -> None:
        bank.publish(MONDAY)
        bank.codes[TODAY] = code

        with pytest.raises(FeedProblem, match=str(code)):
            TcmbRates().newest()
        assert bank.asked == [TODAY]

    def test_does_not_wait_for_ever(self, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
        bank.publish(MONDAY)
        bank.silent_seconds = 2
        monkeypatch.setattr(feed, "TIMEOUT_SECONDS", 0.2)
        begun = time.monotonic()

        with pytest.raises(FeedProblem, match="in time"):
            TcmbRates().newest()
        assert time.monotonic() - begun < 1.5

    def test_stops_reading_what_is_too_large(self, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
        bank.publish(MONDAY)
        monkeypatch.setattr(feed, "LARGEST_BYTES", 500)

        with pytest.raises(FeedProblem, match="larger"):
            TcmbRates().newest()

    def test_says_that_nobody_is_there(self, bank: Bank) -> None:
        bank.close()

        with pytest.raises(FeedProblem, match="cannot be reached"):
            TcmbRates().newest()

    def test_never_calls_the_own_network(self, bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
        bank.publish(MONDAY)
        monkeypatch.setattr(feed, "inner_addresses_allowed", lambda: False)

        with pytest.raises(FeedProblem, match="own network"):
            TcmbRates().newest()
        assert bank.asked == []


class TestOfDay:
    def test_asks_by_month_and_day(self, bank: Bank) -> None:
        bank.publish(FRIDAY_BEFORE)

        found = TcmbRates().of_day(FRIDAY_BEFORE)

        assert found is not None
        assert found.day == FRIDAY_BEFORE
        assert bank.asked == ["/kurlar/202611/13112026.xml"]

    def test_gives_nothing_for_a_holiday(self, bank: Bank) -> None:
        assert TcmbRates().of_day(FRIDAY_BEFORE) is None

    def test_refuses_the_bulletin_of_another_day(self, bank: Bank) -> None:
        bank.publish(MONDAY)
        bank.documents[path_of(FRIDAY_BEFORE)] = bank.documents[TODAY]

        with pytest.raises(FeedProblem, match="another day"):
            TcmbRates().of_day(FRIDAY_BEFORE)
