"""The verbs of the room."""

from hatir.domains.commerce.actions.facts import refresh_facts
from hatir.domains.commerce.actions.lines import create_order_lines, remove_line, update_order_lines
from hatir.domains.commerce.actions.moving import (
    NotThatWay,
    TooMany,
    cancel_order,
    confirm_order,
    deliver_order,
    quantities_of,
    return_goods,
    ship_order,
)
from hatir.domains.commerce.actions.orders import NewLine, create_orders, place_order, update_orders
from hatir.domains.commerce.actions.reckoning import reckon_orders

__all__ = [
    "NewLine", "NotThatWay", "TooMany", "cancel_order", "confirm_order", "create_order_lines", "create_orders",
    "deliver_order", "place_order", "quantities_of", "reckon_orders", "refresh_facts", "remove_line", "return_goods",
    "ship_order", "update_order_lines", "update_orders",
]  # fmt: skip
