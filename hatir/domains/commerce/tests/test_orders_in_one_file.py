"""A file of order lines brings the orders with it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hatir.domains.catalog.models import Product
from hatir.domains.commerce.models import Order, OrderLine
from hatir.foundation.files.actions import store
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions
from hatir.foundation.transfer.models import ImportRun
from tests.world.cast import SYSTEM, Cast, make_cast

Bring = Callable[[str], ImportRun]
FILE = (
    "Sipariş No;Sipariş Tarihi;Müşteri;Kanal;Ürün;Miktar;Birim Fiyat;KDV %\n"
    "1001;02.03.2026;Lale Market;Mağaza;Masa;2;1.200,00;20\n"
    "1001;02.03.2026;Lale Market;Mağaza;Sandalye;4;360,00;20\n"
    "1002;03.03.2026;Elif Kaya;Web;Masa;1;1.200,00;20\n"
    "1001;02.03.2026;Lale Market;Mağaza;Masa;1;1.100,00;20\n"
)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def bring(cast: Cast, settings: Any, tmp_path: Path) -> Bring:
    settings.MEDIA_ROOT = tmp_path

    def run(text: str) -> ImportRun:
        file = store([text.encode()], name="siparisler.csv", actor=cast.admin.actor)
        opened = actions.begin_import(file, "commerce.order_line", actor=cast.admin.actor)
        actions.start_import(opened.pk, actor=cast.admin.actor)
        run_due()
        opened.refresh_from_db()
        return opened

    return run


class TestAFileOfLines:
    def test_is_understood_without_a_press(self, cast: Cast, bring: Bring) -> None:
        run = bring(FILE)

        assert run.mapping == {
            "0": "order", "1": "order>ordered_on", "2": "order>customer", "3": "order>channel", "4": "name",
            "5": "quantity", "6": "unit_price", "7": "tax_percent",
        }  # fmt: skip

    def test_makes_orders_with_all_their_lines_however_they_lie_in_the_file(self, cast: Cast, bring: Bring) -> None:
        run = bring(FILE)

        # Prices contain KDV: 2 × 1,200 + 4 × 360 + 1 × 1,100 = 4,940
        first, second = Order.objects.order_by("number")
        assert (run.counts["new"], run.counts["updated"], run.counts["rejected"]) == (4, 0, 0)
        assert (first.number, str(first.total), first.line_count) == ("1001", "4940.00", 3)
        assert (first.customer.name, first.ordered_on.isoformat(), first.channel) == (
            "Lale Market",
            "2026-03-02",
            "shop",
        )
        assert (second.number, str(second.total), second.customer.name) == ("1002", "1200.00", "Elif Kaya")
        assert list(first.lines.order_by("position").values_list("position", "name")) == [
            (1, "Masa"), (2, "Sandalye"), (3, "Masa")
        ]  # fmt: skip

    def test_changes_nothing_the_second_time(self, cast: Cast, bring: Bring) -> None:
        bring(FILE)

        again = bring(FILE)

        assert (again.counts["unchanged"], again.counts["new"], again.counts["updated"]) == (4, 0, 0)
        assert OrderLine.objects.count() == 4

    def test_finds_products_by_name_or_code_and_keeps_the_words_of_others(self, cast: Cast, bring: Bring) -> None:
        product: Any = record_type("catalog.product")
        make = product.create
        make([{"name": "MASA", "price": Decimal(1000)}, {"name": "Ahşap sandalye", "sku": "SND-1"}], actor=SYSTEM)

        bring(FILE.replace("Sandalye", "SND-1").replace("Masa;1;1.100", "Lamba;1;1.100"))

        lines = OrderLine.objects.order_by("order__number", "position")
        names = dict(Product.objects.values_list("pk", "name"))
        assert [(line.name, names.get(line.product_id or 0, "")) for line in lines] == [
            ("Masa", "MASA"), ("SND-1", "Ahşap sandalye"), ("Lamba", ""), ("Masa", "MASA")
        ]  # fmt: skip

    def test_refuses_lines_of_an_order_whose_customer_is_unknown_and_says_so(self, cast: Cast, bring: Bring) -> None:
        run = bring(FILE.replace("Elif Kaya", "Bilinmeyen"))

        assert (run.counts["new"], run.counts["rejected"]) == (3, 1)
        assert "Bilinmeyen" in run.rejections.get().reason
        assert list(Order.objects.values_list("number", flat=True)) == ["1001"]
