"""Lines of quotes: one by one, by the thousand, or as the whole sheet that a person typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.catalog.models import Product
from hatir.domains.catalog.queries import Asked, NoPrice, Price, prices_of
from hatir.domains.quotes.actions.reckoning import by_quote, reckon_quotes, settle
from hatir.domains.quotes.models import ITEM, Quote, QuoteLine
from hatir.domains.quotes.queries.quotes import prices_now
from hatir.domains.quotes.rules import DRAFT
from hatir.foundation.access.queries import get_for, visible
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all

ZERO = Decimal(0)
Wrong = dict[int, dict[str, list[str]]]


def create_quote_lines(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[QuoteLine]:
    """Add lines to quotes and reckon these anew; what a line does not say the catalogue fills in.

    Lines of a quote that left the desk stay as they are; an import brings whole histories. Raises Invalid with the
    row's position, or NoRate.
    """
    rt = type_of_model(QuoteLine)
    records = []
    for row in rows:
        record: QuoteLine = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    with transaction.atomic():
        quotes = _quotes_of(records)
        _judge(records, quotes, actor)
        _fill_in(records, quotes)
        _place(records, quotes)
        writing.save_many(records, actor=actor)
        reckon_quotes(quotes)
    return records


def update_quote_lines(
    pairs: Sequence[tuple[QuoteLine, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[QuoteLine]:
    """Change lines and reckon their quotes anew. See `writing.save_many` for the errors."""
    rt = type_of_model(QuoteLine)
    records = [record for record, _values in pairs]
    before = {record.quote_id for record in records}
    held = {record.pk: record.product_id for record in records}
    for record, values in pairs:
        put_all(rt, record, values)
        if record.product_id != held[record.pk]:
            record.listed_price, record.list_name = None, ""
    with transaction.atomic():
        quotes = _quotes_of(records)
        _judge(records, {**quotes, **Quote.objects.in_bulk(before)}, actor)
        _fill_in(records, quotes)
        writing.save_many(records, actor=actor, expected_version=expected_version)
        reckon_quotes({*quotes, *before})
    return records


def remove_lines(lines: Sequence[QuoteLine], *, actor: Actor) -> None:
    """Take lines off a draft. Raises Invalid."""
    if not lines:
        return
    with transaction.atomic():
        quotes = _quotes_of(lines)
        _judge(lines, quotes, actor)
        writing.archive_many(lines, actor=actor)
        reckon_quotes(quotes)


def take_over_prices(quote: Quote, *, actor: Actor, line_ids: Collection[int] | None = None) -> int:
    """Give lines of a draft the price that the catalogue says now; give how many changed. Raises Invalid."""
    with transaction.atomic():
        get_for(actor, Quote, quote.pk, "edit")
        rows = visible(actor, QuoteLine).filter(quote=quote, archived_at=None).select_related("product")
        lines = [line for line in rows if line_ids is None or line.pk in line_ids]
        found = prices_now(quote, lines, timezone.localdate())
        _judge([one.line for one in found], _quotes_of([one.line for one in found]), actor)
        for one in found:
            _take(one.line, one.price)
        settle([one.line for one in found])
        writing.save_many([one.line for one in found], actor=actor)
        reckon_quotes([quote.pk])
    return len(found)


# --- the sheet ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetRow:
    """One row as it was typed: `line_id` of a line that is there, `values` by field name; `is_removed` takes it off."""

    line_id: int | None = None
    version: int | None = None
    is_removed: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


def save_sheet(quote: Quote, rows: Sequence[SheetRow], *, actor: Actor) -> int:
    """Store a whole sheet of lines: all or nothing; give how many lines the quote has.

    Raises Invalid with the row's place in the sheet, also for a line that somebody else changed or removed meanwhile.
    """
    with transaction.atomic():
        get_for(actor, Quote, quote.pk, "edit")
        held = {line.pk: line for line in visible(actor, QuoteLine).filter(quote=quote, archived_at=None)}
        gone = {
            at: {"": [_("Somebody else changed this line meanwhile; look at it again.")]}
            for at, row in enumerate(rows)
            if row.line_id is not None and (row.line_id not in held or held[row.line_id].version != row.version)
        }
        if gone:
            raise Invalid(rows=gone)
        remove_lines([held[row.line_id] for row in rows if row.line_id and row.is_removed], actor=actor)
        known = [(at, row) for at, row in enumerate(rows) if row.line_id and not row.is_removed]
        fresh = [(at, row) for at, row in enumerate(rows) if not row.line_id and not row.is_removed]
        _in_places(known, lambda: update_quote_lines(
            [(held[row.line_id], row.values) for _at, row in known if row.line_id], actor=actor))  # fmt: skip
        _in_places(fresh, lambda: create_quote_lines(
            [{"quote": quote.pk, **row.values} for _at, row in fresh], actor=actor))  # fmt: skip
        return int(Quote.objects.values_list("line_count", flat=True).get(pk=quote.pk))


def _in_places(rows: Sequence[tuple[int, SheetRow]], do: Any) -> None:
    """Do something with some rows of a sheet, so that errors name their places in the sheet."""
    if not rows:
        return
    try:
        do()
    except Invalid as wrong:
        if not wrong.rows:
            raise
        raise Invalid(rows={rows[at][0]: errors for at, errors in wrong.rows.items()}) from None


# --- what every line goes through --------------------------------------------------------------------


def _quotes_of(records: Sequence[QuoteLine]) -> dict[int, Quote]:
    return {quote.pk: quote for quote in Quote.objects.filter(pk__in={record.quote_id for record in records})}


def _judge(records: Sequence[QuoteLine], quotes: Mapping[int, Quote], actor: Actor) -> None:
    wrong: Wrong = {}
    for at, record in enumerate(records):
        quote = quotes.get(record.quote_id)
        errors = {}
        if quote is not None and quote.status != DRAFT and actor.kind != "import":
            told = _("The lines of a quote that is “%(status)s” stay as they are.")
            errors["quote"] = [told % {"status": quote.get_status_display()}]
        errors |= _problems(record)
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


def _problems(record: QuoteLine) -> dict[str, list[str]]:
    if record.kind != ITEM:
        return {} if record.name else {"name": [_("Write the heading.")]}
    errors = {}
    if record.product_id is None and not record.name:
        errors["product"] = [_("Choose a product or describe what is offered.")]
    elif record.product_id is None and record.unit_price is None:
        errors["unit_price"] = [_("Write the price: this is no product of the catalogue.")]
    if record.quantity <= 0:
        errors["quantity"] = [_("The quantity must be more than nought.")]
    if record.unit_price is not None and record.unit_price < 0:
        errors["unit_price"] = [_("This cannot be less than nought.")]
    for name in ("discount_percent", "tax_percent"):
        if not 0 <= (getattr(record, name) or ZERO) <= 100:
            errors[name] = [_("Give a per cent between 0 and 100.")]
    return errors


def _fill_in(records: Sequence[QuoteLine], quotes: Mapping[int, Quote]) -> None:
    """Take name, price and taxes that a line does not say from the catalogue, and what it says of the price."""
    waiting = [record for record in records if record.kind == ITEM and record.product_id and _lacks(record)]
    products = Product.objects.in_bulk({record.product_id for record in waiting if record.product_id})
    for quote_id, lines in by_quote(waiting).items():
        prices = _prices(quotes[quote_id], lines, products)
        for line, price in zip(lines, prices, strict=True):
            line.name = line.name or products[line.product_id].name[:200]
            if price is not None:
                _fill(line, price)
    settle(records)


def _prices(quote: Quote, lines: Sequence[QuoteLine], products: Mapping[int, Product]) -> list[Price | None]:
    """Find prices, all at once; where a product has none, only lines that say their own price pass. Raises Invalid."""

    def find(some: Sequence[QuoteLine]) -> list[Price]:
        return prices_of(
            [Asked(products[line.product_id], line.quantity) for line in some if line.product_id],
            on=quote.quoted_on,
            customer_id=quote.customer_id,
            currency=quote.currency,
            with_tax=quote.prices_include_tax,
        )

    try:
        return list(find(lines))
    except NoPrice:
        found: list[Price | None] = []
    for line in lines:
        try:
            found += find([line])
        except NoPrice as none:
            if line.unit_price is None:
                raise Invalid({"unit_price": [str(none)]}) from none
            found.append(None)
    return found


def _fill(line: QuoteLine, price: Price) -> None:
    line.unit = line.unit or price.unit_name
    line.listed_price = price.amount if line.listed_price is None else line.listed_price
    if line.unit_price is None:
        _take(line, price)
    line.tax_percent = price.tax_percent if line.tax_percent is None else line.tax_percent
    if not line.withholding_code:
        line.withholding_code, line.withholding_percent = price.withholding_code, price.withholding_percent


def _take(line: QuoteLine, price: Price) -> None:
    """Give a line the price of the catalogue; a discount that somebody wrote stays."""
    line.unit_price = line.listed_price = price.amount
    line.list_name = (price.list_name or price.discount_name)[:120]
    if line.discount_percent is None:
        line.discount_percent = price.discount_percent


def _lacks(record: QuoteLine) -> bool:
    return not record.name or None in (record.unit_price, record.tax_percent, record.listed_price)


def _place(records: Sequence[QuoteLine], quotes: Mapping[int, Quote]) -> None:
    """Put new lines behind those that are there."""
    rows = QuoteLine.objects.filter(quote__in=quotes, archived_at=None).order_by("position")
    last = dict(rows.values_list("quote_id", "position"))
    for record in records:
        record.position = record.position or last.get(record.quote_id, 0) + 1
        last[record.quote_id] = max(last.get(record.quote_id, 0), record.position)
