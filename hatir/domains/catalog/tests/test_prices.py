"""What something costs, from the tables; and what is refused before it costs money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hatir.domains.catalog import actions, queries
from hatir.domains.catalog.models import CurrencyRate, Product, Tax, TaxRate, Unit
from hatir.domains.customers.models import Customer, Segment, SegmentMember
from hatir.foundation.records import actions as generic
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_type
from tests.world.cast import SYSTEM, Cast, make_cast

pytestmark = pytest.mark.django_db
D = Decimal
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def memory() -> Any:
    with piece_of_work():
        yield


@pytest.fixture
def general(db: None) -> Tax:
    actions.install_standards(actor=SYSTEM)
    return Tax.objects.get(name="Genel oran")


def product(name: str = "Ceviz masa", **values: Any) -> Product:
    return actions.create_products([{"name": name, **values}], actor=SYSTEM)[0]


def make(type_key: str, **values: Any) -> Any:
    return generic.create(record_type(type_key), [values], actor=SYSTEM)[0]


class TestStandards:
    def test_are_laid_out_once(self, general: Tax) -> None:
        assert Unit.objects.filter(code="C62", name="Adet").count() == 1
        assert actions.install_standards(actor=SYSTEM) is False

    def test_kdv_was_18_until_july_2023(self, general: Tax) -> None:
        assert queries.tax_percents(date(2023, 7, 9))[general.pk] == 18
        assert queries.tax_percents(date(2023, 7, 10))[general.pk] == 20


class TestPriceOf:
    def test_basic_price_with_the_kdv_of_the_day(self, general: Tax) -> None:
        price = queries.price_of(product(price=D("1200"), tax=general.pk), on=TODAY)

        assert (price.amount, price.tax_percent, price.list_name) == (D(1200), D(20), "")

    def test_without_kdv_when_asked_so(self, general: Tax) -> None:
        # 1200 ÷ 1.20
        assert queries.price_of(product(price=D(1200), tax=general.pk), on=TODAY, with_tax=False).amount == 1000

    def test_quantity_breaks_and_dates_of_a_list(self) -> None:
        table = product(price=D(100))
        autumn = make("catalog.price_list", name="Güz", valid_from=date(2026, 9, 1), valid_until=date(2026, 11, 30))
        make("catalog.list_price", price_list=autumn.pk, product=table.pk, price=D(90))
        make("catalog.list_price", price_list=autumn.pk, product=table.pk, min_quantity=D(10), percent_off=D(20))

        found = [
            queries.price_of(table, on=on, quantity=D(quantity)).amount
            for on, quantity in ((TODAY, 1), (TODAY, 10), (date(2026, 12, 1), 10))
        ]

        assert found == [90, 80, 100]

    def test_a_list_of_a_group_is_for_its_members(self, cast: Cast) -> None:
        table = product(price=D(100))
        dealers = Segment.objects.create(
            name="Bayiler", rule='stage is "loyal"', created_at="2026-01-01T00:00Z", updated_at="2026-01-01T00:00Z"
        )
        SegmentMember.objects.create(segment=dealers, customer=cast.lale_market)
        held = make("catalog.price_list", name="Bayi", segment=dealers.pk)
        make("catalog.list_price", price_list=held.pk, product=table.pk, price=D(70))

        def cost(customer: Customer) -> Decimal:
            return queries.price_of(table, on=TODAY, customer_id=customer.pk).amount

        assert (cost(cast.lale_market), cost(cast.kuzey_lojistik)) == (D(70), D(100))

    def test_the_largest_discount_of_the_day_is_named(self) -> None:
        table = product(price=D(100))
        make("catalog.discount", name="Yüzde on", percent=D(10))
        make("catalog.discount", name="Geçen ay", percent=D(50), valid_until=date(2026, 10, 31))

        price = queries.price_of(table, on=TODAY)

        assert (price.discount_percent, price.discount_name, price.after_discount) == (D(10), "Yüzde on", D(90))

    def test_a_variant_takes_what_it_lacks_from_its_model(self, general: Tax) -> None:
        model = product(price=D(500), tax=general.pk)
        variant = product("Ceviz masa, 160", variant_of=model.pk, options="160 cm")

        price = queries.price_of(variant, on=TODAY)

        assert (price.amount, price.tax_percent) == (D(500), D(20))

    def test_a_bundle_without_a_price_costs_its_items(self) -> None:
        chair, table = product("Sandalye", price=D("150.50")), product(price=D(900))
        bundle = product("Yemek takımı", kind="bundle")
        rows: list[dict[str, Any]] = [
            {"bundle": bundle.pk, "product": chair.pk, "quantity": D(4)},
            {"bundle": bundle.pk, "product": table.pk},
        ]
        actions.create_bundle_items(rows, actor=SYSTEM)

        # 4 × 150.50 + 900
        assert queries.price_of(bundle, on=TODAY).amount == 1502

    def test_many_prices_cost_the_same_statements_as_one(self, django_assert_num_queries: Any) -> None:
        products = [product(f"Sehpa {n}", price=D(n + 1)) for n in range(30)]
        queries.prices_of([queries.Asked(products[0])], on=TODAY)

        with django_assert_num_queries(3):
            queries.prices_of([queries.Asked(one) for one in products], on=TODAY)

    def test_without_a_price_it_says_so(self) -> None:
        with pytest.raises(queries.NoPrice, match="Ceviz masa"):
            queries.price_of(product(), on=TODAY)


class TestCurrencies:
    def test_the_last_rate_counts_over_a_weekend(self) -> None:
        make("catalog.currency_rate", currency="EUR", valid_on=date(2026, 11, 20), buying=D("48.1"), selling=D("48.6"))

        assert queries.rate_on("EUR", TODAY) == D("48.6")
        assert queries.price_of(product(price=D(10), currency="EUR"), on=TODAY).amount == 486

    def test_a_currency_without_a_rate_is_said(self) -> None:
        make("catalog.currency_rate", currency="EUR", valid_on=date(2026, 11, 1), buying=D(48), selling=D(48))

        with pytest.raises(queries.NoRate, match="EUR"):
            queries.price_of(product(price=D(10), currency="EUR"), on=TODAY)
        assert not CurrencyRate.objects.filter(currency="USD").exists()


class TestRefusals:
    def test_a_barcode_with_a_wrong_digit_names_its_row(self) -> None:
        with pytest.raises(Invalid) as refused:
            actions.create_products([{"name": "A"}, {"name": "B", "barcode": "6291041500214"}], actor=SYSTEM)

        assert refused.value.rows.keys() == {1}
        assert not Product.objects.exists()

    def test_two_products_cannot_share_a_stock_code(self) -> None:
        product(sku="MS-1")

        with pytest.raises(Invalid):
            product("Başka", sku="MS-1")
        with pytest.raises(Invalid):
            actions.create_products([{"name": "A", "sku": "X"}, {"name": "B", "sku": "X"}], actor=SYSTEM)

    @pytest.mark.parametrize("values", [{}, {"price": D(5), "percent_off": D(5)}])
    def test_a_list_price_is_an_amount_or_a_per_cent(self, values: dict[str, Any]) -> None:
        held = make("catalog.price_list", name="Liste")
        with pytest.raises(Invalid):
            make("catalog.list_price", price_list=held.pk, product=product().pk, **values)

    def test_a_list_cannot_end_before_it_begins(self) -> None:
        with pytest.raises(Invalid):
            make("catalog.price_list", name="L", valid_from=TODAY, valid_until=date(2026, 1, 1))


class TestDiscountLimit:
    def test_is_the_highest_of_the_roles_or_the_setting(self, cast: Cast) -> None:
        assert queries.discount_limit(cast.ayse.actor) == 15
        for role in cast.ayse.user.role_assignments.all():
            make("catalog.discount_limit", role=role.role_id, percent=D(25))

        assert queries.discount_limit(cast.ayse.actor) == 25
        assert queries.discount_limit(cast.admin.actor) == 100


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def test_rates_of_a_group_are_one_a_day(general: Tax) -> None:
    assert TaxRate.objects.filter(tax=general).count() == 2
