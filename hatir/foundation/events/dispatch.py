"""Deliver stored events: at least once, in order for each first subject, one failure alone.

A single dispatcher runs at a time (the worker holds the lease of the job queue for it). Events are delivered
in handfuls, a transaction each: what a reaction does is stored together with the note that it has handled the
event, so effects in our own database happen exactly once, and its failure takes back its own part alone. A
reaction that fails is retried with growing pauses; while it waits, later events about the same subject wait
behind it for that reaction only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hatir.foundation.events.bus import Delivery, Listener, listeners_of, restore_event
from hatir.foundation.events.models import Handling, OutboxEvent
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.turns import give_way

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 12
FIRST_PAUSE_SECONDS = 2
LONGEST_PAUSE_SECONDS = 3600
WAY = 2
"""In a long row of deliveries people who save come first: as many times its own duration passes before the next."""
HANDFUL, HANDFUL_SECONDS = 50, 0.06
"""How many events share a transaction at most, and for how long it takes further ones: on SQLite others wait."""
_OPEN = Q(done_at=None, given_up_at=None)


def deliver_waiting(limit: int = 200) -> int:
    """Deliver up to `limit` events and the retries that are due; give how many events were taken."""
    retry_due()
    rows = list(OutboxEvent.objects.filter(delivered_at=None).order_by("id")[:limit])
    place = 0
    while place < len(rows):
        began = time.monotonic()
        place += deliver_together(rows[place : place + HANDFUL])
        give_way((time.monotonic() - began) * WAY)
    return len(rows)


def deliver(row: OutboxEvent) -> None:
    """Run every reaction to one event; those that fail keep a row of their own for later."""
    deliver_together([row])


def deliver_together(rows: Sequence[OutboxEvent]) -> int:
    """Deliver events in one transaction until its time is up, at least one; give how many were delivered."""
    until = time.monotonic() + HANDFUL_SECONDS
    with piece_of_work(), transaction.atomic():
        ids, subjects = [row.pk for row in rows], {row.about_id for row in rows if row.about_id is not None}
        handled = set(Handling.objects.filter(event__in=ids).values_list("event_id", "reaction"))
        waiting = set(Handling.objects.filter(_OPEN, about_id__in=subjects).values_list("reaction", "about_id"))
        delivered: list[int] = []
        notes: list[Handling] = []
        for row in rows:
            if delivered and time.monotonic() > until:
                break
            notes += _react(row, handled, waiting)
            delivered.append(row.pk)
        Handling.objects.bulk_create(notes)
        OutboxEvent.objects.filter(pk__in=delivered).update(delivered_at=timezone.now())
    return len(delivered)


def _react(row: OutboxEvent, handled: set[tuple[int, str]], waiting: set[tuple[str, int | None]]) -> list[Handling]:
    """Run the reactions to one event that are left; give the notes to be stored with their effects."""
    notes = []
    for listener in listeners_of(row.key):
        if (row.pk, listener.name) in handled:
            continue
        note = Handling(event=row, reaction=listener.name, about_id=row.about_id)
        if (listener.name, row.about_id) in waiting:
            note.retry_at = timezone.now()
        else:
            _run(listener, row, note)
        if note.done_at is None and note.given_up_at is None and row.about_id is not None:
            waiting.add((listener.name, row.about_id))
        notes.append(note)
    return notes


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
        with piece_of_work(), transaction.atomic():
            _run(listener, handling.event, handling)
            handling.save()
        tried += 1
    return tried


def replay(event_id: int, reaction: str | None = None) -> None:
    """Deliver an event again, to all its reactions or to one, forgetting what was done with it."""
    handled = Handling.objects.filter(event_id=event_id)
    (handled.filter(reaction=reaction) if reaction else handled).delete()
    deliver(OutboxEvent.objects.get(pk=event_id))


def _run(listener: Listener, row: OutboxEvent, handling: Handling) -> None:
    """Run one reaction; a failure takes back what it did and is noted. The caller stores the note."""
    delivery = Delivery(row.pk, row.actor_kind, row.actor_label, row.user_id, row.operation, row.created_at)
    try:
        with transaction.atomic():
            listener.run(restore_event(row), delivery)
        handling.done_at, handling.error, handling.retry_at = timezone.now(), "", None
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


def _next_try(attempts: int, now: datetime) -> datetime:
    pause = min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS)
    return now + timedelta(seconds=pause)


def _is_blocked_before(handling: Handling) -> bool:
    if handling.about_id is None:
        return False
    return (
        Handling.objects.filter(_OPEN, reaction=handling.reaction, about_id=handling.about_id)
        .filter(event_id__lt=handling.event_id)
        .exists()
    )
