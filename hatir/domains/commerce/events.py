"""What happened to orders. `about` is the order, then its customer; amounts are text in the order's currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """What every event of an order tells."""

    key: ClassVar[str] = "commerce.order_event"
    number: str = ""
    total: str = "0"
    currency: str = "TRY"
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(OrderEvent):
    """A customer ordered."""

    key: ClassVar[str] = "commerce.order_placed"


@dataclass(frozen=True, kw_only=True)
class OrderMoved(OrderEvent):
    """An order went from one status to another: confirmed, shipped, delivered, cancelled, returned …"""

    key: ClassVar[str] = "commerce.order_moved"
    before: str = ""
    status: str = ""
    reason: str = ""
