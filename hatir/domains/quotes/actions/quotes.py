"""Quotes come into being and change here: number, defaults, rate of the day; what was sent stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.catalog.queries import rate_on
from hatir.domains.customers.models import Customer
from hatir.domains.quotes.actions.lines import create_quote_lines
from hatir.domains.quotes.actions.reckoning import reckon_quotes, settle
from hatir.domains.quotes.actions.steps import write_steps
from hatir.domains.quotes.models import Quote, QuoteLine
from hatir.domains.quotes.preferences import QUOTES, TERMS, VALID_DAYS
from hatir.domains.quotes.rules import DRAFT, ManyPrices, may_follow, repriced
from hatir.domains.sales.models import Deal
from hatir.domains.sales.queries import lines_of
from hatir.foundation.numbering.actions import take_numbers
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.records.snapshot import value_of as field_value

HUNDRED = Decimal(100)
RATE_PLACES = Decimal("0.000001")
FREE = frozenset({"owner", "team", "note", "deal", "external_id", "status"})
"""What may still change once a quote has left the desk: nothing that the customer reads."""
Wrong = dict[int, dict[str, list[str]]]


def create_quotes(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Quote]:
    """Create quotes from cleaned values; what is not said follows from the deal, the customer and the company.

    Raises Invalid, or NoRate for a currency without an exchange rate on the day of the quote.
    """
    rt = type_of_model(Quote)
    records: list[Quote] = []
    for row in rows:
        record: Quote = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    deals = Deal.objects.in_bulk({record.deal_id for record in records if record.deal_id})
    for record, row in zip(records, rows, strict=True):
        _follow_deal(record, row, deals.get(record.deal_id or 0))
    _follow_customer(records, rows)
    for record, row in zip(records, rows, strict=True):
        _follow_company(record, row, actor)
        record.rate = rate_on(record.currency, record.quoted_on).quantize(RATE_PLACES)
    _refuse(records)
    with transaction.atomic():
        _number(records)
        writing.save_many(records, actor=actor)
        write_steps([(record, "", record.status) for record in records], actor=actor)
        if actor.kind != "import":
            for record in records:
                _copy_lines(record, deals.get(record.deal_id or 0), actor)
    return records


def update_quotes(
    pairs: Sequence[tuple[Quote, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Quote]:
    """Change quotes; of one that has left the desk only what the customer never reads.

    A draft whose currency or way of prices changes has its lines priced anew. See `writing.save_many` for the errors.
    """
    rt = type_of_model(Quote)
    moved: list[tuple[Quote, str, str]] = []
    before = []
    wrong: Wrong = {}
    for at, (record, values) in enumerate(pairs):
        status, was = record.status, (record.currency, record.prices_include_tax, record.rate, record.quoted_on)
        wrong |= _sealed(rt, record, values, at)
        number = record.number
        put_all(rt, record, values)
        record.number = record.number or number
        if record.status != status:
            moved.append((record, status, record.status))
            if actor.kind != "import" and not (actor.is_system and may_follow(status, record.status)):
                wrong[at] = {"status": [_("The status of a quote changes through its own buttons.")]}
        before.append(was)
        if (record.currency, record.quoted_on) != (was[0], was[3]):
            record.rate = rate_on(record.currency, record.quoted_on).quantize(RATE_PLACES)
    if wrong:
        raise Invalid(rows=wrong)
    records = [record for record, _values in pairs]
    _refuse(records)
    with transaction.atomic():
        writing.save_many(records, actor=actor, expected_version=expected_version)
        for record, was in zip(records, before, strict=True):
            _reprice(record, ManyPrices(was[2], record.rate, was[1], record.prices_include_tax), was[0], actor)
        write_steps(moved, actor=actor)
        reckon_quotes([record.pk for record in records])
    return records


def _sealed(rt: Any, record: Quote, values: Mapping[str, Any], at: int) -> Wrong:
    if record.status == DRAFT:
        return {}
    specs = fields_of(rt)
    changed = [
        name
        for name, value in values.items()
        if name in specs and name not in FREE and field_value(specs[name], record) != value
    ]
    if not changed:
        return {}
    told = _("A quote that is “%(status)s” stays as it is. Make a new version of it.")
    return {at: {changed[0]: [told % {"status": record.get_status_display()}]}}


def _follow_deal(record: Quote, row: Mapping[str, Any], deal: Deal | None) -> None:
    if deal is None:
        return
    if not record.customer_id and deal.customer_id:
        record.customer_id = deal.customer_id
    if "currency" not in row:
        record.currency = deal.currency
    if record.owner_id is None:
        record.owner_id, record.team_id = deal.owner_id, record.team_id or deal.team_id
    record.title = record.title or deal.name


def _copy_lines(record: Quote, deal: Deal | None, actor: Actor) -> None:
    """Take the lines of a deal over; its prices are without KDV and become as the quote's are."""
    if deal is None or not deal.line_count or deal.currency != record.currency:
        return
    rows = [
        {
            "quote": record.pk, "product": line.product_id, "name": line.name, "unit": line.unit,
            "quantity": line.quantity, "unit_price": line.unit_price or Decimal(0),
            "discount_percent": line.discount_percent or Decimal(0),
        }
        for line in lines_of(actor, deal)
    ]  # fmt: skip
    lines = create_quote_lines(rows, actor=actor) if rows else []
    if record.prices_include_tax and lines:
        change = ManyPrices(Decimal(1), Decimal(1), was_with_tax=False, with_tax=True)
        for line in lines:
            line.unit_price = repriced(line.unit_price or Decimal(0), line.tax_percent or Decimal(0), change)
        settle(lines)
        writing.save_many(lines, actor=actor)
        reckon_quotes([record.pk])
    record.refresh_from_db()


def _follow_customer(records: Sequence[Quote], rows: Sequence[Mapping[str, Any]]) -> None:
    ids = {record.customer_id for record in records if record.customer_id}
    languages = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "language"))
    for record, row in zip(records, rows, strict=True):
        if not row.get("language"):
            spoken = languages.get(record.customer_id) or ""
            record.language = "tr" if spoken in ("", "tr") else "en"


def _follow_company(record: Quote, row: Mapping[str, Any], actor: Actor) -> None:
    """Fill in the company's own habits; a form that a person left empty says nothing, a file's empty cell does."""
    silent = actor.kind == "user"
    if record.deal_id is None and "currency" not in row:
        record.currency = str(value_of("company.currency"))
    if record.valid_until is None and (silent or "valid_until" not in row):
        record.valid_until = record.quoted_on + timedelta(days=int(value_of(VALID_DAYS.key)))
    if not record.terms and (silent or "terms" not in row):
        record.terms = str(value_of(TERMS.key) or "")
    if record.status != DRAFT and record.sent_at is None:
        record.sent_at = timezone.now()


def _refuse(records: Sequence[Quote]) -> None:
    wrong: Wrong = {}
    for at, record in enumerate(records):
        errors = {}
        if not record.customer_id:
            errors["customer"] = [_("Choose a customer, or a deal with a customer.")]
        if record.valid_until is not None and record.valid_until < record.quoted_on:
            errors["valid_until"] = [_("This is before the date of the quote.")]
        if record.promised_on is not None and record.promised_on < record.quoted_on:
            errors["promised_on"] = [_("This is before the date of the quote.")]
        if not 0 <= record.discount_percent <= HUNDRED:
            errors["discount_percent"] = [_("Give a per cent between 0 and 100.")]
        if record.discount_amount < 0:
            errors["discount_amount"] = [_("This cannot be less than nought.")]
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


def _number(records: Sequence[Quote]) -> None:
    """Give numbers to those that have none, by the day of the quote; numbers that came with a file are left out."""
    for day in sorted({record.quoted_on for record in records if not record.number}):
        waiting = [record for record in records if not record.number and record.quoted_on == day]
        while waiting:
            numbers = take_numbers(QUOTES, len(waiting), on=day)
            taken = set(Quote.objects.filter(number__in=numbers).values_list("number", flat=True))
            free = [number for number in numbers if number not in taken]
            for record, number in zip(waiting, free, strict=False):
                record.number = number
            waiting = waiting[len(free) :]
    for record in records:
        record.base_number = record.base_number or record.number


def _reprice(record: Quote, change: ManyPrices, currency: str, actor: Actor) -> None:
    """Change what lines cost into the quote's new currency or way of prices; nothing where both stayed."""
    same = currency == record.currency and change.was_with_tax == change.with_tax
    if same or record.status != DRAFT:
        return
    if currency == record.currency:
        change = ManyPrices(Decimal(1), Decimal(1), change.was_with_tax, change.with_tax)
    lines = list(QuoteLine.objects.filter(quote=record, archived_at=None))
    for line in lines:
        percent = line.tax_percent or Decimal(0)
        line.unit_price = repriced(line.unit_price or Decimal(0), percent, change)
        line.listed_price = None if line.listed_price is None else repriced(line.listed_price, percent, change)
    settle(lines)
    writing.save_many(lines, actor=actor)
