"""Orders come into being here, with number, prices and amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.catalog.models import Product
from hatir.domains.catalog.queries import Asked, Price, prices_of, rate_on
from hatir.domains.commerce.actions.moving import write_steps
from hatir.domains.commerce.actions.reckoning import put_amounts, reckon_orders, settle
from hatir.domains.commerce.events import OrderPlaced
from hatir.domains.commerce.models import Order, OrderLine
from hatir.domains.commerce.preferences import ORDERS
from hatir.domains.commerce.rules import CONFIRMED, DELIVERED, may_follow
from hatir.domains.customers.models import Customer
from hatir.foundation.events.bus import publish
from hatir.foundation.numbering.actions import take_numbers
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all

ONE, ZERO = Decimal(1), Decimal(0)


@dataclass(frozen=True)
class NewLine:
    """A line to be ordered. What is None is taken from the catalogue on the day of the order."""

    product: Product | None = None
    quantity: Decimal = ONE
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    tax_percent: Decimal | None = None
    name: str = ""
    unit: str = ""
    withholding_code: str = ""
    withholding_percent: Decimal = ZERO
    list_name: str = ""


def place_order(
    *,
    actor: Actor,
    customer: Customer,
    lines: Sequence[NewLine],
    on: date | None = None,
    status: str = CONFIRMED,
    **values: Any,
) -> Order:
    """Place an order with its lines in one transaction; what sales calls for a won deal or an accepted quote.

    `values` are further fields of the order (channel, currency, prices_include_tax, discount_amount, promised_on,
    reference, note, owner, team …). Raises Invalid, NoPrice or NoRate; nothing is stored then.
    """
    if not lines:
        raise Invalid({"lines": [_("An order needs at least one line.")]})
    with transaction.atomic():
        row = {"customer": customer.pk, "ordered_on": on or timezone.localdate(), "status": status, **values}
        order = create_orders([row], actor=actor)[0]
        records = [_line(order, at, line) for at, line in enumerate(_priced(order, lines), start=1)]
        settle(records)
        put_amounts(order, records)
        writing.save_many(records, actor=actor)
        reckon_orders([order.pk])
        publish(
            OrderPlaced(
                about=(RecordRef("commerce.order", order.pk), RecordRef("customers.customer", customer.pk)),
                number=order.number,
                total=str(order.total),
                currency=order.currency,
                channel=order.channel,
            ),
            actor=actor,
        )
    return order


def create_orders(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Order]:
    """Create orders from cleaned values; each without a number gets the next one of the series.

    Raises Invalid, or NoRate for a currency without an exchange rate on the day of the order.
    """
    rt = type_of_model(Order)
    with transaction.atomic():
        records = []
        for row in rows:
            record: Order = blank(rt)
            put_all(rt, record, row)
            record.rate = rate_on(record.currency, record.ordered_on).quantize(Decimal("0.000001"))
            _keep_promise(record)
            records.append(record)
        _number(records)
        writing.save_many(records, actor=actor)
        write_steps([(record, "", record.status) for record in records], actor=actor)
    return records


def update_orders(
    pairs: Sequence[tuple[Order, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Order]:
    """Change orders; a status only along the declared transitions. See `writing.save_many` for the errors."""
    rt = type_of_model(Order)
    moved, wrong = [], {}
    for at, (record, values) in enumerate(pairs):
        before, currency, day = record.status, record.currency, record.ordered_on
        put_all(rt, record, values)
        record.number = record.number or _held_number(record)
        if record.status != before:
            moved.append((record, before, record.status))
            if not may_follow(before, record.status):
                wrong[at] = {"status": [_not_that_way(record, before)]}
        if (record.currency, record.ordered_on) != (currency, day):
            record.rate = rate_on(record.currency, record.ordered_on)
        _keep_promise(record)
    if wrong:
        raise Invalid(rows=wrong)
    records = [record for record, _values in pairs]
    with transaction.atomic():
        writing.save_many(records, actor=actor, expected_version=expected_version)
        write_steps(moved, actor=actor)
        reckon_orders([record.pk for record in records])
    return records


def _held_number(record: Order) -> str:
    """Give the number that an order has: it is never taken away."""
    return Order.objects.values_list("number", flat=True).get(pk=record.pk)


def _not_that_way(record: Order, before: str) -> str:
    labels = dict(Order._meta.get_field("status").flatchoices)
    return _("An order that is “%(before)s” cannot become “%(status)s”.") % {
        "before": labels[before],
        "status": labels[record.status],
    }


def _keep_promise(record: Order) -> None:
    """Say whether what was promised was kept, as soon as it is known."""
    if record.status == DELIVERED and record.delivered_on is None:
        record.delivered_on = timezone.localdate()
    known = record.promised_on is not None and record.delivered_on is not None
    record.is_promise_kept = record.delivered_on <= record.promised_on if known else None  # type: ignore[operator]


def _number(records: Sequence[Order]) -> None:
    """Give numbers to those that have none, by the day of the order; numbers that came with a file are left out."""
    for day in sorted({record.ordered_on for record in records if not record.number}):
        waiting = [record for record in records if not record.number and record.ordered_on == day]
        while waiting:
            numbers = take_numbers(ORDERS, len(waiting), on=day)
            taken = set(Order.objects.filter(number__in=numbers).values_list("number", flat=True))
            free = [number for number in numbers if number not in taken]
            for record, number in zip(waiting, free, strict=False):
                record.number = number
            waiting = waiting[len(free) :]


def _priced(order: Order, lines: Sequence[NewLine]) -> list[NewLine]:
    """Fill in what the catalogue knows; lines whose price was said keep it."""
    products = [line.product for line in lines if line.product is not None]
    asked = [Asked(line.product, line.quantity) for line in lines if line.product is not None and _asks(line)]
    found = prices_of(
        asked,
        on=order.ordered_on,
        customer_id=order.customer_id,
        channel=order.channel,
        currency=order.currency,
        with_tax=order.prices_include_tax,
    ) if products else []  # fmt: skip
    prices = iter(found)
    return [_filled(line, next(prices)) if line.product is not None and _asks(line) else line for line in lines]


def _asks(line: NewLine) -> bool:
    return line.unit_price is None or line.tax_percent is None


def _filled(line: NewLine, price: Price) -> NewLine:
    own = line.unit_price is not None
    off = line.discount_percent
    if off is None:
        off = ZERO if own else price.discount_percent
    return replace(
        line,
        unit_price=line.unit_price if own else price.amount,
        discount_percent=off,
        tax_percent=price.tax_percent if line.tax_percent is None else line.tax_percent,
        unit=line.unit or price.unit_name,
        withholding_code=line.withholding_code or price.withholding_code,
        withholding_percent=line.withholding_percent or price.withholding_percent,
        list_name=line.list_name or ("" if own else price.list_name or price.discount_name),
    )


def _line(order: Order, position: int, line: NewLine) -> OrderLine:
    return OrderLine(
        order=order,
        position=position,
        product=line.product,
        name=(line.name or (line.product.name if line.product else ""))[:200],
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price or ZERO,
        discount_percent=line.discount_percent or ZERO,
        tax_percent=line.tax_percent or ZERO,
        withholding_code=line.withholding_code,
        withholding_percent=line.withholding_percent,
        list_name=line.list_name[:120],
    )
