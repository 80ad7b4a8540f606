"""Questions about quotes; each that serves somebody starts at the read door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hatir.domains.catalog.queries import Asked, NoPrice, NoRate, Price, prices_of
from hatir.domains.quotes.models import (
    ASKED,
    ITEM,
    Approval,
    Quote,
    QuoteLine,
    QuoteLink,
    QuoteStep,
    Sighting,
)
from hatir.domains.quotes.rules import OUT, SHOWN, WAITING, whole_discount
from hatir.foundation.access.queries import visible
from hatir.foundation.files.models import StoredFile
from hatir.foundation.records.actor import Actor
from hatir.kit.document_amounts import DocumentAmounts, LineInput, document_amounts
from hatir.kit.formats_tr import format_money, format_short_date
from hatir.kit.money import round_money

PANEL_ROWS = 6
SIGNATURE = "-imza.png"
"""How the file of a signature ends."""
ZERO = Decimal(0)


def lines_of(actor: Actor, quote: Quote) -> list[QuoteLine]:
    """List the lines and sections of a quote in their order."""
    rows = visible(actor, QuoteLine).filter(quote=quote, archived_at=None).select_related("product")
    return list(rows.order_by("position", "id"))


def steps_of(quote: Quote) -> list[QuoteStep]:
    """List the way of a quote that the caller has found through the read door, newest first."""
    return list(QuoteStep.objects.filter(quote=quote).order_by("-id"))


def sightings_of(quote: Quote) -> list[Sighting]:
    """List on which days the customer looked, newest first."""
    return list(Sighting.objects.filter(quote=quote).order_by("-on")[:PANEL_ROWS])


def amounts_of(quote: Quote, counted: Sequence[QuoteLine]) -> DocumentAmounts:
    """Reckon all amounts of a quote from the lines that count. Raises DiscountTooLarge.

    From nothing nothing is taken off, so that a discount may be agreed before the first line.
    """
    inputs = [input_of(line) for line in counted]
    if not inputs:
        return document_amounts([], with_tax=quote.prices_include_tax)
    worth = ZERO
    if quote.discount_percent:
        plain = document_amounts(inputs, with_tax=quote.prices_include_tax)
        worth = plain.gross - plain.discount
    off = whole_discount(worth, quote.discount_percent, quote.discount_amount)
    return document_amounts(inputs, with_tax=quote.prices_include_tax, discount=off)


def input_of(line: QuoteLine) -> LineInput:
    """Give what is agreed for a line as the arithmetic takes it."""
    return LineInput(
        line.quantity,
        line.unit_price or ZERO,
        line.discount_percent or ZERO,
        line.tax_percent or ZERO,
        line.withholding_code,
        line.withholding_percent,
    )


def quotes_of(actor: Actor, customer: Any) -> list[Quote]:
    """List the newest quotes of a customer for the panel of its page."""
    return _panel(visible(actor, Quote).filter(customer=customer, archived_at=None))


def quotes_of_deal(actor: Actor, deal: Any) -> list[Quote]:
    """List the newest quotes of a deal for the panel of its page."""
    return _panel(visible(actor, Quote).filter(deal=deal, archived_at=None))


def _panel(rows: Any) -> list[Quote]:
    found = list(rows.order_by("-id")[:PANEL_ROWS])
    for quote in found:
        quote.panel_note = format_short_date(quote.quoted_on)
        quote.panel_note_right = str(quote.get_status_display())
        quote.panel_value = format_money(quote.total, quote.currency)
    return found


def signature_of(quote: Quote) -> StoredFile | None:
    """Find the picture of the signature on an accepted quote."""
    rows = StoredFile.objects.filter(about_type="quotes.quote", about_id=quote.pk, mime="image/png")
    return rows.filter(name__endswith=SIGNATURE).order_by("-id").first()


def successor_of(quote: Quote) -> Quote | None:
    """Find the newest version of a replaced quote that the customer may see; None when there is none."""
    rows = Quote.objects.filter(base_number=quote.base_number, revision__gt=quote.revision, archived_at=None)
    newest: Quote | None = rows.filter(status__in=SHOWN).order_by("-revision").first()
    return newest


def versions_of(actor: Actor, quote: Quote) -> list[Quote]:
    """List all versions of a quote, newest first."""
    return list(visible(actor, Quote).filter(base_number=quote.base_number).order_by("-revision"))


# --- what the catalogue says by now ----------------------------------------------------------------


@dataclass(frozen=True)
class PriceNow:
    """What the catalogue says of a line that stands in a quote with another price."""

    line: QuoteLine
    price: Price


def prices_now(quote: Quote, lines: Sequence[QuoteLine], on: date) -> list[PriceNow]:
    """List the lines whose product costs something else by now than when they were written.

    A product that has no price any more, or a currency without a rate, says nothing here.
    """
    asked = [line for line in lines if line.kind == ITEM and line.product is not None and line.listed_price is not None]
    found = []
    try:
        prices = prices_of(
            [Asked(line.product, line.quantity) for line in asked if line.product is not None],
            on=on,
            customer_id=quote.customer_id,
            currency=quote.currency,
            with_tax=quote.prices_include_tax,
        )
    except (NoPrice, NoRate):
        return []
    for line, price in zip(asked, prices, strict=True):
        if price.amount != line.listed_price:
            found.append(PriceNow(line, price))
    return found


# --- approvals ---------------------------------------------------------------------------------------


def open_approval(quote: Quote) -> Approval | None:
    """Find what is asked about a quote that the caller has found through the read door."""
    return Approval.objects.filter(quote=quote, state=ASKED).select_related("asked_by").first()


def last_refusal(quote: Quote) -> Approval | None:
    """Find the last decision about a quote."""
    return (
        Approval.objects.filter(quote=quote).exclude(state=ASKED).select_related("decided_by").order_by("-id").first()
    )


def waiting_for(actor: Actor, most: int) -> list[tuple[Quote, Approval]]:
    """List the oldest quotes that wait for an approval and that the actor sees."""
    rows = visible(actor, Quote).filter(status=WAITING, archived_at=None).order_by("id")[:most]
    quotes = {quote.pk: quote for quote in rows}
    asked = Approval.objects.filter(quote__in=list(quotes), state=ASKED).select_related("asked_by").order_by("id")
    return [(quotes[one.quote_id], one) for one in asked]


# --- the customer's way ------------------------------------------------------------------------------


def quote_of_token(token: str) -> Quote | None:
    """Find the quote of a link that holds, whatever its status; None for a wrong or revoked one."""
    if not token.isascii() or not token.isprintable():
        return None
    rows = QuoteLink.objects.filter(token=token, revoked_at=None, quote__archived_at=None, quote__status__in=SHOWN)
    link = rows.select_related("quote__customer", "quote__owner", "quote__contact", "quote__order").first()
    return link.quote if link is not None else None


def link_of(quote: Quote) -> QuoteLink | None:
    """Find the link of a quote that holds."""
    return QuoteLink.objects.filter(quote=quote, revoked_at=None).order_by("-id").first()


def path_of_link(link: QuoteLink) -> str:
    """Give the address of the customer's page on this machine."""
    return f"/q/{link.token}/"


# --- by the clock ------------------------------------------------------------------------------------


def run_out(on: date, most: int) -> list[int]:
    """Name quotes that the customer has and whose last day is over."""
    rows = Quote.objects.filter(status__in=OUT, valid_until__lt=on, archived_at=None)
    return list(rows.order_by("valid_until", "id").values_list("pk", flat=True)[:most])


def unanswered(at: datetime, days: int, most: int, after: int = 0) -> list[Quote]:
    """List quotes that were sent so many days ago or earlier and have no answer, by id."""
    rows = Quote.objects.filter(status__in=OUT, sent_at__lte=at - timedelta(days=days), archived_at=None, pk__gt=after)
    return list(rows.select_related("customer", "owner").order_by("pk")[:most])


def worth_in_lira(quote: Quote) -> Decimal:
    """Give the total of a quote in lira, at its own rate."""
    return round_money(quote.total * quote.rate)
