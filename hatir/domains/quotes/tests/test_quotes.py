"""Quotes from the first line to the order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from hatir.domains.catalog.actions import update_products
from hatir.domains.catalog.models import CurrencyRate, Product
from hatir.domains.catalog.queries import NoRate
from hatir.domains.commerce.models import Order
from hatir.domains.planning.queries import todays_queue
from hatir.domains.quotes import actions, queries
from hatir.domains.quotes.actions import Answer, NoLines, NoLongerOpen, NotThatWay, NotYours, SheetRow
from hatir.domains.quotes.models import Quote, QuoteLine
from hatir.domains.quotes.tests.factories import make_quote, make_table
from hatir.domains.sales.actions import create_deal_lines
from hatir.domains.sales.tests.factories import make_deal, make_pipeline
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.notifications.models import Notification
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import SYSTEM, Cast, actor_of, make_cast

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


class TestAQuote:
    def test_takes_number_language_validity_and_prices_from_what_is_known(self, cast: Cast, table: Product) -> None:
        today = timezone.localdate()

        quote = make_quote(cast.lale_market, {"product": table.pk, "quantity": D(2)})

        # 2 × 1,200 with KDV; ÷ 1.20 = 2,000, KDV 400
        assert (quote.number, quote.net, quote.tax, quote.total, quote.line_count) == (
            f"TK{today:%Y}-00001", D("2000.00"), D("400.00"), D("2400.00"), 1,
        )  # fmt: skip
        assert (quote.status, quote.language, quote.valid_until) == ("draft", "tr", today + timedelta(days=30))

    def test_of_a_deal_takes_its_customer_currency_and_owner(self, cast: Cast) -> None:
        make_pipeline()
        CurrencyRate.objects.create(currency="EUR", valid_on=timezone.localdate(), buying=D(44), selling=D(45),
                                    created_at=timezone.now(), updated_at=timezone.now())  # fmt: skip
        deal = make_deal(customer=cast.lale_market.pk, currency="EUR", owner=cast.ayse.user.pk)

        quote = actions.create_quotes([{"deal": deal.pk}], actor=SYSTEM)[0]

        assert (quote.customer_id, quote.currency, quote.rate, quote.owner_id, quote.title) == (
            cast.lale_market.pk, "EUR", D("45.000000"), cast.ayse.user.pk, "Otel lobisi",
        )  # fmt: skip

    def test_of_a_deal_with_lines_takes_them_over_in_its_own_way_of_prices(self, cast: Cast, table: Product) -> None:
        make_pipeline()
        deal = make_deal(customer=cast.lale_market.pk)
        row = {"deal": deal.pk, "product": table.pk, "quantity": D(2), "unit_price": D(900)}
        create_deal_lines([row], actor=SYSTEM)

        quotes = actions.create_quotes(
            [{"deal": deal.pk}, {"deal": deal.pk, "prices_include_tax": False}], actor=cast.admin.actor
        )

        # 2 × 900 without KDV either way
        assert [(quote.net, quote.total) for quote in quotes] == [(D("1800.00"), D("2160.00"))] * 2

    def test_of_a_form_that_was_left_empty_has_the_habits_of_the_company(self, cast: Cast) -> None:
        set_company({"quotes.valid_days": 10, "quotes.terms": "Peşin"}, actor=SYSTEM)
        row = {"customer": cast.lale_market.pk, "valid_until": None, "terms": ""}

        typed = actions.create_quotes([row], actor=cast.admin.actor)[0]
        told = actions.create_quotes([row], actor=actor_of(cast.admin.user, kind="import"))[0]

        assert (typed.valid_until, typed.terms) == (timezone.localdate() + timedelta(days=10), "Peşin")
        assert (told.valid_until, told.terms) == (None, "")

    def test_needs_a_customer_and_a_rate_of_its_currency(self, cast: Cast) -> None:
        with pytest.raises(Invalid):
            actions.create_quotes([{"title": "Kime?"}], actor=SYSTEM)
        with pytest.raises(NoRate):
            actions.create_quotes([{"customer": cast.lale_market.pk, "currency": "USD"}], actor=SYSTEM)
        assert not Quote.objects.exists()
        assert make_quote(cast.lale_market).number.endswith("-00001")

    def test_optional_lines_count_once_they_are_chosen_and_sections_never(self, cast: Cast, table: Product) -> None:
        quote = make_quote(
            cast.lale_market,
            {"kind": "section", "name": "Salon"},
            {"product": table.pk},
            {"product": table.pk, "is_optional": True},
        )
        option = QuoteLine.objects.get(quote=quote, is_optional=True)

        assert (quote.total, option.total, quote.line_count) == (D("1200.00"), D("1200.00"), 2)
        actions.update_quote_lines([(option, {"is_chosen": True})], actor=SYSTEM)
        assert fresh(quote).total == D("2400.00")

    def test_discounts_of_lines_and_of_the_whole_and_tevkifat_add_up(self, cast: Cast) -> None:
        quote = make_quote(
            cast.lale_market,
            {"name": "Danışmanlık", "unit_price": D(1000), "tax_percent": D(20), "discount_percent": D(10),
             "withholding_code": "602", "withholding_percent": D(90)},
            prices_include_tax=False,
            discount_percent=D(10),
        )  # fmt: skip

        # 1,000 − 100 = 900; − 10 % = 810; KDV 162, of which 9/10 = 145.80 is withheld
        assert (quote.gross, quote.discount, quote.net, quote.tax, quote.total, quote.withheld, quote.payable) == (
            D("1000.00"), D("190.00"), D("810.00"), D("162.00"), D("972.00"), D("145.80"), D("826.20"),
        )  # fmt: skip

    def test_another_currency_or_way_of_prices_changes_what_lines_cost(self, cast: Cast, table: Product) -> None:
        CurrencyRate.objects.create(currency="EUR", valid_on=timezone.localdate(), buying=D(49), selling=D(50),
                                    created_at=timezone.now(), updated_at=timezone.now())  # fmt: skip
        quote = make_quote(cast.lale_market, {"product": table.pk})

        actions.update_quotes([(quote, {"currency": "EUR"})], actor=SYSTEM)
        euro = fresh(quote)
        actions.update_quotes([(euro, {"prices_include_tax": False})], actor=SYSTEM)

        line = QuoteLine.objects.get(quote=quote)
        assert (euro.total, euro.rate) == (D("24.00"), D("50.000000"))
        assert (line.unit_price, fresh(quote).total) == (D("20.0000"), D("24.00"))

    def test_too_large_a_discount_stores_nothing(self, cast: Cast, table: Product) -> None:
        quote = make_quote(cast.lale_market, {"product": table.pk})

        with pytest.raises(Invalid):
            actions.update_quotes([(quote, {"discount_amount": D(5000)})], actor=SYSTEM)
        assert (fresh(quote).discount_amount, fresh(quote).total) == (D(0), D("1200.00"))


class TestPricesInTheCatalogue:
    def test_that_change_are_shown_and_taken_over_by_a_press(self, cast: Cast, table: Product) -> None:
        quote = make_quote(cast.lale_market, {"product": table.pk})
        update_products([(table, {"price": D(1500)})], actor=SYSTEM)
        lines = queries.lines_of(SYSTEM, quote)

        told = queries.prices_now(quote, lines, timezone.localdate())
        before = fresh(quote).total
        count = actions.take_over_prices(quote, actor=cast.admin.actor)

        assert [(one.line.unit_price, one.price.amount) for one in told] == [(D("1200.0000"), D("1500.0000"))]
        assert (before, count, fresh(quote).total) == (D("1200.00"), 1, D("1500.00"))
        assert queries.prices_now(quote, queries.lines_of(SYSTEM, quote), timezone.localdate()) == []

    def test_do_not_reach_a_sent_quote(self, cast: Cast, table: Product) -> None:
        quote = sent(cast, table)
        update_products([(table, {"price": D(1500)})], actor=SYSTEM)

        with pytest.raises(Invalid):
            actions.take_over_prices(quote, actor=cast.admin.actor)
        assert fresh(quote).total == D("2400.00")

    def test_a_price_written_by_hand_is_kept_and_no_news(self, cast: Cast, table: Product) -> None:
        quote = make_quote(cast.lale_market, {"product": table.pk, "unit_price": D(1100)})

        assert quote.total == D("1100.00")
        assert queries.prices_now(quote, queries.lines_of(SYSTEM, quote), timezone.localdate()) == []


class TestTheSheet:
    def test_stores_changed_new_and_removed_lines_at_once(self, cast: Cast, table: Product) -> None:
        quote = make_quote(cast.lale_market, {"product": table.pk}, {"name": "Nakliye", "unit_price": D(100)})
        first, second = queries.lines_of(SYSTEM, quote)

        actions.save_sheet(
            quote,
            [
                SheetRow(first.pk, first.version, False, {"quantity": D(3)}),
                SheetRow(second.pk, second.version, True),
                SheetRow(values={"name": "Montaj", "unit_price": D(50), "tax_percent": D(20)}),
            ],
            actor=cast.admin.actor,
        )

        assert [(line.name, line.quantity) for line in queries.lines_of(SYSTEM, quote)] == [
            ("Ceviz masa", D(3)), ("Montaj", D(1)),
        ]  # fmt: skip
        assert fresh(quote).total == D("3650.00")

    def test_stores_nothing_when_one_row_is_wrong_or_was_changed_by_another(self, cast: Cast, table: Product) -> None:
        quote = make_quote(cast.lale_market, {"product": table.pk})
        line = QuoteLine.objects.get(quote=quote)

        with pytest.raises(Invalid) as wrong:
            actions.save_sheet(
                quote,
                [SheetRow(line.pk, line.version, False, {"quantity": D(9)}), SheetRow(values={"name": "Fiyatsız"})],
                actor=SYSTEM,
            )
        with pytest.raises(Invalid) as stale:
            actions.save_sheet(quote, [SheetRow(line.pk, line.version + 1, False, {"quantity": D(9)})], actor=SYSTEM)

        assert (list(wrong.value.rows), list(stale.value.rows)) == ([1], [0])
        assert fresh(quote).total == D("1200.00")


class TestSending:
    def test_seals_the_quote_and_opens_its_link(self, cast: Cast, table: Product) -> None:
        quote = sent(cast, table)
        link = queries.link_of(quote)

        assert link is not None
        assert len(link.token) >= 32
        assert queries.quote_of_token(link.token) == quote
        with pytest.raises(Invalid):
            actions.update_quotes([(fresh(quote), {"terms": "Peşin"})], actor=cast.admin.actor)
        with pytest.raises(Invalid):
            actions.create_quote_lines([{"quote": quote.pk, "product": table.pk}], actor=cast.admin.actor)
        actions.update_quotes([(fresh(quote), {"note": "Aranacak"})], actor=cast.admin.actor)
        assert (fresh(quote).note, fresh(quote).terms) == ("Aranacak", "")

    def test_needs_lines_and_time(self, cast: Cast, table: Product) -> None:
        over = date(2026, 1, 2)
        late = make_quote(cast.lale_market, {"product": table.pk}, quoted_on=date(2026, 1, 1), valid_until=over)

        with pytest.raises(NoLines):
            actions.send_quote(make_quote(cast.lale_market), actor=SYSTEM)
        with pytest.raises(Invalid):
            actions.send_quote(late, actor=SYSTEM)
        assert set(Quote.objects.values_list("status", flat=True)) == {"draft"}

    def test_a_promised_day_lies_neither_before_the_quote_nor_before_its_sending(
        self, cast: Cast, table: Product
    ) -> None:
        today = timezone.localdate()
        old = today - timedelta(days=9)
        late = make_quote(cast.lale_market, {"product": table.pk}, quoted_on=old, promised_on=today - timedelta(days=1))

        with pytest.raises(Invalid) as before:
            make_quote(cast.lale_market, {"product": table.pk}, promised_on=today - timedelta(days=1))
        with pytest.raises(Invalid) as over:
            actions.send_quote(late, actor=SYSTEM)

        assert set(before.value.rows[0]) == {"promised_on"}
        assert set(over.value.errors) == {"promised_on"}
        assert fresh(late).status == "draft"

    def test_a_status_is_nothing_that_somebody_types(self, cast: Cast, table: Product) -> None:
        quote = make_quote(cast.lale_market, {"product": table.pk})

        with pytest.raises(Invalid):
            actions.update_quotes([(quote, {"status": "accepted"})], actor=cast.admin.actor)
        assert fresh(quote).status == "draft"

    def test_a_closed_link_leads_nowhere_and_a_new_one_does(self, cast: Cast, table: Product) -> None:
        quote = sent(cast, table)
        old = queries.link_of(quote)
        assert old is not None

        new = actions.renew_link(quote, actor=cast.admin.actor)

        assert queries.quote_of_token(old.token) is None
        assert queries.quote_of_token(new.token) == quote

    def test_a_stranger_sends_nothing(self, cast: Cast, table: Product) -> None:
        quote = make_quote(cast.lale_market, {"product": table.pk})

        with pytest.raises(NotFoundHere):
            actions.send_quote(quote, actor=cast.can.actor)
        assert fresh(quote).status == "draft"


class TestVersions:
    def test_a_new_one_replaces_the_old_which_stays_and_cannot_be_accepted(self, cast: Cast, table: Product) -> None:
        old = sent(cast, table)

        new = actions.new_version(old, actor=SYSTEM)

        assert (new.number, new.revision, new.status, new.total) == (f"{old.number}-R2", 2, "draft", D("2400.00"))
        assert (fresh(old).status, queries.successor_of(fresh(old))) == ("replaced", None)
        with pytest.raises(NoLongerOpen):
            actions.accept_quote(old, answer=YES)
        actions.send_quote(new, actor=SYSTEM)
        assert queries.successor_of(fresh(old)) == new
        assert not Order.objects.exists()

    def test_a_new_one_keeps_the_promised_day_while_it_is_still_to_come(self, cast: Cast, table: Product) -> None:
        day = timezone.localdate() + timedelta(days=12)
        kept, over = sent(cast, table, promised_on=day), sent(cast, table, promised_on=day)
        Quote.objects.filter(pk=over.pk).update(promised_on=timezone.localdate() - timedelta(days=1))

        versions = [actions.new_version(each, actor=SYSTEM) for each in (kept, over)]

        assert [version.promised_on for version in versions] == [day, None]

    def test_a_draft_has_no_versions(self, cast: Cast, table: Product) -> None:
        with pytest.raises(NotThatWay):
            actions.new_version(make_quote(cast.lale_market, {"product": table.pk}), actor=SYSTEM)


class TestApproval:
    def beyond(self, cast: Cast, table: Product) -> Quote:
        line = {"product": table.pk, "discount_percent": D(30)}
        quote = make_quote(cast.lale_market, line, owner=cast.ayse.user.pk, team=cast.shop.pk)
        return actions.send_quote(quote, actor=cast.ayse.actor)

    def test_a_discount_beyond_the_limit_waits_in_the_day_of_an_approver(self, cast: Cast, table: Product) -> None:
        quote = self.beyond(cast, table)
        at = timezone.now()

        assert quote.status == "waiting"
        found = [item for item in todays_queue(cast.admin.actor, at, at) if item.press]
        assert [(item.customer, item.press.url) for item in found if item.press] == [
            ("Lale Market", f"/records/quotes.quote/{quote.public_id}/approval/")
        ]
        assert [item for item in todays_queue(cast.ayse.actor, at, at) if item.press] == []
        with pytest.raises(NotYours):
            actions.approve_quote(quote, actor=cast.ayse.actor)
        actions.approve_quote(quote, actor=cast.admin.actor)
        assert actions.send_quote(quote, actor=cast.ayse.actor).status == "sent"

    def test_a_refusal_needs_a_reason_and_leads_back_to_the_desk(self, cast: Cast, table: Product) -> None:
        quote = self.beyond(cast, table)

        with pytest.raises(Invalid):
            actions.refuse_quote(quote, actor=cast.admin.actor, reason=" ")
        actions.refuse_quote(quote, actor=cast.admin.actor, reason="En çok %20")
        deliver_waiting()

        told = Notification.objects.filter(user=cast.ayse.user, kind="other").values_list("detail", flat=True)
        assert (fresh(quote).status, list(told)) == ("draft", ["En çok %20"])
        assert TimelineEntry.objects.filter(about_id=quote.pk, body="En çok %20").count() == 1

    def test_a_total_above_the_limit_waits(self, cast: Cast, table: Product) -> None:
        set_company({"quotes.approval_total": 2000}, actor=SYSTEM)
        small = make_quote(cast.lale_market, {"product": table.pk}, owner=cast.ayse.user.pk)
        large = make_quote(cast.lale_market, {"product": table.pk, "quantity": D(2)}, owner=cast.ayse.user.pk)

        assert actions.send_quote(small, actor=cast.ayse.actor).status == "sent"
        assert actions.send_quote(large, actor=cast.ayse.actor).status == "waiting"
        assert actions.take_back(large, actor=cast.ayse.actor).status == "draft"
