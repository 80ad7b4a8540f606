"""Questions about orders; each that serves somebody starts at the read door."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from hatir.domains.commerce.models import Order, OrderLine, OrderStep, Shipment
from hatir.domains.commerce.rules import CANCELLED, COUNTED, DELIVERED, Bought
from hatir.domains.customers.models import Customer
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.kit.document_amounts import DocumentAmounts, LineInput, document_amounts
from hatir.kit.formats_tr import format_money, format_short_date
from hatir.kit.money import round_money

PANEL_ROWS = 6
ZERO = Decimal(0)


def lines_of(actor: Actor, order: Order) -> list[OrderLine]:
    """List the lines of an order in their order."""
    rows = visible(actor, OrderLine).filter(order=order, archived_at=None).select_related("product")
    return list(rows.order_by("position", "id"))


def is_promise_late(order: Order, at: datetime) -> bool:
    """Tell whether an order should have been delivered already; what was cancelled is promised no more."""
    waits = order.delivered_on is None and order.status not in (DELIVERED, CANCELLED)
    return waits and order.promised_on is not None and order.promised_on < timezone.localdate(at)


def steps_of(order: Order) -> list[OrderStep]:
    """List the way of an order that the caller has found through the read door, newest first."""
    return list(OrderStep.objects.filter(order=order).order_by("-id"))


def shipments_of(actor: Actor, order: Order) -> list[Shipment]:
    """List what left and came back, newest first."""
    rows = Shipment.objects.filter(order__in=visible(actor, Order).filter(pk=order.pk))
    return list(rows.order_by("-id")[:PANEL_ROWS])


def amounts_of(order: Order, lines: Sequence[OrderLine]) -> DocumentAmounts:
    """Reckon all amounts of an order from its lines. Raises DiscountTooLarge."""
    return document_amounts(
        [
            LineInput(
                line.quantity - line.cancelled_quantity,
                line.unit_price or ZERO,
                line.discount_percent or ZERO,
                line.tax_percent or ZERO,
                line.withholding_code,
                line.withholding_percent,
            )
            for line in lines
        ],
        with_tax=order.prices_include_tax,
        discount=order.discount_amount,
    )


def orders_of(actor: Actor, customer: Customer) -> list[Order]:
    """List the newest orders of a customer for the panel of its page."""
    rows = visible(actor, Order).filter(customer=customer, archived_at=None)
    found = list(rows.order_by("-ordered_on", "-id")[:PANEL_ROWS])
    for order in found:
        order.panel_note = format_short_date(order.ordered_on)
        order.panel_note_right = order.get_status_display()
        order.panel_value = format_money(order.total, order.currency)
    return found


def bought_by(customer_ids: Collection[int]) -> dict[int, list[Bought]]:
    """Give the orders that count of many customers, in lira; for reckoning, not for showing."""
    found: dict[int, list[Bought]] = {pk: [] for pk in customer_ids}
    rows = Order.objects.filter(customer__in=customer_ids, archived_at=None, status__in=COUNTED)
    columns = rows.values_list("customer_id", "ordered_on", "total", "returned_total", "rate")
    for customer, day, total, returned, rate in columns.order_by("ordered_on", "id"):
        found[customer].append(Bought(day, round_money((total - returned) * rate)))
    return found
