"""Questions of the room."""

from hatir.domains.catalog.queries.currencies import NoRate, convert, rate_on
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
    "listed_prices_of",
    "price_of",
    "prices_of",
    "products_called",
    "products_with",
    "rate_on",
    "tax_percents",
    "variants_of",
    "whole_products",
]  # fmt: skip
