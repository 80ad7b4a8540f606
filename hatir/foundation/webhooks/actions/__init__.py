"""The verbs of the room: endpoints, deliveries, answered requests."""

from hatir.foundation.webhooks.actions.answers import Reserved, keep_answer, release_request, reserve_request

__all__ = ["Reserved", "keep_answer", "release_request", "reserve_request"]
