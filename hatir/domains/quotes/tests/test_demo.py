"""The demo's quotes stand in every state, and are made once."""

from __future__ import annotations

import pytest

from hatir.domains.catalog.demo import seed_catalog
from hatir.domains.quotes.demo import WAYS, seed_quotes
from hatir.domains.quotes.models import Quote
from hatir.domains.sales.tests.factories import make_deal, make_pipeline
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import SYSTEM, make_cast


@pytest.mark.django_db
def test_the_demo_has_quotes_in_every_state() -> None:
    with piece_of_work():
        cast = make_cast()
        make_pipeline()
        products = [product for product in seed_catalog(actor=SYSTEM) if product.price]
        for _way in WAYS:
            make_deal(customer=cast.lale_market.pk, owner=cast.ayse.user.pk, team=cast.shop.pk)

        count = seed_quotes(products, seed=1, actor=SYSTEM)

        assert count == len(WAYS)
        assert set(Quote.objects.values_list("status", flat=True)) == set(WAYS)
        assert seed_quotes(products, seed=1, actor=SYSTEM) == 0
