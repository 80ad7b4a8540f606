"""Amounts that follow from lines: written without version and audit, because nobody decided them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter

from django.utils.translation import gettext as _

from hatir.domains.commerce.models import Order, OrderLine
from hatir.domains.commerce.queries import amounts_of
from hatir.foundation.records import bulk
from hatir.foundation.records.errors import Invalid
from hatir.kit.document_amounts import DiscountTooLarge, DocumentAmounts

HELD = {"quantity": 4, "unit_price": 4, "discount_percent": 2, "tax_percent": 2, "withholding_percent": 2}
"""Decimals that the table keeps: what is written is what is read again, so that undo finds it unchanged."""
OF_LINE = ("gross", "net", "tax", "total")
OF_ORDER = ("gross", "discount", "net", "tax", "total", "withheld", "payable", "line_count")


def reckon_orders(order_ids: Collection[int]) -> None:
    """Reckon all amounts of orders anew from their stored lines. Raises Invalid for too large a discount."""
    orders = {order.pk: order for order in Order.objects.filter(pk__in=order_ids)}
    lines: dict[int, list[OrderLine]] = {pk: [] for pk in orders}
    rows = OrderLine.objects.filter(order__in=orders, archived_at=None).order_by("position", "id")
    for line in bulk.read(rows):
        lines[line.order_id].append(line)
    changed_lines: list[OrderLine] = []
    changed: list[Order] = []
    for pk, order in orders.items():
        before = {line.pk: _values(line, OF_LINE) for line in lines[pk]}, _values(order, OF_ORDER)
        put_amounts(order, lines[pk])
        changed_lines += [line for line in lines[pk] if _values(line, OF_LINE) != before[0][line.pk]]
        if _values(order, OF_ORDER) != before[1]:
            changed.append(order)
    if changed_lines:
        bulk.update_rows(OrderLine, OF_LINE, map(attrgetter(*OF_LINE, "pk"), changed_lines))
    store_totals(changed)


def put_amounts(order: Order, lines: Sequence[OrderLine]) -> DocumentAmounts:
    """Put what follows onto an order and its lines, in memory. Raises Invalid for too large a discount."""
    try:
        found = amounts_of(order, lines)
    except DiscountTooLarge:
        told = _("The discount is more than the lines are worth.")
        raise Invalid({"discount_amount": [told]}) from None
    for line, amounts in zip(lines, found.lines, strict=True):
        line.gross, line.net, line.tax, line.total = amounts.gross, amounts.net, amounts.tax, amounts.total
    order.gross, order.discount, order.net, order.tax = found.gross, found.discount, found.net, found.tax
    order.total, order.withheld, order.payable = found.total, found.withheld, found.payable
    order.line_count = len(lines)
    return found


def settle(lines: Sequence[OrderLine]) -> None:
    """Give the numbers of lines the decimals that the table keeps, half-up; what is not said is nought."""
    for line in lines:
        for name, places in HELD.items():
            value = getattr(line, name)
            settled = (Decimal(0) if value is None else value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            setattr(line, name, settled)


def store_totals(orders: Sequence[Order]) -> None:
    """Write the derived amounts of orders."""
    if orders:
        bulk.update_rows(Order, OF_ORDER, map(attrgetter(*OF_ORDER, "pk"), orders))


def by_order(lines: Sequence[OrderLine]) -> Mapping[int, list[OrderLine]]:
    """Put lines together that belong to one order."""
    found: dict[int, list[OrderLine]] = {}
    for line in lines:
        found.setdefault(line.order_id, []).append(line)
    return found


def _values(record: Order | OrderLine, names: Sequence[str]) -> tuple[object, ...]:
    values: tuple[object, ...] = attrgetter(*names)(record)
    return values
