"""The declarations of the room's objects."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.commerce import actions, queries
from hatir.domains.commerce.models import Order, OrderLine
from hatir.foundation.records.actor import HOUSE, name_part
from hatir.foundation.records.declaration import Late, Panel, RecordType, Scope, Section
from hatir.foundation.records.fields import Kind
from hatir.foundation.records.registry import register
from hatir.foundation.savedviews.declared import declare_view
from hatir.foundation.transfer.linking import declare_found_only, declare_synonyms, declare_text_of

AMOUNTS = ("gross", "discount", "net", "tax", "total", "withheld", "payable", "returned_total")
MONEY: dict[str, Kind] = dict.fromkeys((*AMOUNTS, "discount_amount"), "money")
# A line's amounts are in the currency of its order, so they are drawn without a sign.
OF_LINE: dict[str, Kind] = {
    "gross": "number", "net": "number", "tax": "number", "total": "number",
    "unit_price": "number", "discount_percent": "percent", "tax_percent": "percent", "withholding_percent": "percent",
}  # fmt: skip
name_part("commerce", HOUSE)
ORDER = register(
    RecordType(
        key="commerce.order",
        model=Order,
        title="number",
        path="orders",
        icon="shopping-bag",
        create=actions.create_orders,
        update=actions.update_orders,
        list_columns=("number", "customer", "status", "ordered_on", "channel", "total", "promised_on", "owner"),
        quick_fields=("customer", "ordered_on", "channel", "promised_on"),
        match_on=("external_id", "number"),
        sections=(
            Section(
                "order",
                _("Order"),
                ("customer", "status", "ordered_on", "channel", "reference", "owner", "team", "currency", "rate"),
            ),
            Section("delivery", _("Delivery"), ("promised_on", "delivered_on", "is_promise_kept", "delivery_address")),
            Section("amounts", _("Amounts"), ("prices_include_tax", "discount_amount", *AMOUNTS, "line_count")),
            Section("more", _("More"), ("note", "external_id")),
        ),
        search={"number": "A", "reference": "B", "external_id": "C"},
        scope=Scope(owner="owner", team="team"),
        personal={"delivery_address"},
        kinds=MONEY,
        late={"promised_on": Late(("status", "delivered_on"), queries.is_promise_late)},
        currency="currency",
        area="sales",
        timeline=True,
        panels=(
            Panel(
                "customers.customer",
                _("Orders"),
                queries.orders_of,
                "commerce.order",
                "customer",
                icon="shopping-bag",
                order=30,
            ),
        ),
    )
)
ORDER_LINE = register(
    RecordType(
        key="commerce.order_line",
        model=OrderLine,
        title="name",
        path="order-lines",
        icon="list",
        create=actions.create_order_lines,
        update=actions.update_order_lines,
        list_columns=("order", "name", "product", "quantity", "unit_price", "discount_percent", "net", "total"),
        quick_fields=("order", "product", "name", "quantity", "unit_price", "discount_percent"),
        match_on=("order", "position"),
        scope=Scope(follows="order"),
        kinds=OF_LINE,
        part_of="order",
    )
)
# The product of a line of a file is found by what the line is called; where none is, the line keeps its words.
declare_found_only("commerce.order_line", "product")
declare_text_of("commerce.order_line", product="name")
declare_synonyms(
    "commerce.order",
    number=(
        "siparis no", "siparis numarasi", "sip no", "numara", "fis no", "belge no", "order no", "order number",
        "order id", "invoice", "invoice no", "fatura no",
    ),
    ordered_on=(
        "tarih", "siparis tarihi", "islem tarihi", "fis tarihi", "satis tarihi", "date", "order date", "invoice date",
        "fatura tarihi", "purchase date",
    ),
    customer=(
        "musteri", "musteri adi", "musteri kodu", "cari", "cari adi", "cari kodu", "unvan", "firma", "customer",
        "customer name", "customer id", "client", "account",
    ),
    channel=("kanal", "satis kanali", "magaza", "channel", "sales channel", "source"),
    promised_on=("termin", "termin tarihi", "teslim tarihi", "soz verilen tarih", "promised date", "due date"),
    currency=("doviz", "para birimi", "currency"),
)  # fmt: skip
declare_synonyms(
    "commerce.order_line",
    order=(
        "siparis no", "siparis numarasi", "sip no", "numara", "fis no", "belge no", "order no", "order number",
        "order id", "invoice", "invoice no", "fatura no",
    ),
    name=(
        "urun", "urun adi", "stok adi", "malzeme", "malzeme adi", "hizmet", "aciklama", "product", "product name",
        "item", "item name", "description", "urun kodu", "stok kodu", "sku", "barkod", "stock code", "stockcode",
    ),
    product=(),
    quantity=("miktar", "adet", "qty", "quantity", "units"),
    unit=("birim", "olcu birimi", "unit"),
    unit_price=("birim fiyat", "birim fiyati", "fiyat", "satis fiyati", "price", "unit price", "unitprice"),
    tax_percent=("kdv", "kdv orani", "vat", "vat rate", "tax", "tax rate"),
    discount_percent=("iskonto", "iskonto orani", "indirim", "indirim orani", "discount"),
)  # fmt: skip
declare_view(
    "commerce.order",
    "to_ship",
    _("To be shipped"),
    {"field": "status", "op": "in", "value": ["confirmed", "partly_shipped"]},
    sort="promised_on",
)
declare_view(
    "commerce.order", "waiting", _("Waiting for approval"), {"field": "status", "op": "is", "value": "waiting"}
)
declare_view(
    "commerce.order",
    "broken_promise",
    _("Promise not kept"),
    {"field": "is_promise_kept", "op": "is", "value": False},
    sort="-ordered_on",
)
