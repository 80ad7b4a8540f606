"""Every event of the house may interest an endpoint."""

from __future__ import annotations

from hatir.foundation.events.bus import Delivery, on_every
from hatir.foundation.events.facts import Event
from hatir.foundation.webhooks.actions import queue_deliveries


@on_every
def tell_endpoints(event: Event, delivery: Delivery) -> None:
    """Queue what active endpoints want to hear of it."""
    queue_deliveries(event, delivery)
