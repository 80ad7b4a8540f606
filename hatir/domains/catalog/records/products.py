"""Products, their categories, variants and bundles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.catalog import actions, queries
from hatir.domains.catalog.models import BundleItem, Category, Product
from hatir.foundation.access.permissions import register_permission
from hatir.foundation.records.declaration import Panel, RecordType, Section
from hatir.foundation.records.registry import register
from hatir.foundation.savedviews.declared import declare_view
from hatir.foundation.transfer.linking import declare_synonyms

SEE_COST = register_permission(
    "catalog.see_cost", _("See what products cost us"), _("The cost of products, and what follows from it.")
)
declare_synonyms(
    "catalog.product",
    name=("product", "product name", "urun", "urun adi", "mal adi", "hizmet", "item", "item name"),
    category=("series", "seri", "category", "kategori", "grup", "urun grubu", "product line", "product family"),
    price=("sales price", "price", "list price", "unit price", "fiyat", "satis fiyati", "liste fiyati", "birim fiyat"),
)
CATEGORY = register(
    RecordType(
        key="catalog.category",
        model=Category,
        title="name",
        icon="list",
        list_columns=("name", "parent"),
        quick_fields=("name", "parent"),
        order=("name",),
        match_on=("name",),
    )
)
PRODUCT_TYPE = register(
    RecordType(
        key="catalog.product",
        model=Product,
        title="name",
        path="products",
        icon="package",
        create=actions.create_products,
        update=actions.update_products,
        list_columns=("name", "sku", "kind", "category", "price", "tax", "unit", "is_sold"),
        quick_fields=("name", "kind", "sku", "unit", "price", "tax"),
        order=("name",),
        match_on=("external_id", "sku", "barcode", "name"),
        sections=(
            Section("what", _("Product"), ("kind", "category", "brand", "sku", "barcode", "unit", "is_sold")),
            Section(
                "price",
                _("Price and KDV"),
                ("price", "currency", "price_includes_tax", "tax", "withholding", "cost"),
            ),
            Section("variant", _("Variant"), ("variant_of", "options")),
            Section("more", _("More"), ("description", "external_id", "source")),
        ),
        search={"name": "A", "sku": "A", "barcode": "B", "brand": "C", "options": "C"},
        hidden={"name_fold", "name_sort"},
        fold={"name": "name_fold"},
        sort={"name": "name_sort"},
        kinds={"price": "money", "cost": "money"},
        currency="currency",
        restricted={"cost": SEE_COST.code},
        area="sales",
        panels=(
            Panel(
                "catalog.product",
                _("Variants"),
                queries.variants_of,
                "catalog.product",
                "variant_of",
                icon="copy",
                order=20,
            ),
        ),
    )
)
BUNDLE_ITEM = register(
    RecordType(
        key="catalog.bundle_item",
        model=BundleItem,
        title="product",
        icon="boxes",
        create=actions.create_bundle_items,
        list_columns=("bundle", "product", "quantity"),
        quick_fields=("bundle", "product", "quantity"),
        match_on=("bundle", "product"),
        part_of="bundle",
    )
)
declare_view("catalog.product", "on_sale", _("On sale"), {"field": "is_sold", "op": "is", "value": True})
declare_view("catalog.product", "without_price", _("Without a price"), {"field": "price", "op": "empty"})
