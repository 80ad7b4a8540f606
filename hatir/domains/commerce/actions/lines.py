"""Lines of orders, one by one or by the thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hatir.domains.catalog.models import Product
from hatir.domains.catalog.queries import Asked, NoPrice, prices_of
from hatir.domains.commerce.actions.reckoning import by_order, reckon_orders, settle
from hatir.domains.commerce.models import Order, OrderLine
from hatir.domains.commerce.rules import OPEN, SENT
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all

ZERO = Decimal(0)
Wrong = dict[int, dict[str, list[str]]]


def create_order_lines(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[OrderLine]:
    """Add lines to orders and reckon the orders anew; what a line does not say the catalogue fills in.

    A person may add lines while the order is open; an import brings whole histories, so its lines go onto any
    order, and count as shipped where the order says so. Raises Invalid with the row's position.
    """
    rt = type_of_model(OrderLine)
    records = []
    for row in rows:
        record: OrderLine = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    with transaction.atomic():
        orders = _orders_of(records)
        _judge(records, orders, actor)
        _fill_in(records, orders)
        _place(records, orders)
        writing.save_many(records, actor=actor)
        reckon_orders(orders)
    return records


def update_order_lines(
    pairs: Sequence[tuple[OrderLine, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[OrderLine]:
    """Change lines and reckon their orders anew. See `writing.save_many` for the errors."""
    rt = type_of_model(OrderLine)
    records = [record for record, _values in pairs]
    before = {record.order_id for record in records}
    for record, values in pairs:
        put_all(rt, record, values)
    with transaction.atomic():
        orders = _orders_of(records)
        _judge(records, orders, actor)
        _fill_in(records, orders)
        writing.save_many(records, actor=actor, expected_version=expected_version)
        reckon_orders({*orders, *before})
    return records


def remove_line(line: OrderLine, *, actor: Actor) -> None:
    """Take a line off an open order. Raises Invalid."""
    with transaction.atomic():
        _judge([line], _orders_of([line]), actor)
        writing.archive_many([line], actor=actor)
        reckon_orders([line.order_id])


def _orders_of(records: Sequence[OrderLine]) -> dict[int, Order]:
    return {order.pk: order for order in Order.objects.filter(pk__in={record.order_id for record in records})}


def _judge(records: Sequence[OrderLine], orders: Mapping[int, Order], actor: Actor) -> None:
    wrong: Wrong = {}
    for at, record in enumerate(records):
        order = orders.get(record.order_id)
        errors = {}
        if order is not None and order.status not in OPEN and actor.kind == "user":
            told = _("The lines of an order that is “%(status)s” stay as they are.")
            errors["order"] = [told % {"status": order.get_status_display()}]
        if record.product_id is None and not record.name:
            errors["product"] = [_("Choose a product or describe what is ordered.")]
        if record.quantity == 0:
            errors["quantity"] = [_("The quantity must not be nought.")]
        if not 0 <= (record.discount_percent or ZERO) <= 100:
            errors["discount_percent"] = [_("Give a per cent between 0 and 100.")]
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)


def _fill_in(records: Sequence[OrderLine], orders: Mapping[int, Order]) -> None:
    """Take name, price and taxes that a line does not say from the catalogue."""
    waiting = [record for record in records if record.product_id and _lacks(record)]
    names = Product.objects.in_bulk({record.product_id for record in waiting if record.product_id})
    for order_id, lines in by_order(waiting).items():
        order = orders[order_id]
        asked = [Asked(names[line.product_id], line.quantity) for line in lines if line.product_id]
        try:
            prices = prices_of(
                asked, on=order.ordered_on, customer_id=order.customer_id, channel=order.channel,
                currency=order.currency, with_tax=order.prices_include_tax,
            )  # fmt: skip
        except NoPrice as none:
            raise Invalid({"unit_price": [str(none)]}) from none
        for line, price in zip(lines, prices, strict=True):
            line.name = line.name or price_name(names, line)
            line.unit = line.unit or price.unit_name
            if line.unit_price is None:
                line.unit_price, line.list_name = price.amount, price.list_name or price.discount_name
                if line.discount_percent is None:
                    line.discount_percent = price.discount_percent
            line.tax_percent = price.tax_percent if line.tax_percent is None else line.tax_percent
            if not line.withholding_code:
                line.withholding_code, line.withholding_percent = price.withholding_code, price.withholding_percent
    settle(records)


def price_name(names: Mapping[int, Product], line: OrderLine) -> str:
    """Give the name under which a product stands on a line."""
    return names[line.product_id].name[:200] if line.product_id else ""


def _lacks(record: OrderLine) -> bool:
    return not record.name or record.unit_price is None or record.tax_percent is None


def _place(records: Sequence[OrderLine], orders: Mapping[int, Order]) -> None:
    """Put new lines behind those that are there, and say how far those of finished orders are."""
    counts = {pk: order.line_count for pk, order in orders.items()}
    for record in records:
        counts[record.order_id] = counts.get(record.order_id, 0) + 1
        record.position = record.position or counts[record.order_id]
        if orders[record.order_id].status in SENT:
            record.shipped_quantity = record.quantity
