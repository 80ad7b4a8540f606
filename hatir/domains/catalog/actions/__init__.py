"""The verbs of the room."""

from hatir.domains.catalog.actions.prices import (
    create_discounts,
    create_list_prices,
    create_price_lists,
    update_discounts,
    update_list_prices,
    update_price_lists,
)
from hatir.domains.catalog.actions.products import create_bundle_items, create_products, update_products
from hatir.domains.catalog.actions.rates import (
    FETCH,
    Fetched,
    RatesNotFetched,
    ask_for_rates,
    fetch_rates,
    take_bulletin,
    update_rates,
)
from hatir.domains.catalog.actions.standards import install_standards

__all__ = [
    "FETCH", "Fetched", "RatesNotFetched", "ask_for_rates", "create_bundle_items", "create_discounts",
    "create_list_prices", "create_price_lists", "create_products", "fetch_rates", "install_standards", "take_bulletin",
    "update_discounts", "update_list_prices", "update_price_lists", "update_products", "update_rates",
]  # fmt: skip
