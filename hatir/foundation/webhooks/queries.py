"""Questions about endpoints and their log."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import get_visible, has_permission
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint

LOG_LENGTH = 100


def endpoint_of(actor: Actor, endpoint_id: int) -> WebhookEndpoint:
    """Find an endpoint that the actor may manage. Raises NotFoundHere."""
    if not has_permission(actor, MANAGE):
        raise NotFoundHere(str(endpoint_id))
    found: WebhookEndpoint = get_visible(actor, WebhookEndpoint, endpoint_id)
    return found


def deliveries_of(endpoint: WebhookEndpoint, state: str = "") -> QuerySet[WebhookDelivery]:
    """List an endpoint's newest deliveries with their attempts, newest first; two statements."""
    attempts = Prefetch("attempts", queryset=WebhookAttempt.objects.order_by("-id"))
    rows = WebhookDelivery.objects.filter(endpoint=endpoint, **({"state": state} if state else {}))
    return rows.order_by("-id").prefetch_related(attempts)[:LOG_LENGTH]


def delivery_of(actor: Actor, delivery_id: int) -> WebhookDelivery:
    """Find one delivery of an endpoint that the actor may manage. Raises NotFoundHere."""
    found = WebhookDelivery.objects.select_related("endpoint").filter(pk=delivery_id).first()
    if found is None or not has_permission(actor, MANAGE):
        raise NotFoundHere(str(delivery_id))
    return found
