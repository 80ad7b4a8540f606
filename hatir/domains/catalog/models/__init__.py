"""The tables of the room: taxes and units, products with their parts, prices, currencies."""

from hatir.domains.catalog.models.currencies import CURRENCIES, MANUAL, ORIGINS, TCMB, CurrencyRate, RateFetch
from hatir.domains.catalog.models.prices import CHANNELS, Discount, DiscountLimit, ListPrice, PriceList
from hatir.domains.catalog.models.products import (
    BUNDLE,
    KINDS,
    PRODUCT,
    SERVICE,
    BundleItem,
    Category,
    Product,
)
from hatir.domains.catalog.models.taxes import Tax, TaxRate, Unit, Withholding

__all__ = [
    "BUNDLE", "CHANNELS", "CURRENCIES", "KINDS", "MANUAL", "ORIGINS", "PRODUCT", "SERVICE", "TCMB", "BundleItem",
    "Category", "CurrencyRate", "Discount", "DiscountLimit", "ListPrice", "PriceList", "Product", "RateFetch", "Tax",
    "TaxRate", "Unit", "Withholding",
]  # fmt: skip
