"""Questions of the room."""

from hatir.domains.commerce.queries.orders import (
    amounts_of,
    bought_by,
    is_promise_late,
    lines_of,
    orders_of,
    shipments_of,
    steps_of,
)
from hatir.domains.commerce.queries.touched import customers_of, orders_with_lines

__all__ = [
    "amounts_of", "bought_by", "customers_of", "is_promise_late", "lines_of",
    "orders_of", "orders_with_lines", "shipments_of", "steps_of",
]  # fmt: skip
