"""What audit hears by event, because the room that did it stands below: API keys and settings."""

from __future__ import annotations

from typing import Any

from hatir.foundation.access.events import ApiKeyCreated, ApiKeyRevoked
from hatir.foundation.audit.actions import record_event
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.preferences.events import PreferenceChanged
from hatir.foundation.records.actor import Actor


def _actor(delivery: Delivery, origin: str) -> Actor:
    return Actor(
        kind=delivery.actor_kind,  # type: ignore[arg-type]
        label=delivery.actor_label,
        user_id=delivery.user_id,
        origin=origin,
        operation=delivery.operation,
    )


@on(ApiKeyCreated)
def note_key_created(event: ApiKeyCreated, delivery: Delivery) -> None:
    """Keep that a program got a key. The dispatcher runs this once for each event."""
    details: dict[str, list[Any]] = {
        "name": [None, event.name],
        "prefix": [None, event.prefix],
        "scopes": [None, list(event.scopes)],
    }
    record_event("api_key", actor=_actor(delivery, event.origin), ref=event.about[0], changes=details, at=delivery.at)


@on(ApiKeyRevoked)
def note_key_revoked(event: ApiKeyRevoked, delivery: Delivery) -> None:
    """Keep that a program's key was withdrawn."""
    details = {"name": [event.name, None], "prefix": [event.prefix, None]}
    record_event("api_key", actor=_actor(delivery, event.origin), ref=event.about[0], changes=details, at=delivery.at)


@on(PreferenceChanged)
def note_preference(event: PreferenceChanged, delivery: Delivery) -> None:
    """Keep that a setting changed."""
    record_event(
        "setting",
        actor=_actor(delivery, event.origin),
        ref=event.about[0] if event.about else None,
        title=event.name,
        changes={event.name: [event.old, event.new]},
        at=delivery.at,
    )
