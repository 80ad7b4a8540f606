"""Lines of orders, one by one or by the thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hatir.domains.catalog.models import Product
from hatir.domains.catalog.queries import (
    Asked,
    NoPrice,
    prices_of,
    products_called,
    tax_percents,
    whole_products,
)
from hatir.domains.commerce.actions.reckoning import by_order, put_amounts, reckon_orders, settle
from hatir.domains.commerce.models import Order, OrderLine
from hatir.domains.commerce.rules import OPEN, SENT
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.text_tr import fold

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
        _find_products(records, actor)
        _fill_in(records, orders)
        _place(records, orders)
        _reckon_first(records, orders)
        writing.save_many(records, actor=actor)
        reckon_orders(orders)
    return records


def _reckon_first(records: Sequence[OrderLine], orders: Mapping[int, Order]) -> None:
    """Reckon the lines of orders that have none yet before they are stored, so that they are written once."""
    for order_id, lines in by_order(records).items():
        if not orders[order_id].line_count:
            put_amounts(copy(orders[order_id]), lines)


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


def _find_products(records: Sequence[OrderLine], actor: Actor) -> None:
    """Let lines of a file lead to the product that they name; a name that nothing has stays words."""
    loose = [record for record in records if record.product_id is None and record.name]
    if actor.kind != "import" or not loose:
        return
    found = products_called({record.name for record in loose})
    for record in loose:
        record.product_id = found.get(fold(record.name))


def _fill_in(records: Sequence[OrderLine], orders: Mapping[int, Order]) -> None:
    """Take name, price and taxes that a line does not say from the catalogue."""
    waiting = [record for record in records if record.product_id and _lacks(record)]
    products = whole_products({record.product_id for record in waiting if record.product_id})
    _price([record for record in waiting if record.unit_price is None], orders, products)
    percents: dict[date, Mapping[int, Decimal]] = {}
    for line in waiting:
        day = orders[line.order_id].ordered_on
        if day not in percents:
            percents[day] = tax_percents(day)
        _describe(line, products[line.product_id or 0], percents[day])
    settle(records)


def _price(lines: Sequence[OrderLine], orders: Mapping[int, Order], products: Mapping[int, Product]) -> None:
    for order_id, priced in by_order(lines).items():
        order = orders[order_id]
        asked = [Asked(products[line.product_id], line.quantity) for line in priced if line.product_id]
        try:
            prices = prices_of(
                asked, on=order.ordered_on, customer_id=order.customer_id, channel=order.channel,
                currency=order.currency, with_tax=order.prices_include_tax,
            )  # fmt: skip
        except NoPrice as none:
            raise Invalid({"unit_price": [str(none)]}) from none
        for line, price in zip(priced, prices, strict=True):
            line.unit_price, line.list_name = price.amount, price.list_name or price.discount_name
            if line.discount_percent is None:
                line.discount_percent = price.discount_percent


def _describe(line: OrderLine, product: Product, percents: Mapping[int, Decimal]) -> None:
    """Write on a line what its product is called and taxed with on the day."""
    line.name = line.name or product.name[:200]
    line.unit = line.unit or (product.unit.name if product.unit else "")
    if line.tax_percent is None:
        line.tax_percent = percents.get(product.tax_id or 0, ZERO)
    if not line.withholding_code and product.withholding is not None:
        line.withholding_code, line.withholding_percent = product.withholding.code, product.withholding.percent


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
