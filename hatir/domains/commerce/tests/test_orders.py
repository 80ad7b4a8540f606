"""Orders from the first line to the last return."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hatir.domains.catalog.actions import create_products, install_standards, update_products
from hatir.domains.catalog.models import Product, Tax
from hatir.domains.catalog.queries import NoRate
from hatir.domains.commerce import actions
from hatir.domains.commerce.actions import NewLine, NotThatWay, TooMany
from hatir.domains.commerce.actions.moving import NeedsApproval
from hatir.domains.commerce.models import Order, OrderLine, OrderStep, Shipment
from hatir.domains.customers.models import Customer
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.records import actions as generic
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_type
from tests.world.cast import SYSTEM, Cast, make_cast

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def memory() -> Iterator[None]:
    with piece_of_work():
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def table(db: None) -> Product:
    install_standards(actor=SYSTEM)
    general = Tax.objects.get(name="Genel oran")
    return create_products([{"name": "Ceviz masa", "price": D(1200), "tax": general.pk}], actor=SYSTEM)[0]


def placed(cast: Cast, *lines: NewLine, **values: Any) -> Order:
    return actions.place_order(
        actor=SYSTEM, customer=cast.lale_market, lines=lines, on=values.pop("on", TODAY), **values
    )


def line_of(order: Order) -> OrderLine:
    return OrderLine.objects.get(order=order)


class TestPlaceOrder:
    def test_takes_price_and_kdv_from_the_catalogue_and_a_number_of_the_series(
        self, cast: Cast, table: Product
    ) -> None:
        order = placed(cast, NewLine(table, D(2)), NewLine(name="Nakliye", unit_price=D(100), tax_percent=D(20)))

        order = Order.objects.get(pk=order.pk)
        # 2 × 1,200 + 100 = 2,500 with KDV; ÷ 1.20 = 2,083.33, KDV 416.67
        assert (order.number, order.net, order.tax, order.total) == (
            "SP2026-00001", D("2083.33"), D("416.67"), D("2500.00"),
        )  # fmt: skip
        assert list(order.lines.values_list("position", "name", "unit_price")) == [
            (1, "Ceviz masa", D(1200)), (2, "Nakliye", D(100)),
        ]  # fmt: skip

    def test_lines_keep_their_price_when_the_product_gets_dearer(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table), status="draft")

        update_products([(table, {"price": D(9999)})], actor=SYSTEM)
        actions.update_orders([(order, {"note": "Fiyat korunur"})], actor=SYSTEM)

        assert (line_of(order).unit_price, Order.objects.get(pk=order.pk).total) == (D(1200), D("1200.00"))

    def test_a_currency_without_a_rate_stores_nothing(self, cast: Cast, table: Product) -> None:
        with pytest.raises(NoRate):
            placed(cast, NewLine(table), currency="EUR")

        assert not Order.objects.exists()
        assert placed(cast, NewLine(table)).number == "SP2026-00001"

    def test_an_order_needs_a_line(self, cast: Cast) -> None:
        with pytest.raises(Invalid):
            placed(cast)

    def test_too_large_a_discount_stores_nothing(self, cast: Cast, table: Product) -> None:
        with pytest.raises(Invalid):
            placed(cast, NewLine(table), discount_amount=D(5000))
        assert not Order.objects.exists()


class TestTheWayOfAnOrder:
    def test_ships_in_parts_and_never_more_than_ordered(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table, D(3)))
        line = line_of(order)

        actions.ship_order(order, actor=SYSTEM, quantities={line.pk: D(1)})
        first = Order.objects.get(pk=order.pk).status
        with pytest.raises(TooMany):
            actions.ship_order(order, actor=SYSTEM, quantities={line.pk: D(3)})
        actions.ship_order(order, actor=SYSTEM)

        assert (first, Order.objects.get(pk=order.pk).status) == ("partly_shipped", "shipped")
        assert Shipment.objects.filter(order=order).count() == 2
        assert [step.status for step in OrderStep.objects.filter(order=order).order_by("id")] == [
            "confirmed", "partly_shipped", "shipped",
        ]  # fmt: skip

    @pytest.mark.parametrize(("arrived", "kept"), [(date(2026, 11, 30), True), (date(2026, 12, 1), False)])
    def test_a_promise_is_kept_or_not(self, cast: Cast, table: Product, arrived: date, kept: bool) -> None:
        order = placed(cast, NewLine(table), promised_on=date(2026, 11, 30))
        actions.ship_order(order, actor=SYSTEM)

        actions.deliver_order(order, actor=SYSTEM, on=arrived)

        assert Order.objects.get(pk=order.pk).is_promise_kept is kept

    def test_cancelling_what_is_left_of_a_part_keeps_what_left(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table, D(3)))
        actions.ship_order(order, actor=SYSTEM, quantities={line_of(order).pk: D(2)})

        actions.cancel_order(order, actor=SYSTEM)

        order = Order.objects.get(pk=order.pk)
        assert (order.status, order.total) == ("shipped", D("2400.00"))

    def test_what_was_shipped_cannot_be_cancelled(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table))
        actions.ship_order(order, actor=SYSTEM)

        with pytest.raises(NotThatWay):
            actions.cancel_order(order, actor=SYSTEM)
        assert Order.objects.get(pk=order.pk).status == "shipped"

    def test_returned_goods_are_taken_off_their_worth(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table, D(3)))
        actions.ship_order(order, actor=SYSTEM)

        actions.return_goods(order, actor=SYSTEM, quantities={line_of(order).pk: D(1)})
        part = Order.objects.get(pk=order.pk)
        actions.return_goods(order, actor=SYSTEM)
        whole = Order.objects.get(pk=order.pk)

        assert (part.status, part.returned_total) == ("shipped", D("1200.00"))
        assert (whole.status, whole.returned_total) == ("returned", D("3600.00"))

    def test_a_status_changes_only_along_the_table(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table))

        with pytest.raises(Invalid):
            actions.update_orders([(order, {"status": "delivered"})], actor=SYSTEM)
        assert Order.objects.get(pk=order.pk).status == "confirmed"

    def test_a_discount_beyond_the_limit_waits_for_who_may_give_it(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table, discount_percent=D(30)), status="draft", owner=cast.ayse.user.pk)

        first = actions.confirm_order(order, actor=cast.ayse.actor).status
        with pytest.raises(NeedsApproval):
            actions.confirm_order(order, actor=cast.ayse.actor)

        assert (first, actions.confirm_order(order, actor=cast.admin.actor).status) == ("waiting", "confirmed")

    def test_a_stranger_finds_no_order(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table))

        with pytest.raises(NotFoundHere):
            actions.ship_order(order, actor=cast.can.actor)
        assert Order.objects.get(pk=order.pk).status == "confirmed"


class TestLines:
    def test_are_filled_from_the_catalogue_and_reckoned(self, cast: Cast, table: Product) -> None:
        rt = record_type("commerce.order")
        order = generic.create(rt, [{"customer": cast.lale_market.pk, "status": "draft"}], actor=SYSTEM)[0]

        actions.create_order_lines([{"order": order.pk, "product": table.pk, "quantity": D(2)}], actor=SYSTEM)

        order = Order.objects.get(pk=order.pk)
        assert (line_of(order).name, order.total, order.line_count) == ("Ceviz masa", D("2400.00"), 1)

    def test_of_a_confirmed_order_stay_for_people(self, cast: Cast, table: Product) -> None:
        order = placed(cast, NewLine(table))

        with pytest.raises(Invalid):
            actions.create_order_lines([{"order": order.pk, "product": table.pk}], actor=cast.admin.actor)
        with pytest.raises(Invalid):
            actions.remove_line(line_of(order), actor=cast.admin.actor)
        assert OrderLine.objects.filter(order=order, archived_at=None).count() == 1


class TestFactsAboutTheCustomer:
    def test_go_down_with_every_order(self, cast: Cast, table: Product) -> None:
        placed(cast, NewLine(table), on=date(2026, 1, 10))
        later = placed(cast, NewLine(table, D(2)), on=date(2026, 1, 20))
        actions.cancel_order(placed(cast, NewLine(table)), actor=SYSTEM)

        deliver_waiting()

        customer = Customer.objects.get(pk=cast.lale_market.pk)
        assert (customer.order_count, customer.revenue, customer.last_purchase_on) == (
            2, D("3600.00"), later.ordered_on,
        )  # fmt: skip
