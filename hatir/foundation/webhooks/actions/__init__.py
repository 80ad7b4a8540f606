"""The verbs of the room: endpoints, deliveries, answered requests."""

from hatir.foundation.webhooks.actions.answers import Reserved, keep_answer, release_request, reserve_request
from hatir.foundation.webhooks.actions.deliveries import (
    deliver,
    forget_old_deliveries,
    queue_deliveries,
    replay_delivery,
    send_ping,
)
from hatir.foundation.webhooks.actions.endpoints import (
    create_endpoints,
    replace_secret,
    show_secret_once,
    update_endpoints,
)

__all__ = [
    "Reserved", "create_endpoints", "deliver", "forget_old_deliveries", "keep_answer", "queue_deliveries",
    "release_request", "replace_secret", "replay_delivery", "reserve_request", "send_ping", "show_secret_once",
    "update_endpoints",
]  # fmt: skip
