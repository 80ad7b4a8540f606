"""Products and quotes for the room's tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hatir.domains.catalog.actions import create_products, install_standards
from hatir.domains.catalog.models import Product, Tax
from hatir.domains.customers.models import Customer
from hatir.domains.quotes import actions
from hatir.domains.quotes.models import Quote
from hatir.foundation.records.actor import Actor
from tests.world.cast import SYSTEM

D = Decimal


def make_table(**values: Any) -> Product:
    """Make a table of 1,200 lira with 20 per cent KDV."""
    install_standards(actor=SYSTEM)
    row = {"name": "Ceviz masa", "price": D(1200), "tax": Tax.objects.get(name="Genel oran").pk, **values}
    return create_products([row], actor=SYSTEM)[0]


def make_quote(customer: Customer, *lines: dict[str, Any], actor: Actor = SYSTEM, **values: Any) -> Quote:
    """Make a draft with lines."""
    quote = actions.create_quotes([{"customer": customer.pk, **values}], actor=actor)[0]
    if lines:
        actions.create_quote_lines([{"quote": quote.pk, **line} for line in lines], actor=actor)
        quote.refresh_from_db()
    return quote
