"""The forecast: sums over what the reader may see, targets, changes since a snapshot, and past forecasts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.sales import actions, queries
from hatir.domains.sales.models import ForecastSnapshot, SnapshotRow, Stage
from hatir.domains.sales.queries.forecast import PERSON, TEAM, TERRITORY, Span
from hatir.domains.sales.rules import period_after, period_name, period_start
from hatir.domains.sales.tasks import take_weekly_snapshot
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
NOVEMBER = Span.of("month", date(2026, 11, 1))
QUARTER = Span.of("quarter", date(2026, 10, 1))


@pytest.fixture
def stages() -> dict[str, Stage]:
    return make_pipeline()


@pytest.fixture
def cast(stages: dict[str, Stage]) -> Cast:
    return make_cast()


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def expected(amount: int, day: date, stage: Stage, **values: Any) -> Any:
    return make_deal(amount=Decimal(amount), expected_on=day, stage=stage, **values)


def won(amount: int, day: date, stages: dict[str, Stage], **values: Any) -> Any:
    return make_deal(amount=Decimal(amount), stage=stages["Kazanıldı"], closed_on=day, **values)


def ask(actor: Actor, by: str = PERSON, span: Span = NOVEMBER) -> Any:
    return queries.forecast(actor, span, by=by, today=TODAY)


class TestPeriods:
    def test_begin_and_follow(self) -> None:
        assert period_start(date(2026, 11, 18), "month") == date(2026, 11, 1)
        assert period_start(date(2026, 11, 18), "quarter") == date(2026, 10, 1)
        assert period_after(date(2026, 10, 1), "quarter") == date(2027, 1, 1)
        assert period_after(date(2026, 1, 1), "month", -1) == date(2025, 12, 1)
        assert (period_name(date(2026, 11, 1), "month"), period_name(date(2026, 10, 1), "quarter")) == (
            "2026-11", "2026-Q4",
        )  # fmt: skip


class TestForecast:
    def test_adds_up_by_category_and_probability(self, cast: Cast, stages: dict[str, Stage]) -> None:
        mine = {"owner": cast.ayse.user.pk}
        won(1000, date(2026, 11, 3), stages, **mine)
        expected(2000, date(2026, 11, 20), stages["Teklif"], category="commit", **mine)  # 65 %
        expected(500, date(2026, 11, 30), stages["Yeni"], probability=20, **mine)
        expected(9999, date(2026, 12, 1), stages["Yeni"], **mine)
        expected(777, date(2026, 11, 20), stages["Yeni"], category="omitted", **mine)
        won(8888, date(2026, 10, 31), stages, **mine)

        found = ask(SYSTEM)

        assert (found.whole.won, found.whole.won_count, found.whole.open_count) == (1000, 1, 2)
        assert found.whole.by_category == {"commit": 2000, "best_case": 0, "pipeline": 500}
        assert found.whole.weighted == 1400  # 2000 × 65 % + 500 × 20 %
        assert [(name, line.expected) for _key, name, line in found.lines] == [(cast.ayse.user.name, 2400)]

    def test_holds_only_what_the_reader_may_see(self, cast: Cast, stages: dict[str, Stage]) -> None:
        won(1000, TODAY, stages, owner=cast.ayse.user.pk, team=cast.shop.pk)
        won(50, TODAY, stages, owner=cast.mehmet.user.pk, team=cast.service.pk)

        assert ask(cast.admin.actor).whole.won == 1050
        assert ask(cast.mehmet.actor).whole.won == 50
        assert ask(cast.can.actor).lines == []

    def test_by_team_and_territory(self, cast: Cast, stages: dict[str, Stage]) -> None:
        generic.update(record_type("staff.team"), [(cast.shop, {"branch": cast.centre.pk})], actor=SYSTEM)
        won(1000, TODAY, stages, team=cast.shop.pk)
        won(20, TODAY, stages)

        assert [(name, line.won) for _k, name, line in ask(SYSTEM, TEAM).lines] == [(cast.shop.name, 1000), ("", 20)]
        by_branch = [(name, line.won) for _k, name, line in ask(SYSTEM, TERRITORY).lines]
        assert by_branch == [(cast.centre.name, 1000), ("", 20)]

    def test_converts_by_the_rate_of_the_day_and_tells_what_it_cannot(
        self, cast: Cast, stages: dict[str, Stage]
    ) -> None:
        rate = {"currency": "USD", "valid_on": TODAY, "buying": Decimal(39), "selling": Decimal(40)}
        generic.create(record_type("catalog.currency_rate"), [rate], actor=SYSTEM)
        won(1000, TODAY, stages)
        won(10, TODAY, stages, currency="USD")
        won(10, TODAY, stages, currency="EUR")

        found = ask(SYSTEM)

        assert (found.whole.won, found.whole.won_count, found.unknown) == (1400, 3, ("EUR",))
        assert {name: line.won for name, line in found.by_currency.items()} == {"TRY": 1000, "USD": 10, "EUR": 10}

    def test_tells_of_deals_whose_day_is_over_or_unknown(self, cast: Cast, stages: dict[str, Stage]) -> None:
        expected(1, date(2026, 10, 20), stages["Yeni"])
        make_deal(stage=stages["Yeni"])

        found = ask(SYSTEM)

        assert (found.late, found.undated, found.whole.open_count) == (1, 1, 0)

    def test_costs_few_statements(
        self, cast: Cast, stages: dict[str, Stage], django_assert_max_num_queries: Any
    ) -> None:
        for number in range(12):
            expected(number, TODAY, stages["Yeni"], owner=cast.ayse.user.pk)
        with django_assert_max_num_queries(8):
            ask(SYSTEM)


class TestQuotas:
    def test_stand_on_their_lines(self, cast: Cast, stages: dict[str, Stage]) -> None:
        won(500, TODAY, stages, owner=cast.ayse.user.pk)
        quota(starts_on=date(2026, 11, 9), owner=cast.ayse.user.pk, amount=Decimal(2000))

        found = ask(SYSTEM)

        assert [(name, line.quota) for _k, name, line in found.lines] == [(cast.ayse.user.name, 2000)]
        assert found.whole.quota == 2000

    def test_of_months_add_up_to_the_quarter(self, cast: Cast) -> None:
        for month in (10, 11, 12):
            quota(starts_on=date(2026, month, 1), amount=Decimal(100))

        assert (ask(SYSTEM, span=QUARTER).whole.quota, ask(SYSTEM).whole.quota) == (300, 100)

    def test_are_named_by_whose_and_when(self, cast: Cast) -> None:
        made = quota(starts_on=date(2026, 11, 9), team=cast.shop.pk, period="quarter")

        assert (made.name, made.starts_on) == (f"{cast.shop.name}, 2026-Q4", date(2026, 10, 1))

    def test_are_there_once_and_for_one(self, cast: Cast) -> None:
        quota(starts_on=date(2026, 11, 1))
        with pytest.raises(Invalid) as twice:
            quota(starts_on=date(2026, 11, 5))
        with pytest.raises(Invalid) as both:
            quota(starts_on=date(2026, 11, 5), team=cast.shop.pk, owner=cast.ayse.user.pk)

        assert (list(twice.value.errors), list(both.value.errors)) == (["name"], ["owner"])

    def test_out_of_sight_are_not_told(self, cast: Cast) -> None:
        quota(starts_on=date(2026, 11, 1), owner=cast.zeynep.user.pk, amount=Decimal(5))

        assert ask(cast.mehmet.actor).whole.quota is None


def quota(**values: Any) -> Any:
    return actions.create_quotas([{"amount": Decimal(1000), **values}], actor=SYSTEM)[0]


class TestSnapshots:
    def test_are_taken_once_a_day(self, cast: Cast, stages: dict[str, Stage]) -> None:
        expected(100, TODAY, stages["Teklif"], probability=None)
        won(5, TODAY, stages)

        first, second = actions.take_snapshot(TODAY), actions.take_snapshot(TODAY)

        assert first.pk == second.pk
        row = SnapshotRow.objects.get()
        assert (row.amount, row.chance, row.expected_on) == (Decimal(100), 65, TODAY)

    def test_by_the_clock_once_a_week(self, cast: Cast, stages: dict[str, Stage]) -> None:
        take_weekly_snapshot.body()
        take_weekly_snapshot.body()

        assert ForecastSnapshot.objects.count() == 1

    def test_tell_what_changed(self, cast: Cast, stages: dict[str, Stage]) -> None:
        day, mine = date(2026, 11, 20), {"owner": cast.ayse.user.pk}
        slipped, grew, shrank, lost, gained = (expected(100, day, stages["Teklif"], **mine) for _n in range(5))
        came = expected(70, date(2026, 12, 5), stages["Teklif"], **mine)
        snapshot = actions.take_snapshot(date(2026, 11, 16))
        actions.update_deals([(slipped, {"expected_on": date(2026, 12, 9)})], actor=SYSTEM)
        actions.update_deals([(grew, {"amount": Decimal(130)})], actor=SYSTEM)
        actions.update_deals([(shrank, {"amount": Decimal(40)})], actor=SYSTEM)
        actions.update_deals([(came, {"expected_on": day})], actor=SYSTEM)
        actions.lose_deal(lost, actor=SYSTEM)
        actions.win_deal(gained, actor=SYSTEM)
        expected(25, day, stages["Yeni"], **mine)

        found = queries.changes(SYSTEM, snapshot, NOVEMBER, today=TODAY)

        assert {one.kind: (one.count, int(one.amount)) for one in found} == {
            "won": (1, 100), "lost": (1, -100), "slipped": (1, -100), "grew": (1, 30), "shrank": (1, -60),
            "moved_in": (1, 70), "new": (1, 25),
        }  # fmt: skip
        assert [row.deal.pk for row in queries.changed_deals(SYSTEM, snapshot, NOVEMBER, "slipped")] == [slipped.pk]
        assert queries.changes(cast.mehmet.actor, snapshot, NOVEMBER, today=TODAY) == []

    def test_compare_forecasts_with_what_came(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = expected(1000, date(2026, 10, 20), stages["Teklif"], category="commit")
        won(50, date(2026, 10, 1), stages)
        actions.take_snapshot(date(2026, 10, 5))
        actions.update_deals([(deal, {"stage": stages["Kazanıldı"].pk, "closed_on": date(2026, 10, 25)})], actor=SYSTEM)

        last = queries.accuracy(SYSTEM, NOVEMBER, today=TODAY)[0]

        # 1,000 × 65 % and the 50 that were won before the snapshot.
        assert [last.weighted, last.committed, last.won] == [Decimal(700), Decimal(1050), Decimal(1050)]


class TestPages:
    def test_show_the_month_with_links_to_the_lists(self, cast: Cast, stages: dict[str, Stage]) -> None:
        today = timezone.localdate()
        won(1000, today, stages, owner=cast.ayse.user.pk)
        actions.take_snapshot(today - timedelta(days=today.weekday()))
        client = signed_in(cast.ayse)

        for by in (PERSON, TEAM, TERRITORY):
            page = client.get(f"/sales/forecast/?by={by}&period=quarter")
            assert page.status_code == 200
            urls = [line["won_url"] for line in page.context["lines"]] + [each["url"] for each in page.context["stats"]]
            for url in filter(None, urls):
                assert client.get(url).status_code == 200, url
        assert client.get("/sales/forecast/accuracy/").status_code == 200
        assert client.get("/sales/forecast/changes/new/").status_code == 200
        assert client.get("/sales/forecast/changes/nonsense/").status_code == 404

    def test_take_any_address(self, cast: Cast) -> None:
        client = signed_in(cast.ayse)

        for asked in ("start=2026-13-45", "by=colour&period=week", "since=never", "start=9999-12-31"):
            assert client.get(f"/sales/forecast/?{asked}").status_code == 200, asked

    def test_are_not_there_without_rights_to_deals(self, cast: Cast, stages: dict[str, Stage]) -> None:
        client = signed_in(cast.can)

        for page in ("", "accuracy/", "changes/new/"):
            assert client.get(f"/sales/forecast/{page}").status_code == 404
        assert client.get("/sales/winning/").status_code == 404

    def test_of_a_stage_that_is_gone_still_count(self, cast: Cast, stages: dict[str, Stage]) -> None:
        expected(100, timezone.localdate(), stages["Teklif"], owner=cast.ayse.user.pk)
        Stage.objects.filter(pk=stages["Teklif"].pk).update(archived_at=timezone.now())

        page = signed_in(cast.ayse).get("/sales/forecast/")

        assert page.context["lines"][0]["weighted"].endswith("65")
