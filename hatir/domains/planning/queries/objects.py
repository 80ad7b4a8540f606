"""What a person's calendar programs see, and who holds a link to a calendar."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from hatir.domains.planning.models import CANCELLED, OPEN, CalendarObject, FeedLink, Task
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.staff.models import User
from hatir.kit.ids import decode_id

PAST = timedelta(days=120)
MOST_OBJECTS = 5000


class CalendarEntry(NamedTuple):
    """A task under the name by which a calendar program fetches it."""

    name: str
    task: Task
    stored: CalendarObject | None

    @property
    def etag(self) -> str:
        return f'"{self.task.public_id}-{self.task.version}"'


def calendar_tasks(actor: Actor) -> QuerySet[Task]:
    """Give the actor's own tasks that a calendar shows: all open ones, and those of the last four months."""
    since = timezone.now() - PAST
    rows: QuerySet[Task] = visible(actor, Task).filter(owner=actor.user_id, archived_at=None).exclude(status=CANCELLED)
    return rows.filter(Q(status=OPEN) | Q(due_at__gte=since))


def calendar_entries(actor: Actor) -> list[CalendarEntry]:
    """List the actor's calendar for a program; one statement."""
    rows = calendar_tasks(actor).select_related("calendar_object", "customer").order_by("-id")[:MOST_OBJECTS]
    return [entry_of(task) for task in rows]


def entry_of(task: Task) -> CalendarEntry:
    """Give the entry of one task."""
    stored = getattr(task, "calendar_object", None)
    return CalendarEntry(stored.name if stored else f"{task.public_id}.ics", task, stored)


def entry_named(actor: Actor, name: str) -> CalendarEntry | None:
    """Find what a program asks for by name; None when it is not there for the actor."""
    rows = calendar_tasks(actor).select_related("calendar_object", "customer")
    found = rows.filter(calendar_object__name=name, calendar_object__user=actor.user_id).first()
    if found is None:
        try:
            found = rows.filter(pk=decode_id(name.removesuffix(".ics")), calendar_object=None).first()
        except ValueError:
            return None
    return entry_of(found) if found is not None else None


def calendar_tag(actor: Actor) -> str:
    """Give a text that changes with everything in the actor's calendar."""
    found = calendar_tasks(actor).aggregate(count=Count("pk"), last=Max("updated_at"))
    return f"{found['count']}-{found['last'].timestamp() if found['last'] else 0}"


def hash_of(token: str) -> str:
    """Give what is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def user_of_feed(token: str) -> User | None:
    """Find whose calendar a link opens; None for a wrong or withdrawn one, or when its owner may not sign in."""
    rows = FeedLink.objects.select_related("user").filter(
        token_hash=hash_of(token), revoked_at=None, user__is_active=True
    )
    link = rows.first()
    return link.user if link else None


def feed_links_of(actor: Actor) -> Sequence[FeedLink]:
    """List the actor's own links that still open."""
    return list(FeedLink.objects.filter(user=actor.user_id, revoked_at=None).order_by("-id"))
