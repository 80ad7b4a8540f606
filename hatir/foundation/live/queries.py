"""Who is where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from hatir.foundation.live.models import Presence
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef

PRESENT_FOR = timedelta(seconds=30)
ANYWHERE = RecordRef("here", 0)
"""Not a record: who has any page open at all."""


@dataclass(frozen=True)
class Present:
    """A colleague on a record."""

    user_id: int
    name: str
    initials: str
    editing: bool


def present_on(refs: Sequence[RecordRef], at: datetime | None = None) -> dict[RecordRef, tuple[Present, ...]]:
    """Give who is on each of the records, by name; one statement. The caller checks that they may be seen."""
    now = at or timezone.now()
    found: dict[RecordRef, list[Present]] = {ref: [] for ref in refs}
    rows = Presence.objects.filter(record_id__in=[ref.id for ref in refs], seen_at__gte=now - PRESENT_FOR)
    for row in rows.select_related("user").order_by("user__name", "user_id"):
        ref = RecordRef(row.type_key, row.record_id)
        if ref in found and row.user.is_active:
            editing = row.editing_at is not None and row.editing_at >= now - PRESENT_FOR
            found[ref].append(Present(row.user_id, row.user.name, row.user.initials, editing))
    return {ref: tuple(people) for ref, people in found.items()}


def is_here(user_id: int, at: datetime | None = None) -> bool:
    """Ask whether a user has a page open and in front, in any browser."""
    since = (at or timezone.now()) - PRESENT_FOR
    return Presence.objects.filter(record_id=ANYWHERE.id, user_id=user_id, seen_at__gte=since).exists()


def others_on(actor: Actor, ref: RecordRef) -> list[Present]:
    """Give the actor's colleagues on a record that the actor was let see."""
    return [person for person in present_on([ref])[ref] if person.user_id != actor.user_id]
