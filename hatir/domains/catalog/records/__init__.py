"""The declarations of the room's objects."""

from hatir.domains.catalog.records.prices import DISCOUNT, DISCOUNT_LIMIT, LIST_PRICE, PRICE_LIST, RATE
from hatir.domains.catalog.records.products import BUNDLE_ITEM, CATEGORY, PRODUCT_TYPE
from hatir.domains.catalog.records.taxes import TAX, TAX_RATE, UNIT, WITHHOLDING

__all__ = [
    "BUNDLE_ITEM", "CATEGORY", "DISCOUNT", "DISCOUNT_LIMIT", "LIST_PRICE", "PRICE_LIST", "PRODUCT_TYPE", "RATE", "TAX",
    "TAX_RATE", "UNIT", "WITHHOLDING",
]  # fmt: skip
