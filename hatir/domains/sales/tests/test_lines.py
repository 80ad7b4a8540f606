"""Lines of deals: the amount follows them, and what was typed comes back when they go."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hatir.domains.catalog.models import Product
from hatir.domains.sales import actions, queries
from hatir.domains.sales.models import Deal, DealLine
from hatir.domains.sales.rules import line_net
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from hatir.foundation.audit.undo import undo
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    make_pipeline()
    return make_cast()


def make_product(name: str = "Koltuk", **values: Any) -> Product:
    row = {"name": name, "price": Decimal("120.0000"), "price_includes_tax": False, **values}
    return generic.create(record_type("catalog.product"), [row], actor=SYSTEM)[0]  # type: ignore[no-any-return]


def add_line(deal: Deal, *, actor: Any = SYSTEM, **values: Any) -> DealLine:
    return actions.create_deal_lines([{"deal": deal.pk, **values}], actor=actor)[0]


def amount_of(deal: Deal) -> Decimal | None:
    return Deal.objects.values_list("amount", flat=True).get(pk=deal.pk)


class TestLineNet:
    def test_rounds_worth_and_discount_half_up(self) -> None:
        # 3 × 33.335 = 100.005 → 100.01; 12.5 % of it = 12.50125 → 12.50
        assert line_net(Decimal(3), Decimal("33.335"), Decimal("12.5")) == Decimal("87.51")


class TestLines:
    def test_take_name_and_price_from_the_catalogue(self, cast: Cast) -> None:
        deal, product = make_deal(amount=Decimal(999)), make_product()

        line = add_line(deal, product=product.pk, quantity=Decimal(4), discount_percent=Decimal(10))

        assert (line.name, line.unit_price, line.net) == ("Koltuk", Decimal("120.0000"), Decimal("432.00"))
        assert amount_of(deal) == Decimal("432.00")
        assert Deal.objects.get(pk=deal.pk).product == product

    def test_are_listed_in_their_order_to_who_sees_the_deal(self, cast: Cast) -> None:
        deal = make_deal(owner=cast.ayse.user.pk)
        for name in ("Masa", "Ayak"):
            add_line(deal, name=name, unit_price=Decimal(10))

        assert [line.name for line in queries.lines_of(cast.ayse.actor, deal)] == ["Masa", "Ayak"]
        assert queries.lines_of(cast.can.actor, deal) == []

    def test_gone_give_the_typed_amount_back(self, cast: Cast) -> None:
        deal, writer = make_deal(amount=Decimal(999)), system_actor("writer")
        add_line(deal, name="Masa", unit_price=Decimal(10), actor=writer)
        assert amount_of(deal) == Decimal("10.00")

        undo(writer.operation, SYSTEM)
        deliver_waiting()

        assert amount_of(deal) == Decimal("999.00")

    def test_refuse_another_amount_beside_them(self, cast: Cast) -> None:
        deal = make_deal()
        add_line(deal, name="Masa", unit_price=Decimal(10))

        with pytest.raises(Invalid) as refused:
            actions.update_deals([(Deal.objects.get(pk=deal.pk), {"amount": Decimal(5)})], actor=cast.admin.actor)

        assert list(refused.value.errors) == ["amount"]
        assert amount_of(deal) == Decimal("10.00")

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("product", {}),
            ("quantity", {"name": "Masa", "quantity": Decimal(0)}),
            ("discount_percent", {"name": "Masa", "discount_percent": Decimal(101)}),
        ],
    )
    def test_say_what_is_wrong(self, cast: Cast, field: str, values: dict[str, Any]) -> None:
        deal = make_deal()

        with pytest.raises(Invalid) as refused:
            add_line(deal, **values)

        assert list(refused.value.errors) == [field]
        assert DealLine.objects.count() == 0

    def test_of_a_currency_without_a_rate_say_so(self, cast: Cast) -> None:
        deal = make_deal(currency="USD")

        with pytest.raises(Invalid) as refused:
            add_line(deal, product=make_product().pk)

        assert "USD" in str(refused.value)
