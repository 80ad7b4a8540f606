"""The way of an order, and what follows from its lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hatir.kit.money import round_money

DRAFT, WAITING, CONFIRMED, PARTLY_SHIPPED = "draft", "waiting", "confirmed", "partly_shipped"
SHIPPED, DELIVERED, CANCELLED, RETURNED = "shipped", "delivered", "cancelled", "returned"
TRANSITIONS: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({WAITING, CONFIRMED, CANCELLED}),
    WAITING: frozenset({DRAFT, CONFIRMED, CANCELLED}),
    CONFIRMED: frozenset({PARTLY_SHIPPED, SHIPPED, CANCELLED}),
    PARTLY_SHIPPED: frozenset({PARTLY_SHIPPED, SHIPPED, RETURNED}),
    SHIPPED: frozenset({DELIVERED, RETURNED}),
    DELIVERED: frozenset({RETURNED}),
    CANCELLED: frozenset(),
    RETURNED: frozenset(),
}
"""From each status, which may follow. `waiting` is for approval of a discount beyond the limit of who placed it."""
OPEN = frozenset({DRAFT, WAITING})
"""Lines may still change."""
COUNTED = frozenset({CONFIRMED, PARTLY_SHIPPED, SHIPPED, DELIVERED, RETURNED})
"""What the customer bought; returned goods are taken off by their worth."""
SENT = frozenset({SHIPPED, DELIVERED, RETURNED})
NOTHING = Decimal("0.00")


def may_follow(status: str, other: str) -> bool:
    """Tell whether an order may go from one status to another."""
    return other in TRANSITIONS[status]


@dataclass(frozen=True)
class Quantities:
    """How many of a line were ordered, cancelled, shipped and brought back."""

    ordered: Decimal
    cancelled: Decimal = NOTHING
    shipped: Decimal = NOTHING
    returned: Decimal = NOTHING

    @property
    def to_ship(self) -> Decimal:
        return self.ordered - self.cancelled - self.shipped

    @property
    def to_return(self) -> Decimal:
        return self.shipped - self.returned


def status_after_shipping(lines: Iterable[Quantities]) -> str:
    """Give the status once goods have left: partly while something is still to be shipped."""
    return PARTLY_SHIPPED if any(line.to_ship > 0 for line in lines) else SHIPPED


def is_all_returned(lines: Sequence[Quantities]) -> bool:
    """Tell whether everything that left came back, and nothing is still to leave."""
    return all(line.to_return == 0 and line.to_ship == 0 for line in lines) and any(line.returned for line in lines)


def part_of(total: Decimal, quantity: Decimal, of: Decimal) -> Decimal:
    """Give what some pieces of a line are worth, half-up to the kuruş."""
    return round_money(total * quantity / of) if of else NOTHING


@dataclass(frozen=True)
class Bought:
    """One order as the facts about its customer see it: the day, and its worth in lira without what came back."""

    on: date
    worth: Decimal


def facts_of(orders: Sequence[Bought]) -> dict[str, object]:
    """Reckon the derived facts of a customer from the orders that count.

    `days_between_orders` is the span from first to last order ÷ (number − 1), one decimal, None for a single order.
    """
    if not orders:
        return {"order_count": None, "revenue": None, "average_basket": None, "first_purchase_on": None,
                "last_purchase_on": None, "days_between_orders": None}  # fmt: skip
    days = sorted(order.on for order in orders)
    revenue = sum((order.worth for order in orders), NOTHING)
    between = Decimal((days[-1] - days[0]).days) / (len(days) - 1) if len(days) > 1 else None
    return {
        "order_count": len(orders),
        "revenue": revenue,
        "average_basket": round_money(revenue / len(orders)),
        "first_purchase_on": days[0],
        "last_purchase_on": days[-1],
        "days_between_orders": None if between is None else between.quantize(Decimal("0.1")),
    }
