"""Whom a write touched."""

from __future__ import annotations

from collections.abc import Collection

from hatir.domains.commerce.models import Order, OrderLine


def orders_with_lines(line_ids: Collection[int]) -> list[int]:
    """Give the orders that lines belong to."""
    return list(OrderLine.objects.filter(pk__in=line_ids).order_by().values_list("order_id", flat=True).distinct())


def customers_of(order_ids: Collection[int]) -> list[int]:
    """Give the customers of orders."""
    return list(Order.objects.filter(pk__in=order_ids).order_by().values_list("customer_id", flat=True).distinct())
