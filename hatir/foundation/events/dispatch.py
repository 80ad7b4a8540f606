"""Deliver stored events: at least once, in order for each first subject, one failure alone.

A single dispatcher runs at a time (the worker holds the lease of the job queue for it). Each reaction
runs in its own transaction together with the note that it has handled the event, so effects in our
own database happen exactly once. A reaction that fails is retried with growing pauses; while it
waits, later events about the same subject wait behind it for that reaction only.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from hatir.foundation.events.bus import Delivery, Listener, listeners_of, restore_event
from hatir.foundation.events.models import Handling, OutboxEvent
from hatir.foundation.records.memory import piece_of_work

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 12
FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 3600
LONGEST_WAY_SECONDS = 0.3


def deliver_waiting(limit: int = 200) -> int:
    """Deliver up to `limit` events and the retries that are due; give how many events were taken."""
    retry_due()
    rows = list(OutboxEvent.objects.filter(delivered_at=None).order_by("id")[:limit])
    for row in rows:
        began = time.monotonic()
        deliver(row)
        if connection.vendor == "sqlite":
            # One writer at a time: a long row of deliveries must let others in (see jobs.context).
            time.sleep(min(LONGEST_WAY_SECONDS, (time.monotonic() - began) / 5))
    return len(rows)


def deliver(row: OutboxEvent) -> None:
    """Run every reaction to one event; those that fail keep a row of their own for later."""
    for listener in listeners_of(row.key):
        if Handling.objects.filter(event=row, reaction=listener.name).exists():
            continue
        if _is_blocked(listener, row):
            Handling.objects.create(event=row, reaction=listener.name, about_id=row.about_id, retry_at=timezone.now())
            continue
        _handle(listener, row, Handling(event=row, reaction=listener.name, about_id=row.about_id))
    OutboxEvent.objects.filter(pk=row.pk).update(delivered_at=timezone.now())


def retry_due() -> int:
    """Try failed reactions again whose pause is over, oldest event first; give how many were tried."""
    due = Handling.objects.filter(done_at=None, given_up_at=None, retry_at__lte=timezone.now())
    tried = 0
    for handling in due.select_related("event").order_by("event_id")[:200]:
        if _is_blocked_before(handling):
            continue
        listener = next((x for x in listeners_of(handling.event.key) if x.name == handling.reaction), None)
        if listener is None:
            Handling.objects.filter(pk=handling.pk).update(
                given_up_at=timezone.now(), error="The reaction no longer exists."
            )
            continue
        _handle(listener, handling.event, handling)
        tried += 1
    return tried


def replay(event_id: int, reaction: str | None = None) -> None:
    """Deliver an event again, to all its reactions or to one, forgetting what was done with it."""
    handled = Handling.objects.filter(event_id=event_id)
    (handled.filter(reaction=reaction) if reaction else handled).delete()
    deliver(OutboxEvent.objects.get(pk=event_id))


def _handle(listener: Listener, row: OutboxEvent, handling: Handling) -> None:
    delivery = Delivery(row.pk, row.actor_kind, row.actor_label, row.user_id, row.operation, row.created_at)
    try:
        with piece_of_work(), transaction.atomic():
            listener.run(restore_event(row), delivery)
            handling.done_at, handling.error, handling.retry_at = timezone.now(), "", None
            handling.save()
    except Exception as problem:  # a reaction's failure must never stop the others
        log.exception("Reaction %s failed on event %s", listener.name, row.pk)
        _note_failure(handling, problem)


def _note_failure(handling: Handling, problem: Exception) -> None:
    handling.attempts += 1
    handling.done_at = None
    handling.error = f"{type(problem).__name__}: {problem}"[:2000]
    if handling.attempts >= MOST_ATTEMPTS:
        handling.given_up_at = timezone.now()
        handling.retry_at = None
    else:
        handling.retry_at = _next_try(handling.attempts, timezone.now())
    handling.save()


def _next_try(attempts: int, now: datetime) -> datetime:
    pause = min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
    return now + timedelta(seconds=pause)


def _open_of(reaction: str, about_id: int | None) -> Q:
    return Q(reaction=reaction, about_id=about_id, done_at=None, given_up_at=None)


def _is_blocked(listener: Listener, row: OutboxEvent) -> bool:
    if row.about_id is None:
        return False
    return Handling.objects.filter(_open_of(listener.name, row.about_id)).exists()


def _is_blocked_before(handling: Handling) -> bool:
    if handling.about_id is None:
        return False
    return (
        Handling.objects.filter(_open_of(handling.reaction, handling.about_id))
        .filter(event_id__lt=handling.event_id)
        .exists()
    )
