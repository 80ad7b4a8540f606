"""Turn events into deliveries, deliver them, and decide what follows from the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from hatir.foundation.access.actors import actor_for_user
from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.masking import mask
from hatir.foundation.access.queries import has_permission, may_reveal, readable_fields, visible
from hatir.foundation.events.bus import Delivery, publish
from hatir.foundation.events.facts import Event
from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.outbound.preferences import inner_addresses_allowed
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.outside import instant, outline, sets_of_many
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.webhooks.events import EndpointDisabled
from hatir.foundation.webhooks.models import (
    DELIVERED,
    GIVEN_UP,
    WAITING,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from hatir.foundation.webhooks.rules import is_hopeless, next_try, wants
from hatir.foundation.webhooks.sealed import valid_secrets
from hatir.foundation.webhooks.sending import Outcome, call
from hatir.foundation.webhooks.signing import headers
from hatir.kit.ids import encode_id

DELIVER = "webhooks.deliver"
PING = "webhooks.ping"
KEPT_FOR = timedelta(days=30)
GONE = 410
_ENDING = {
    "records.created": "created",
    "records.changed": "changed",
    "records.archived": "archived",
    "records.restored": "restored",
}


def queue_deliveries(event: Event, delivery: Delivery) -> int:
    """Queue what active endpoints want to hear of an event; give how many. Safe to run twice.

    Events about webhooks themselves are left out, or a failing endpoint would feed itself.
    """
    key = getattr(type(event), "key", "")
    refs = [ref for ref in event.about if not ref.type_key.startswith("webhooks.")]
    if not key or not refs:
        return 0
    event_type = f"{refs[0].type_key}.{_ENDING[key]}" if key in _ENDING else key
    queued = 0
    for endpoint in per_request("webhooks.endpoints", _listening):
        if wants(endpoint.events, event_type):
            queued += _queue(endpoint, event_type, event, refs, delivery)
    return queued


def _listening() -> list[WebhookEndpoint]:
    endpoints = WebhookEndpoint.objects.filter(is_active=True, archived_at=None, owner__is_active=True)
    return list(endpoints.select_related("owner"))


def _queue(
    endpoint: WebhookEndpoint, event_type: str, event: Event, refs: Sequence[RecordRef], delivery: Delivery
) -> int:
    there = set(
        WebhookDelivery.objects.filter(endpoint=endpoint, event_id=delivery.event_id).values_list("about_id", flat=True)
    )
    waiting = []
    for ref, data in _told(endpoint, event, refs):
        if ref.id in there:
            continue
        body = _body(event_type, delivery.at, {**data, "actor": delivery.actor_label})
        waiting.append(_delivery(endpoint, event_type, body, event_id=delivery.event_id, about_id=ref.id))
    WebhookDelivery.objects.bulk_create(waiting)
    for one in waiting:
        _enqueue(one, None)
    return len(waiting)


def _told(
    endpoint: WebhookEndpoint, event: Event, refs: Sequence[RecordRef]
) -> Iterator[tuple[RecordRef, dict[str, Any]]]:
    """Give each record that the endpoint's owner may see, in the form of the API."""
    assert endpoint.owner is not None
    actor = actor_for_user(endpoint.owner, "webhook")
    details = {name: value for name, value in asdict(event).items() if name not in ("about", "type_key", "fields")}
    changed: Mapping[str, Any] = getattr(event, "fields", {}) or {}
    by_type: dict[str, list[RecordRef]] = {}
    for ref in refs if type(event).key in _ENDING else refs[:1]:
        by_type.setdefault(ref.type_key, []).append(ref)
    for type_key, some in by_type.items():
        try:
            rt = record_type(type_key)
        except NotFoundHere:
            continue
        readable = readable_fields(actor, rt)
        shape = outline(rt, readable.values(), cover=None if may_reveal(actor) else mask, with_own=True)
        rows = {row["id"]: row for row in visible(actor, rt).filter(pk__in=[r.id for r in some]).values(*shape.columns)}
        sets = sets_of_many(shape, list(rows)) if shape.many else {}
        for ref in some:
            if ref.id in rows:
                data = {"record": shape.write(rows[ref.id], sets.get(ref.id, {})), **details}
                names = [name for name in changed.get(encode_id(ref.id), ()) if name in readable]
                yield ref, {**data, "changed": names} if changed else data


def _body(event_type: str, at: datetime, data: Mapping[str, Any]) -> str:
    told = {"type": event_type, "timestamp": instant(at), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)


def _delivery(endpoint: WebhookEndpoint, event_type: str, body: str, **more: Any) -> WebhookDelivery:
    return WebhookDelivery(endpoint=endpoint, event_type=event_type[:120], body=body, created_at=timezone.now(), **more)


def _enqueue(delivery: WebhookDelivery, at: datetime | None) -> None:
    unique = f"webhook:{delivery.pk}:{delivery.attempt_count}"
    task_of(DELIVER).using(run_after=at, unique_key=unique).enqueue(delivery_id=encode_id(delivery.pk))


def deliver(delivery_id: int, *, at: datetime) -> None:
    """Try once to deliver, note what came back, and plan what follows.

    Not inside a transaction, since it waits for others.
    """
    delivery = WebhookDelivery.objects.select_related("endpoint").filter(pk=delivery_id, state=WAITING).first()
    if delivery is None or not delivery.endpoint.is_active or delivery.endpoint.archived_at is not None:
        return
    timestamp = int(at.timestamp())
    signed = headers(valid_secrets(delivery.endpoint.sealed_secrets, at), delivery.message_id, timestamp, delivery.body)
    outcome = call(delivery.endpoint.url, delivery.body, signed, inner_allowed=inner_addresses_allowed())
    _note(delivery, outcome, timezone.now())


@transaction.atomic
def _note(delivery: WebhookDelivery, outcome: Outcome, at: datetime) -> None:
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=at,
        status=outcome.status,
        duration_ms=outcome.duration_ms,
        answer=outcome.answer,
        error=outcome.error,
    )
    delivery.attempt_count += 1
    endpoint = delivery.endpoint
    if outcome.is_success:
        delivery.state, delivery.finished_at, delivery.next_at = DELIVERED, at, None
        WebhookEndpoint.objects.filter(pk=endpoint.pk).exclude(failing_since=None).update(failing_since=None)
    else:
        WebhookEndpoint.objects.filter(pk=endpoint.pk, failing_since=None).update(failing_since=at)
        delivery.next_at = next_try(delivery.attempt_count, at)
        if delivery.next_at is None:
            delivery.state, delivery.finished_at = GIVEN_UP, at
    delivery.save()
    if outcome.status == GONE:
        _switch_off(endpoint, "410 Gone")
    elif not outcome.is_success and is_hopeless(endpoint.failing_since, at):
        _switch_off(endpoint, outcome.error or f"HTTP {outcome.status}")
    elif delivery.next_at is not None:
        _enqueue(delivery, delivery.next_at)


def _switch_off(endpoint: WebhookEndpoint, because: str) -> None:
    actor = system_actor("webhooks")
    fresh = WebhookEndpoint.objects.get(pk=endpoint.pk)
    fresh.is_active, fresh.disabled_because = False, because[:200]
    writing.save(fresh, actor=actor)
    publish(EndpointDisabled(about=(RecordRef("webhooks.endpoint", fresh.pk),), because=because[:200]), actor=actor)


@transaction.atomic
def send_ping(endpoint: WebhookEndpoint, *, actor: Actor) -> WebhookDelivery:
    """Send a test event to one endpoint. Raises Denied."""
    _check_manager(actor)
    body = _body(PING, timezone.now(), {"message": "Hatır", "endpoint": encode_id(endpoint.pk)})
    delivery = _delivery(endpoint, PING, body)
    delivery.save(force_insert=True)
    _enqueue(delivery, None)
    return delivery


@transaction.atomic
def replay_delivery(delivery: WebhookDelivery, *, actor: Actor) -> None:
    """Deliver once more, with the same id and body, and the whole schedule of retries before it. Raises Denied."""
    _check_manager(actor)
    delivery.state, delivery.finished_at, delivery.next_at = WAITING, None, None
    delivery.attempt_count = 0
    delivery.save()
    task_of(DELIVER).enqueue(delivery_id=encode_id(delivery.pk))


def forget_old_deliveries(*, at: datetime) -> int:
    """Delete deliveries of which nobody will ask any more; give how many."""
    old = WebhookDelivery.objects.filter(created_at__lt=at - KEPT_FOR).exclude(state=WAITING)
    return old.delete()[0]


def _check_manager(actor: Actor) -> None:
    if not has_permission(actor, MANAGE):
        raise Denied("edit", "webhooks.endpoint")
