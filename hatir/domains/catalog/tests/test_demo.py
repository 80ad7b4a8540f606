"""The demo's catalogue can be priced whole, and is made once."""

from __future__ import annotations

from datetime import date

import pytest

from hatir.domains.catalog.demo import seed_catalog
from hatir.domains.catalog.models import BundleItem, Product
from hatir.domains.catalog.queries import Asked, prices_of
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_type
from tests.world.cast import SYSTEM


@pytest.mark.django_db
def test_every_product_of_the_demo_has_a_price() -> None:
    with piece_of_work():
        made = seed_catalog(actor=SYSTEM)

        prices = prices_of([Asked(product) for product in made], on=date(2026, 11, 22))

        assert len(made) == Product.objects.count() == len(seed_catalog(actor=SYSTEM))
        assert min(price.amount for price in prices) > 0


class TestABundleItem:
    def test_whose_product_is_nowhere_has_no_name_instead_of_an_error(self, db: None) -> None:
        assert record_type("catalog.bundle_item").title_of(BundleItem(product_id=1)) == ""
