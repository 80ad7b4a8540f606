"""Questions about products and their taxes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from hatir.domains.catalog.models import ListPrice, Product, TaxRate
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.expressions import having
from hatir.kit.formats_tr import format_money, format_number, format_percent
from hatir.kit.text_tr import fold

PANEL_ROWS = 6


def products_with(actor: Actor, codes: Collection[str]) -> dict[str, Product]:
    """Find products by stock code or barcode, whichever fits; a stock code wins."""
    rows = visible(actor, Product).filter(archived_at=None)
    found = {product.barcode: product for product in rows.filter(barcode__in=codes) if product.barcode}
    return found | {product.sku: product for product in rows.filter(sku__in=codes) if product.sku}


def products_called(texts: Collection[str]) -> dict[str, int]:
    """Find the one product that a text of a document means, by stock code, barcode, code of another system or name;
    by the folded text. What several are called is not there. Every document of the house may name any product."""
    found: dict[str, int] = {}
    living, wanted = Product.objects.filter(archived_at=None), {text.strip() for text in texts} - {""}
    for column in ("sku", "barcode", "external_id"):
        for code, pk in having(living, column, wanted).values_list(column, "pk"):
            found.setdefault(fold(code), pk)
    several: set[str] = set()
    by_name: dict[str, int] = {}
    for name, pk in having(living, "name_fold", {fold(text) for text in wanted}).values_list("name_fold", "pk"):
        several.update({name} & by_name.keys())
        by_name[name] = pk
    return {name: pk for name, pk in by_name.items() if name not in several} | found


def variants_of(actor: Actor, product: Product) -> list[Product]:
    """List the variants of a model."""
    rows = visible(actor, Product).filter(variant_of=product, archived_at=None)
    return list(rows.order_by("name_sort", "id")[:PANEL_ROWS])


def listed_prices_of(actor: Actor, product: Product) -> list[ListPrice]:
    """List on which price lists a product stands."""
    rows = visible(actor, ListPrice).filter(product=product, archived_at=None).select_related("price_list", "product")
    found = list(rows.order_by("price_list__name", "min_quantity", "id")[:PANEL_ROWS])
    for row in found:
        row.panel_title = row.price_list.name
        row.panel_note = _("from %(quantity)s") % {"quantity": format_number(row.min_quantity)}
        row.panel_value = _amount(row)
    return found


def _amount(row: ListPrice) -> str:
    if row.price is not None:
        return format_money(row.price, row.price_list.currency)
    return f"−{format_percent(row.percent_off or 0)}"


def tax_percents(on: date, tax_ids: Collection[int] | None = None) -> Mapping[int, Decimal]:
    """Give the per cent of each kind of KDV on a day; one without a rate by then is not there."""
    rows = TaxRate.objects.filter(archived_at=None, valid_from__lte=on).order_by("valid_from")
    if tax_ids is not None:
        rows = rows.filter(tax__in=tax_ids)
    return dict(rows.values_list("tax_id", "percent"))
