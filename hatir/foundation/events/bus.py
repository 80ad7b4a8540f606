"""Publish events into the outbox, and name the reactions that listen to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from django.utils import timezone

from hatir.foundation.events.facts import (
    Event,
    RecordsArchived,
    RecordsChanged,
    RecordsCreated,
    RecordsRestored,
)
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.changes import WriteBatch
from hatir.foundation.records.refs import RecordRef
from hatir.kit.ids import encode_id

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Delivery:
    """What a reaction is given beside the event: its id, who did it, in which operation, and when."""

    event_id: int
    actor_kind: str
    actor_label: str
    user_id: int | None
    operation: str
    at: Any


Reaction = Callable[[Any, Delivery], None]


@dataclass(frozen=True)
class Listener:
    """A named reaction to one kind of event, or to every event when `key` is empty."""

    name: str
    key: str
    run: Reaction


_kinds: dict[str, type[Event]] = {}
_listeners: list[Listener] = []


def on(*kinds: type[Event]) -> Callable[[Reaction], Reaction]:
    """Mark a function as reaction to events; it must be safe to run twice."""

    def mark(run: Reaction) -> Reaction:
        name = f"{run.__module__.removeprefix('hatir.')}.{run.__name__}"
        for kind in kinds:
            _kinds[kind.key] = kind
            _listeners.append(Listener(name, kind.key, run))
        return run

    return mark


def on_key(key: str) -> Callable[[Reaction], Reaction]:
    """Mark a function as reaction to an event known by its key (of a room on the same floor)."""

    def mark(run: Reaction) -> Reaction:
        name = f"{run.__module__.removeprefix('hatir.')}.{run.__name__}"
        _listeners.append(Listener(name, key, run))
        return run

    return mark


def on_every(run: Reaction) -> Reaction:
    """Mark a function as reaction to all events (webhooks, automation)."""
    name = f"{run.__module__.removeprefix('hatir.')}.{run.__name__}"
    _listeners.append(Listener(name, "", run))
    return run


def listeners_of(key: str) -> list[Listener]:
    """List who listens to an event key, in order of registration."""
    return [listener for listener in _listeners if listener.key in (key, "")]


def publish(event: Event, *, actor: Actor) -> OutboxEvent:
    """Store an event; it is delivered after the surrounding transaction commits, at least once."""
    first = event.about[0] if event.about else None
    return OutboxEvent.objects.create(
        key=event.key,
        payload=_payload(event),
        about_type=first.type_key if first else "",
        about_id=first.id if first else None,
        actor_kind=actor.kind,
        actor_label=actor.label[:120],
        user_id=actor.user_id,
        operation=actor.operation,
        created_at=timezone.now(),
    )


def _payload(event: Event) -> dict[str, Any]:
    body = {f.name: getattr(event, f.name) for f in fields(event) if f.name != "about"}
    return {**body, "about": [[ref.type_key, ref.id] for ref in event.about]}


def restore_event(row: OutboxEvent) -> Event:
    """Read a stored event back. An event whose class is gone becomes a plain Event of that key."""
    payload: Mapping[str, Any] = row.payload
    about = tuple(RecordRef(key, int(number)) for key, number in payload.get("about", ()))
    kind = _kinds.get(row.key) or _by_key().get(row.key)
    if kind is None:
        return Event(about=about)
    known = {f.name for f in fields(kind)}
    body = {name: _frozen(value) for name, value in payload.items() if name in known and name != "about"}
    return kind(about=about, **body)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _by_key() -> dict[str, type[Event]]:
    found: dict[str, type[Event]] = {}
    waiting: list[type[Event]] = [Event]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if "key" in kind.__dict__:
            found[kind.key] = kind
    return found


def publish_changes(batch: WriteBatch) -> None:
    """Tell what the write door just stored: one event a batch (the last step of every write)."""
    about = tuple(change.ref for change in batch.changes)
    type_key = batch.type.key
    if batch.verb == "create":
        publish(RecordsCreated(about=about, type_key=type_key), actor=batch.actor)
    elif batch.verb == "edit":
        changed = {encode_id(change.ref.id): list(change.fields) for change in batch.changes}
        publish(RecordsChanged(about=about, type_key=type_key, fields=changed), actor=batch.actor)
    elif batch.verb == "archive":
        publish(RecordsArchived(about=about, type_key=type_key), actor=batch.actor)
    else:
        publish(RecordsRestored(about=about, type_key=type_key), actor=batch.actor)
