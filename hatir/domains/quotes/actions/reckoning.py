"""Amounts that follow from lines: written without version and audit, because nobody decided them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter

from django.utils.translation import gettext as _

from hatir.domains.quotes.models import ITEM, Quote, QuoteLine
from hatir.domains.quotes.queries.quotes import amounts_of, input_of
from hatir.foundation.records import bulk
from hatir.foundation.records.errors import Invalid
from hatir.kit.document_amounts import DiscountTooLarge, LineAmounts, document_amounts

HELD = {"quantity": 4, "unit_price": 4, "discount_percent": 2, "tax_percent": 2, "withholding_percent": 2}
"""Decimals that the table keeps: what is written is what is read again, so that undo finds it unchanged."""
OF_LINE = ("gross", "net", "tax", "total")
OF_QUOTE = ("gross", "discount", "net", "tax", "total", "withheld", "payable", "line_count")


def reckon_quotes(quote_ids: Collection[int]) -> None:
    """Reckon all amounts of quotes anew from their stored lines. Raises Invalid for too large a discount."""
    quotes = {quote.pk: quote for quote in Quote.objects.filter(pk__in=quote_ids)}
    lines: dict[int, list[QuoteLine]] = {pk: [] for pk in quotes}
    rows = QuoteLine.objects.filter(quote__in=quotes, archived_at=None).order_by("position", "id")
    for line in bulk.read(rows):
        lines[line.quote_id].append(line)
    changed_lines: list[QuoteLine] = []
    changed: list[Quote] = []
    for pk, quote in quotes.items():
        before = {line.pk: _values(line, OF_LINE) for line in lines[pk]}, _values(quote, OF_QUOTE)
        put_amounts(quote, lines[pk])
        changed_lines += [line for line in lines[pk] if _values(line, OF_LINE) != before[0][line.pk]]
        if _values(quote, OF_QUOTE) != before[1]:
            changed.append(quote)
    if changed_lines:
        bulk.update_rows(QuoteLine, OF_LINE, map(attrgetter(*OF_LINE, "pk"), changed_lines))
    if changed:
        bulk.update_rows(Quote, OF_QUOTE, map(attrgetter(*OF_QUOTE, "pk"), changed))


def put_amounts(quote: Quote, lines: Sequence[QuoteLine]) -> None:
    """Put what follows onto a quote and its lines, in memory. Raises Invalid for too large a discount.

    An optional line that is not chosen has the amounts it would have alone; the quote's are without it.
    """
    counted = [line for line in lines if line.counts]
    try:
        found = amounts_of(quote, counted)
    except DiscountTooLarge:
        raise Invalid({"discount_amount": [_("The discount is more than the lines are worth.")]}) from None
    for line, amounts in zip(counted, found.lines, strict=True):
        _put(line, amounts)
    for line in lines:
        if line.kind == ITEM and not line.counts:
            _put(line, document_amounts([input_of(line)], with_tax=quote.prices_include_tax).lines[0])
    quote.gross, quote.discount, quote.net, quote.tax = found.gross, found.discount, found.net, found.tax
    quote.total, quote.withheld, quote.payable = found.total, found.withheld, found.payable
    quote.line_count = sum(line.kind == ITEM for line in lines)


def _put(line: QuoteLine, amounts: LineAmounts) -> None:
    line.gross, line.net, line.tax, line.total = amounts.gross, amounts.net, amounts.tax, amounts.total


def settle(lines: Sequence[QuoteLine]) -> None:
    """Give the numbers of lines the decimals that the table keeps, half-up; what is not said is nought."""
    for line in lines:
        for name, places in HELD.items():
            value = getattr(line, name)
            settled = (Decimal(0) if value is None else value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            setattr(line, name, settled)


def by_quote(lines: Sequence[QuoteLine]) -> Mapping[int, list[QuoteLine]]:
    """Put lines together that belong to one quote."""
    found: dict[int, list[QuoteLine]] = {}
    for line in lines:
        found.setdefault(line.quote_id, []).append(line)
    return found


def _values(record: Quote | QuoteLine, names: Sequence[str]) -> tuple[object, ...]:
    values: tuple[object, ...] = attrgetter(*names)(record)
    return values
