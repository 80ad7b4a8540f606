"""Questions of the room."""

from hatir.domains.catalog.queries.currencies import (
    NoRate,
    convert,
    last_fetch,
    latest_rates,
    newest_day_of,
    rate_on,
    rates_are_due,
)
from hatir.domains.catalog.queries.limits import discount_limit
from hatir.domains.catalog.queries.prices import Asked, NoPrice, Price, price_of, prices_of, whole_products
from hatir.domains.catalog.queries.products import (
    listed_prices_of,
    products_called,
    products_with,
    tax_percents,
    variants_of,
)

__all__ = [
    "Asked",
    "NoPrice",
    "NoRate",
    "Price",
    "convert",
    "discount_limit",
    "last_fetch",
    "latest_rates",
    "listed_prices_of",
    "newest_day_of",
    "price_of",
    "prices_of",
    "products_called",
    "products_with",
    "rate_on",
    "rates_are_due",
    "tax_percents",
    "variants_of",
    "whole_products",
]  # fmt: skip
