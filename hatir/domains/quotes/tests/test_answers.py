"""What customers answer, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hatir.domains.catalog.models import CurrencyRate, Product
from hatir.domains.commerce.models import Order
from hatir.domains.planning.models import Task
from hatir.domains.quotes import actions
from hatir.domains.quotes.actions import Answer, NoLongerOpen
from hatir.domains.quotes.models import Quote, QuoteLine, QuoteStep, Sighting
from hatir.domains.quotes.queries import lines_of, paper_of
from hatir.domains.quotes.tasks import expire, follow_up
from hatir.domains.quotes.tests.factories import make_quote, make_table
from hatir.domains.sales.actions import approve, update_stages
from hatir.domains.sales.models import Deal, DealApproval
from hatir.domains.sales.tests.factories import make_deal, make_pipeline
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records import writing
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.models import TimelineEntry
from hatir.kit.formats_tr import format_date
from tests.world.cast import SYSTEM, Cast, make_cast

pytestmark = pytest.mark.django_db
D = Decimal
YES = Answer("Lale Aksoy")


@pytest.fixture(autouse=True)
def memory() -> Iterator[None]:
    with piece_of_work():
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def table(cast: Cast) -> Product:
    return make_table()


def fresh(quote: Quote) -> Quote:
    return Quote.objects.get(pk=quote.pk)


def sent(cast: Cast, table: Product, **values: Any) -> Quote:
    quote = make_quote(cast.lale_market, {"product": table.pk, "quantity": D(2)}, **values)
    return actions.send_quote(quote, actor=SYSTEM)


class TestAnswers:
    def test_an_accepted_quote_wins_its_deal_and_becomes_one_order_of_what_was_chosen(
        self, cast: Cast, table: Product
    ) -> None:
        make_pipeline()
        deal = make_deal(customer=cast.lale_market.pk)
        quote = make_quote(
            cast.lale_market,
            {"kind": "section", "name": "Salon"},
            {"product": table.pk, "quantity": D(2), "discount_percent": D(10)},
            {"name": "Montaj", "unit_price": D(300), "tax_percent": D(20), "is_optional": True},
            {"name": "Cila", "unit_price": D(500), "tax_percent": D(20), "is_optional": True},
            deal=deal.pk,
            discount_percent=D(10),
        )
        actions.send_quote(quote, actor=SYSTEM)
        montage = QuoteLine.objects.get(quote=quote, name="Montaj")

        first = actions.accept_quote(quote, answer=YES, chosen={montage.pk})
        second = actions.accept_quote(quote, answer=Answer("Başkası"), chosen=set())

        # 2,400 − 240 = 2,160 + 300 = 2,460; − 10 % = 2,214
        order = Order.objects.get()
        assert (order.total, order.reference, order.status) == (D("2214.00"), quote.number, "confirmed")
        assert [line.name for line in order.lines.order_by("position")] == ["Ceviz masa", "Montaj"]
        assert (first.total, second.order_id, second.decided_by) == (D("2214.00"), order.pk, "Lale Aksoy")
        deal = Deal.objects.get(pk=deal.pk)
        assert (deal.status, deal.amount) == ("won", D("1845.00"))

    def test_a_deal_that_lacks_what_its_stage_asks_for_becomes_a_task_not_a_hurdle(
        self, cast: Cast, table: Product
    ) -> None:
        stages = make_pipeline()
        won = stages["Kazanıldı"]
        won.needed_fields = "need"
        writing.save(won, actor=SYSTEM)
        deal = make_deal(customer=cast.lale_market.pk, owner=cast.ayse.user.pk)
        quote = sent(cast, table, deal=deal.pk)

        actions.accept_quote(quote, answer=YES)

        assert (Order.objects.count(), Deal.objects.get(pk=deal.pk).status) == (1, "open")
        assert Task.objects.get().owner_id == cast.ayse.user.pk

    def test_a_deal_that_is_won_only_with_an_approval_is_asked_about_and_the_order_stands(
        self, cast: Cast, table: Product
    ) -> None:
        close = {"approval_by": "people", "approvers": [cast.admin.user.pk], "approval_rule": "amount > 1000"}
        update_stages([(make_pipeline()["Kazanıldı"], close)], actor=SYSTEM)
        deal = make_deal(customer=cast.lale_market.pk, owner=cast.ayse.user.pk)
        quote = sent(cast, table, deal=deal.pk)

        actions.accept_quote(quote, answer=YES)

        asked = DealApproval.objects.get(deal=deal)
        assert (Order.objects.count(), Task.objects.count()) == (1, 0)
        assert (Deal.objects.get().status, Deal.objects.get().amount) == ("open", D("2000.00"))
        assert (asked.asked_by_id, asked.asked_ids, asked.watched["amount"]) == (
            cast.ayse.user.pk, [cast.admin.user.pk], "2000.00",
        )  # fmt: skip
        approve(asked, actor=cast.admin.actor)
        assert Deal.objects.get().status == "won"

    def test_the_promised_day_of_delivery_stands_on_the_paper_and_becomes_the_promise_of_the_order(
        self, cast: Cast, table: Product
    ) -> None:
        day = timezone.localdate() + timedelta(days=12)
        quote = sent(cast, table, promised_on=day)

        accepted = actions.accept_quote(quote, answer=YES)

        facts = dict(paper_of(fresh(quote), lines_of(SYSTEM, quote)).facts)
        assert facts["Teslim tarihi"] == format_date(day, language="tr")
        assert (Order.objects.get().promised_on, accepted.promised_on) == (day, day)
        assert not Task.objects.exists()

    def test_a_promised_day_that_is_over_at_the_yes_is_not_promised_again_but_told_as_a_task(
        self, cast: Cast, table: Product
    ) -> None:
        quote = sent(cast, table, owner=cast.ayse.user.pk)
        Quote.objects.filter(pk=quote.pk).update(promised_on=timezone.localdate() - timedelta(days=1))

        actions.accept_quote(quote, answer=YES)

        order, task = Order.objects.get(), Task.objects.get()
        assert order.promised_on is None
        assert (task.owner_id, task.about, task.priority) == (
            cast.ayse.user.pk,
            RecordRef("commerce.order", order.pk),
            "high",
        )
        assert order.number in task.title

    @pytest.mark.parametrize("days", [1, 40])
    def test_an_expired_quote_cannot_be_accepted_before_and_after_the_clock_saw_it(
        self, cast: Cast, table: Product, days: int
    ) -> None:
        quote = sent(cast, table)
        Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=days))

        with pytest.raises(NoLongerOpen):
            actions.accept_quote(quote, answer=YES)
        expire.body()
        expire.body()
        with pytest.raises(NoLongerOpen):
            actions.accept_quote(quote, answer=YES)
        assert (fresh(quote).status, Order.objects.count()) == ("expired", 0)
        assert QuoteStep.objects.filter(quote=quote, status="expired").count() == 1

    def test_a_currency_whose_rate_is_over_is_ordered_at_the_rate_of_the_quote(
        self, cast: Cast, table: Product
    ) -> None:
        day = timezone.localdate() - timedelta(days=25)
        now = timezone.now()
        CurrencyRate.objects.create(currency="EUR", valid_on=day, buying=D(44), selling=D(48), created_at=now,
                                    updated_at=now)  # fmt: skip
        quote = sent(cast, table, currency="EUR", quoted_on=day, valid_until=timezone.localdate())

        actions.accept_quote(quote, answer=YES)

        order = Order.objects.get()
        assert (order.rate, order.ordered_on, order.total) == (D("48.000000"), day, D("50.00"))

    def test_a_declined_quote_keeps_its_reason_and_tells_the_owner(self, cast: Cast, table: Product) -> None:
        quote = sent(cast, table, owner=cast.ayse.user.pk)

        actions.decline_quote(quote, answer=YES, reason="Pahalı")
        deliver_waiting()

        assert (fresh(quote).status, fresh(quote).decline_reason) == ("declined", "Pahalı")
        assert Notification.objects.filter(user=cast.ayse.user, detail="Pahalı").count() == 1

    def test_looks_are_counted_by_day_and_told_once_on_every_timeline(self, cast: Cast, table: Product) -> None:
        make_pipeline()
        deal = make_deal(customer=cast.lale_market.pk)
        quote = sent(cast, table, deal=deal.pk)
        deliver_waiting()
        at = timezone.now()

        for _look in range(3):
            actions.note_sighting(quote, at=at)
        deliver_waiting()

        assert (fresh(quote).status, Sighting.objects.get().times) == ("viewed", 3)
        seen = TimelineEntry.objects.filter(data__quote="quotes.quote_viewed")
        assert sorted(seen.values_list("type_key", flat=True)) == ["customers.customer", "quotes.quote", "sales.deal"]


class TestTheClock:
    def test_reminds_the_owner_once_of_a_quote_without_an_answer(self, cast: Cast, table: Product) -> None:
        quote = sent(cast, table, owner=cast.ayse.user.pk)
        sent(cast, table, owner=cast.ayse.user.pk)
        Quote.objects.filter(pk=quote.pk).update(sent_at=timezone.now() - timedelta(days=3))

        follow_up.body()
        follow_up.body()

        task = Task.objects.get()
        assert (task.about_id, task.owner_id, task.customer_id) == (quote.pk, cast.ayse.user.pk, cast.lale_market.pk)
