"""Reports: known answers, every number opens its list, each table is a file, and nobody sees more than his deals."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.commerce.models import Order
from hatir.domains.planning import actions as planning
from hatir.domains.sales import actions
from hatir.domains.sales.models import Competitor, Stage
from hatir.domains.sales.queries import Rates, Span, reports
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from hatir.foundation.records import actions as generic
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
NOVEMBER = Span.of("month", date(2026, 11, 1))


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


def won(amount: int, opened: date, closed: date, stages: dict[str, Stage], **values: Any) -> Any:
    return make_deal(
        amount=Decimal(amount), opened_on=opened, closed_on=closed, stage=stages["Kazanıldı"], **values
    )  # fmt: skip


def lost(day: date, stages: dict[str, Stage], **values: Any) -> Any:
    return make_deal(opened_on=day, closed_on=day, stage=stages["Kaybedildi"], **values)


class TestDecided:
    def test_compares_people_with_the_period_before(self, cast: Cast, stages: dict[str, Stage]) -> None:
        mine = {"owner": cast.ayse.user.pk}
        won(1000, date(2026, 10, 1), date(2026, 11, 10), stages, **mine)  # 40 days
        won(2000, date(2026, 11, 1), date(2026, 11, 11), stages, **mine)  # 10 days
        lost(date(2026, 11, 5), stages, **mine)
        won(1500, date(2026, 10, 1), date(2026, 10, 5), stages, **mine)
        won(9000, date(2026, 9, 1), date(2026, 9, 5), stages, **mine)

        [line] = reports.decided_by(SYSTEM, NOVEMBER, "person", rates=Rates(TODAY))

        now = line.now
        assert (line.name, now.won, now.lost, now.revenue) == (cast.ayse.user.name, 2, 1, Decimal(3000))
        assert (now.average, now.cycle, now.rate.percent) == (Decimal(1500), 25, Decimal("66.7"))
        assert (line.before.won, line.before.revenue) == (1, Decimal(1500))

    def test_counts_what_people_completed(self, cast: Cast) -> None:
        task = planning.plan("Ara", actor=cast.ayse.actor, kind="call", due_at=timezone.now())
        planning.complete_task(task.pk, actor=cast.ayse.actor, outcome="reached")
        span = Span.of("month", timezone.localdate().replace(day=1))

        [line] = reports.decided_by(SYSTEM, span, "person", rates=Rates(TODAY))

        assert (line.name, line.activities) == (cast.ayse.user.name, 1)

    def test_names_rivals_and_regions(self, cast: Cast, stages: dict[str, Stage]) -> None:
        rival: Competitor = generic.create(record_type("sales.competitor"), [{"name": "Ege Mobilya"}], actor=SYSTEM)[0]
        lost(TODAY, stages, lost_to=rival.pk, customer=cast.lale_market.pk)
        lost(TODAY, stages, source="Fuar")

        by_rival = reports.decided_by(SYSTEM, NOVEMBER, "competitor", rates=Rates(TODAY))
        by_source = reports.decided_by(SYSTEM, NOVEMBER, "channel", rates=Rates(TODAY))

        assert [(line.name, line.now.lost) for line in by_rival] == [("Ege Mobilya", 1)]
        assert ("Fuar", 1) in [(line.name, line.now.lost) for line in by_source]

    def test_shows_each_reader_only_own_deals(self, cast: Cast, stages: dict[str, Stage]) -> None:
        won(1000, TODAY, TODAY, stages, owner=cast.ayse.user.pk, team=cast.shop.pk)

        assert reports.decided_by(cast.mehmet.actor, NOVEMBER, "person", rates=Rates(TODAY)) == []


class TestConversion:
    def test_says_how_many_went_on(self, cast: Cast, stages: dict[str, Stage]) -> None:
        first, second, _third = (make_deal(stage=stages["Yeni"]) for _n in range(3))
        actions.move_deal(first, stages["Teklif"], actor=SYSTEM)
        actions.win_deal(first, actor=SYSTEM)
        actions.lose_deal(second, actor=SYSTEM)
        span = Span.of("month", timezone.localdate().replace(day=1))

        found = {one.stage.name: one for one in reports.conversion_by_stage(SYSTEM, span)}

        assert (found["Yeni"].entered.of, found["Yeni"].entered.count, found["Yeni"].won.count) == (3, 1, 1)
        assert (found["Teklif"].entered.of, found["Teklif"].won.count) == (1, 1)


class TestOrders:
    def order(self, cast: Cast, customer: Any, day: date, net: int, **values: Any) -> None:
        Order.objects.create(
            number=f"S-{Order.objects.count()}", customer=customer, ordered_on=day, status="delivered",
            net=Decimal(net), created_at=timezone.now(), updated_at=timezone.now(), **values,
        )  # fmt: skip

    def test_cohorts_follow_the_month_of_the_first_purchase(self, cast: Cast) -> None:
        self.order(cast, cast.lale_market, date(2026, 9, 3), 100)
        self.order(cast, cast.lale_market, date(2026, 11, 3), 40)
        self.order(cast, cast.elif_kaya, date(2026, 9, 20), 10)
        self.order(cast, cast.kuzey_lojistik, date(2026, 10, 5), 7)
        self.order(cast, cast.deniz_isik, date(2024, 10, 5), 7)
        self.order(cast, cast.deniz_isik, date(2026, 10, 5), 5000)

        found = reports.cohorts(SYSTEM, today=TODAY, rates=Rates(TODAY))

        assert [(one.month, one.customers, one.revenue) for one in found] == [
            (date(2026, 9, 1), 2, [Decimal(110), Decimal(0), Decimal(40)]),
            (date(2026, 10, 1), 1, [Decimal(7), Decimal(0)]),
        ]

    def test_promises_kept_and_broken(self, cast: Cast) -> None:
        for kept in (True, True, False, None):
            self.order(cast, cast.lale_market, TODAY, 1, promised_on=TODAY, is_promise_kept=kept)

        [month] = reports.promises(SYSTEM, today=TODAY)

        assert (month.kept, month.broken, month.waiting, month.rate.percent) == (2, 1, 1, Decimal("66.7"))


class TestPages:
    def test_open_the_list_behind_every_number(self, cast: Cast, stages: dict[str, Stage]) -> None:
        today = timezone.localdate()
        won(1000, today - timedelta(days=3), today, stages, customer=cast.lale_market.pk, owner=cast.ayse.user.pk,
            source="Fuar")  # fmt: skip
        lost(today, stages, owner=cast.ayse.user.pk)
        client, seen = signed_in(cast.admin), 0

        pages = [
            f"revenue/?by={by}" for by in ("person", "team", "product", "segment", "industry", "channel", "region")
        ]
        for page in ("", "conversion/", "losses/", "cohorts/", "promises/", *pages):
            shown = client.get(f"/sales/reports/{page}")
            assert shown.status_code == 200, page
            for table in shown.context["tables"]:
                urls = [cell.url for line in table["lines"] for cell in (line["head"], *line["cells"]) if cell.url]
                for url in (*urls, table["csv_url"]):
                    assert client.get(url).status_code == 200, url
                seen += len(urls)
        assert seen > 10

    def test_as_a_file_hold_exact_numbers(self, cast: Cast, stages: dict[str, Stage]) -> None:
        today = timezone.localdate()
        won(1234, today, today, stages, owner=cast.ayse.user.pk)

        answer = signed_in(cast.ayse).get("/sales/reports/performance/?format=csv&table=performance")

        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert rows[1][0] == cast.ayse.user.name
        assert "1234.00" in rows[1]

    def test_are_not_there_for_strangers_nor_by_other_names(self, cast: Cast) -> None:
        assert signed_in(cast.can).get("/sales/reports/").status_code == 404
        assert signed_in(cast.ayse).get("/sales/reports/nonsense/").status_code == 404
        assert signed_in(cast.ayse).get("/sales/reports/?period=week&by=x&start=0000-00-00").status_code == 200
