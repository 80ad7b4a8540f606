"""From the bank into the house: by the clock, by a press, twice, with gaps, and beside what people wrote."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.config.health import check_rates
from hatir.domains.catalog import actions, queries
from hatir.domains.catalog.models import CurrencyRate, RateFetch
from hatir.domains.catalog.ports import rate_feed
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due
from hatir.foundation.notifications.models import Notification
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records import writing
from hatir.foundation.records.actions import create, update
from hatir.foundation.records.registry import record_type
from hatir.integrations.tcmb.tests.bank import FRIDAY_BEFORE, MONDAY, ROWS, Bank, path_of
from tests.world.cast import SYSTEM, Cast, Member, make_cast

pytestmark = pytest.mark.django_db
D = Decimal
TODAY, PAGE = "/kurlar/today.xml", "/settings/exchange-rates/"
RATE = record_type("catalog.currency_rate")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def by_clock() -> Job:
    """Let the clock strike: give the job as it ended, without its later attempts."""
    job = task_of(actions.FETCH).using(unique_key=f"schedule:{actions.FETCH}").enqueue()
    run_due()
    job.refresh_from_db()
    return job


def fetch() -> int:
    feed = rate_feed()
    assert feed is not None
    return actions.fetch_rates(feed, actor=SYSTEM, at=timezone.now()).stored


def rate(currency: str, day: date = MONDAY) -> tuple[D, D]:
    found = CurrencyRate.objects.get(currency=currency, valid_on=day)
    return found.buying, found.selling


def hand_written(**values: Any) -> CurrencyRate:
    row = {"currency": "USD", "valid_on": MONDAY, "buying": D("40"), "selling": D("41"), **values}
    found: CurrencyRate = create(RATE, [row], actor=SYSTEM)[0]
    return found


class TestTheClock:
    def test_asks_nobody_until_the_company_wants_it(self, bank: Bank) -> None:
        bank.publish(MONDAY)

        assert by_clock().state == "done"
        assert bank.asked == []
        assert not CurrencyRate.objects.exists()

    def test_fetches_once_a_day(self, bank: Bank, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        bank.publish(MONDAY)
        set_company({"catalog.fetch_rates": True}, actor=cast.admin.actor)
        monkeypatch.setattr(type(rate_feed()), "due_day", lambda _feed, _at: MONDAY)

        first, asked = by_clock(), len(bank.asked)
        second = by_clock()

        assert first.result == {"stored": 4, "newest_on": "2026-11-16"}
        assert second.result == {"stored": 0}
        assert len(bank.asked) == asked

    def test_tries_again_after_a_failure_and_says_why_it_failed(self, bank: Bank, cast: Cast) -> None:
        bank.documents[TODAY] = "<html>bakım</html>"
        set_company({"catalog.fetch_rates": True}, actor=cast.admin.actor)

        job = by_clock()

        assert (job.state, job.attempts) == ("waiting", 1)
        assert RateFetch.objects.get().problem == job.error != ""
        assert [finding.colour for finding in check_rates()] == ["yellow"]
        assert not CurrencyRate.objects.exists()


class TestFetchRates:
    def test_takes_forex_of_one_unit_exactly(self, bank: Bank) -> None:
        bank.publish(MONDAY)

        assert fetch() == 4
        assert rate("USD") == (D("42.105500"), D("42.181400"))
        assert rate("JPY") == (D("0.271234"), D("0.273031"))  # 27.1234 and 27.3031 for 100
        assert not CurrencyRate.objects.filter(currency__in=("XDR", "ZZZ")).exists()
        assert set(CurrencyRate.objects.values_list("origin", flat=True)) == {"tcmb"}
        assert queries.rate_on("JPY", MONDAY) == D("0.273031")

    def test_takes_banknotes_where_the_company_wants_them_and_there_are_some(self, bank: Bank, cast: Cast) -> None:
        bank.publish(MONDAY)
        set_company({"catalog.rate_market": "banknote"}, actor=cast.admin.actor)

        fetch()

        assert rate("USD") == (D("42.076"), D("42.2447"))
        assert rate("CNY") == (D("5.8847"), D("5.9617"))  # there are no banknotes of it

    def test_rounds_half_up_at_six_decimals(self, bank: Bank) -> None:
        bank.publish(MONDAY, rows=(*ROWS[:2], ("JPY", 100, "27.12345", "27.30315", "", "")))

        fetch()

        assert rate("JPY") == (D("0.271235"), D("0.273032"))  # 0.2712345 and 0.2730315

    def test_changes_nothing_the_second_time(self, bank: Bank) -> None:
        bank.publish(FRIDAY_BEFORE, MONDAY)
        fetch()
        before = list(CurrencyRate.objects.order_by("id").values_list("id", "version", "updated_at"))

        assert fetch() == 0
        assert list(CurrencyRate.objects.order_by("id").values_list("id", "version", "updated_at")) == before

    def test_fills_two_weeks_without_weekends_and_holidays(self, bank: Bank) -> None:
        missing = date(2026, 11, 4)  # a holiday that moves: 404
        days = [date(2026, 11, day) for day in (1, 2, 3, 5, 6, 9, 10, 11, 12, 13, 16)]
        bank.publish(*days[1:])

        fetch()

        assert set(CurrencyRate.objects.values_list("valid_on", flat=True)) == set(days[1:])
        # Two weeks before Monday the 16th begin on the 2nd; the weekends are not asked for.
        assert sorted(bank.asked) == sorted([TODAY, path_of(missing), *map(path_of, days[1:-1])])

    def test_asks_only_for_what_is_missing(self, bank: Bank) -> None:
        bank.publish(FRIDAY_BEFORE)
        fetch()
        bank.asked.clear()
        bank.publish(MONDAY)

        fetch()

        assert TODAY in bank.asked
        assert path_of(FRIDAY_BEFORE) not in bank.asked
        assert rate("EUR") == (D("48.6021"), D("48.6897"))

    def test_keeps_the_good_days_when_one_is_broken(self, bank: Bank) -> None:
        bank.publish(date(2026, 11, 12), FRIDAY_BEFORE, MONDAY)
        bank.documents[path_of(FRIDAY_BEFORE)] = str(bank.documents[path_of(FRIDAY_BEFORE)])[:700]

        with pytest.raises(actions.RatesNotFetched, match=r"13\.11\.2026"):
            fetch()

        kept = set(CurrencyRate.objects.values_list("valid_on", flat=True))
        assert kept == {date(2026, 11, 12), MONDAY}
        feed = rate_feed()
        assert feed is not None
        assert queries.rates_are_due(feed, timezone.now())  # so the clock asks again
        bank.publish(FRIDAY_BEFORE, MONDAY)
        assert fetch() == 4
        assert RateFetch.objects.get().problem == ""

    def test_takes_over_what_the_bank_corrected(self, bank: Bank) -> None:
        bank.publish(MONDAY)
        fetch()
        bank.publish(MONDAY, rows=(("USD", 1, "42.0000", "43.0000", "", ""), *ROWS[1:]))

        assert fetch() == 1
        assert rate("USD") == (D("42"), D("43"))


class TestWhatAPersonWrote:
    def test_is_never_overwritten(self, bank: Bank) -> None:
        hand_written()
        bank.publish(MONDAY)

        assert fetch() == 3
        assert rate("USD") == (D("40"), D("41"))
        assert CurrencyRate.objects.get(currency="USD").origin == "manual"

    def test_is_what_a_person_changed_too(self, bank: Bank, cast: Cast) -> None:
        bank.publish(MONDAY)
        fetch()
        usd = CurrencyRate.objects.get(currency="USD")
        update(RATE, [(usd, {"selling": D("45")})], actor=cast.admin.actor)

        assert fetch() == 0
        assert rate("USD") == (D("42.1055"), D("45"))
        assert CurrencyRate.objects.get(currency="USD").origin == "manual"

    def test_is_what_a_person_took_out_of_sight(self, bank: Bank, cast: Cast) -> None:
        bank.publish(MONDAY)
        fetch()
        usd = CurrencyRate.objects.get(currency="USD")
        writing.archive_many([usd], actor=cast.admin.actor)
        bank.publish(MONDAY, rows=(("USD", 1, "42.0000", "43.0000", "", ""), *ROWS[1:]))

        assert fetch() == 0
        assert rate("USD") == (D("42.1055"), D("42.1814"))


class TestThePage:
    def test_fetches_at_a_press_though_the_clock_is_off_and_tells_who_pressed(self, bank: Bank, cast: Cast) -> None:
        bank.publish(MONDAY)
        browser = browser_of(cast.admin)

        response = browser.post(f"{PAGE}fetch/")
        waiting = browser.get(PAGE).content.decode()
        run_due()
        deliver_waiting()
        after = browser.get(PAGE).content.decode()

        assert (response.status_code, response["Location"]) == (302, PAGE)
        assert "disabled" in waiting
        assert "42,1814" in after
        assert "16 Kas" in after
        told = Notification.objects.filter(kind="job_done").values_list("user", flat=True)
        assert list(told) == [cast.admin.user.pk]

    def test_shows_why_the_last_fetch_failed(self, bank: Bank, cast: Cast) -> None:
        bank.codes[TODAY] = 503
        browser = browser_of(cast.admin)
        browser.post(f"{PAGE}fetch/")
        run_due()

        assert "503" in browser.get(PAGE).content.decode()

    def test_keeps_what_is_chosen(self, cast: Cast) -> None:
        sent = {
            "catalog.fetch_rates": "on",
            "catalog.rate_market": "banknote",
            "catalog.rate_days": "10",
            "catalog.rate_side": "buying",
        }

        assert browser_of(cast.admin).post(PAGE, sent).status_code == 302
        assert [finding.colour for finding in check_rates()] == ["yellow"]  # wanted, and none yet

    def test_loses_nothing_that_is_wrong(self, cast: Cast) -> None:
        sent = {"catalog.rate_market": "forex", "catalog.rate_days": "9999", "catalog.rate_side": "selling"}

        response = browser_of(cast.admin).post(PAGE, sent)

        assert response.status_code == 422
        assert "9999" in response.content.decode()

    def test_is_not_there_for_who_may_not_manage(self, bank: Bank, cast: Cast) -> None:
        browser = browser_of(cast.ayse)

        assert browser.get(PAGE).status_code == 404
        assert browser.post(f"{PAGE}fetch/").status_code == 404
        assert not Job.objects.exists()
        assert bank.asked == []
