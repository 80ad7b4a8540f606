"""Price lists, discounts and exchange rates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.catalog import actions, queries
from hatir.domains.catalog.models import CurrencyRate, Discount, DiscountLimit, ListPrice, PriceList
from hatir.domains.catalog.queries.limits import APPROVE
from hatir.foundation.access.permissions import register_permission
from hatir.foundation.records.declaration import Panel, RecordType
from hatir.foundation.records.registry import register

register_permission(APPROVE, _("Approve discounts"), _("Lets a price go as low as wanted, and approves others’."))
PRICE_LIST = register(
    RecordType(
        key="catalog.price_list",
        model=PriceList,
        title="name",
        path="price-lists",
        icon="tags",
        create=actions.create_price_lists,
        update=actions.update_price_lists,
        list_columns=("name", "currency", "segment", "channel", "valid_from", "valid_until", "priority", "is_active"),
        quick_fields=("name", "currency", "includes_tax", "segment", "valid_from", "valid_until"),
        order=("name",),
        match_on=("name",),
        area="sales",
        panels=(
            Panel(
                "catalog.product",
                _("Price lists"),
                queries.listed_prices_of,
                "catalog.list_price",
                "product",
                icon="tags",
                order=40,
            ),
        ),
    )
)
LIST_PRICE = register(
    RecordType(
        key="catalog.list_price",
        model=ListPrice,
        title="product",
        icon="tags",
        create=actions.create_list_prices,
        update=actions.update_list_prices,
        list_columns=("price_list", "product", "min_quantity", "price", "percent_off"),
        quick_fields=("price_list", "product", "min_quantity", "price", "percent_off"),
        match_on=("price_list", "product", "min_quantity"),
        kinds={"price": "number", "percent_off": "percent"},
        part_of="price_list",
    )
)
DISCOUNT = register(
    RecordType(
        key="catalog.discount",
        model=Discount,
        title="name",
        path="discounts",
        icon="percent",
        create=actions.create_discounts,
        update=actions.update_discounts,
        list_columns=("name", "percent", "category", "product", "segment", "valid_from", "valid_until", "is_active"),
        quick_fields=("name", "percent", "category", "segment", "valid_from", "valid_until"),
        match_on=("name",),
        kinds={"percent": "percent"},
        area="sales",
    )
)
DISCOUNT_LIMIT = register(
    RecordType(
        key="catalog.discount_limit",
        model=DiscountLimit,
        title="role",
        icon="percent",
        list_columns=("role", "percent"),
        quick_fields=("role", "percent"),
        match_on=("role",),
        kinds={"percent": "percent"},
        admin_only=True,
    )
)
RATE = register(
    RecordType(
        key="catalog.currency_rate",
        model=CurrencyRate,
        title="currency",
        path="exchange-rates",
        icon="coins",
        update=actions.update_rates,
        list_columns=("valid_on", "currency", "buying", "selling", "origin"),
        quick_fields=("currency", "valid_on", "buying", "selling"),
        order=("-valid_on", "currency", "id"),
        match_on=("currency", "valid_on"),
    )
)
