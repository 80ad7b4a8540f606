"""The demo's orders go their way, and are made once."""

from __future__ import annotations

import pytest

from hatir.domains.catalog.demo import seed_catalog
from hatir.domains.commerce.demo import seed_orders
from hatir.domains.commerce.models import Order
from hatir.domains.customers.models import Customer
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import SYSTEM, make_cast


@pytest.mark.django_db
def test_customers_of_the_demo_have_orders() -> None:
    make_cast()
    Customer.objects.update(stage="loyal")
    with piece_of_work():
        products = seed_catalog(actor=SYSTEM)

        count = seed_orders(products, seed=1, actor=SYSTEM)

        assert count == Order.objects.filter(total__gt=0).count() > 0
        assert seed_orders(products, seed=1, actor=SYSTEM) == 0
