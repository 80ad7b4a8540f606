"""Keep presence true. It is bookkeeping of the moment, no business record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from hatir.foundation.access.queries import get_visible
from hatir.foundation.live.models import Presence
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef

KEPT = timedelta(hours=1)


def touch(places: Iterable[tuple[RecordRef, int]]) -> None:
    """Note that users are on records now, each (record, user id); one statement."""
    now = timezone.now()
    rows = [
        Presence(type_key=ref.type_key, record_id=ref.id, user_id=user_id, seen_at=now)
        for ref, user_id in sorted(set(places))
    ]
    if rows:
        Presence.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["record_id", "user"], update_fields=["seen_at"]
        )


def leave(ref: RecordRef, user_id: int) -> None:
    """Note that a user left a record."""
    Presence.objects.filter(record_id=ref.id, user_id=user_id).delete()


def start_editing(ref: RecordRef, *, actor: Actor) -> None:
    """Show others that the actor edits a record. Raises NotFoundHere when they may not see it."""
    if actor.user_id is None:
        return
    get_visible(actor, ref.type_key, ref.id)
    now = timezone.now()
    Presence.objects.update_or_create(
        record_id=ref.id,
        user_id=actor.user_id,
        defaults={"type_key": ref.type_key, "seen_at": now, "editing_at": now},
    )


def stop_editing(ref: RecordRef, *, actor: Actor) -> None:
    """Show others that the actor no longer edits a record."""
    if actor.user_id is not None:
        Presence.objects.filter(record_id=ref.id, user_id=actor.user_id).update(editing_at=None)


def sweep() -> None:
    """Delete presences nobody has renewed for long."""
    Presence.objects.filter(seen_at__lt=timezone.now() - KEPT).delete()
