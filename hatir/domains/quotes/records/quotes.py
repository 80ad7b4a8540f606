"""The declarations of quotes and their lines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.quotes import actions, queries
from hatir.domains.quotes.models import Quote, QuoteLine
from hatir.domains.quotes.queries import APPROVE
from hatir.foundation.access.permissions import register_permission
from hatir.foundation.records.actor import HOUSE, name_part
from hatir.foundation.records.declaration import Panel, RecordType, Scope, Section
from hatir.foundation.records.fields import Kind
from hatir.foundation.records.registry import register
from hatir.foundation.savedviews.declared import declare_view

KEY = "quotes.quote"
WRITE_STATUS = "quotes.write_status"
AMOUNTS = ("gross", "discount", "net", "tax", "total", "withheld", "payable")
MONEY: dict[str, Kind] = {**dict.fromkeys((*AMOUNTS, "discount_amount"), "money"), "discount_percent": "percent"}
# A line's amounts are in the currency of its quote, so they are drawn without a sign.
OF_LINE: dict[str, Kind] = {
    "gross": "number", "net": "number", "tax": "number", "total": "number", "listed_price": "number",
    "unit_price": "number", "discount_percent": "percent", "tax_percent": "percent", "withholding_percent": "percent",
}  # fmt: skip
register_permission(APPROVE, _("Approve quotes"), _("Totals above the company’s limit. Discounts: by role."))
register_permission(WRITE_STATUS, _("Bring quotes with their status"), _("Files of quotes sent elsewhere."))
name_part("quotes", HOUSE)
QUOTE = register(
    RecordType(
        key=KEY,
        model=Quote,
        title="number",
        path="quotes",
        icon="file-text",
        create=actions.create_quotes,
        update=actions.update_quotes,
        list_columns=("number", "title", "customer", "status", "quoted_on", "valid_until", "total", "owner"),
        quick_fields=("customer", "deal", "title", "valid_until", "promised_on"),
        match_on=("external_id", "number"),
        sections=(
            Section(
                "quote",
                _("Quote"),
                (
                    "title",
                    "customer",
                    "contact",
                    "deal",
                    "status",
                    "quoted_on",
                    "valid_until",
                    "promised_on",
                    "language",
                    "owner",
                    "team",
                ),
            ),
            Section(
                "amounts",
                _("Amounts"),
                (
                    "currency",
                    "rate",
                    "prices_include_tax",
                    "discount_percent",
                    "discount_amount",
                    *AMOUNTS,
                    "line_count",
                ),
            ),
            Section(
                "answer",
                pgettext_lazy("quote", "Answer"),
                ("sent_at", "viewed_at", "decided_at", "decided_by", "decline_reason", "order", "revision"),
            ),
            Section("text", _("Texts"), ("intro", "terms", "note", "external_id")),
        ),
        search={"number": "A", "title": "B", "external_id": "C"},
        scope=Scope(owner="owner", team="team"),
        kinds=MONEY,
        hidden={"base_number", "replaces"},
        personal={"decided_by", "decline_reason"},
        written_by={"status": WRITE_STATUS},
        currency="currency",
        area="sales",
        timeline=True,
        panels=(
            Panel("customers.customer", _("Quotes"), queries.quotes_of, KEY, "customer", icon="file-text", order=15),
            Panel("sales.deal", _("Quotes"), queries.quotes_of_deal, KEY, "deal", icon="file-text", order=5, press="q"),
        ),
    )
)
QUOTE_LINE = register(
    RecordType(
        key="quotes.quote_line",
        model=QuoteLine,
        title="name",
        path="quote-lines",
        icon="list",
        create=actions.create_quote_lines,
        update=actions.update_quote_lines,
        list_columns=("quote", "name", "product", "quantity", "unit_price", "discount_percent", "net", "total"),
        quick_fields=("quote", "product", "name", "quantity", "unit_price", "discount_percent", "is_optional"),
        match_on=("quote", "position"),
        scope=Scope(follows="quote"),
        kinds=OF_LINE,
        part_of="quote",
    )
)
declare_view(KEY, "waiting", _("Waiting for approval"), {"field": "status", "op": "is", "value": "waiting"})
declare_view(
    KEY,
    "out",
    pgettext_lazy("quote", "Waiting for an answer"),
    {"field": "status", "op": "in", "value": ["sent", "viewed"]},
    sort="valid_until",
)
declare_view(
    KEY,
    "accepted",
    pgettext_lazy("quote", "Accepted"),
    {"field": "status", "op": "is", "value": "accepted"},
    sort="-id",
)
declare_view(
    KEY,
    "lost",
    _("Declined or expired"),
    {"field": "status", "op": "in", "value": ["declined", "expired"]},
    sort="-id",
)
