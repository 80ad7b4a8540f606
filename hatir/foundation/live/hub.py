"""The hub of one process: one polling task, however many streams; it sleeps when nobody listens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

from django.db import close_old_connections

from hatir.foundation.jobs.declaration import keys_that_tell
from hatir.foundation.jobs.queries import running_jobs
from hatir.foundation.live import actions, counts, queries, sessions
from hatir.foundation.live.jobs import ends_for, progress_for
from hatir.foundation.live.messages import Message, Sight, messages_for
from hatir.foundation.live.outbox import Reader, rows_since
from hatir.foundation.live.watching import Watch
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.staff.models import User

log = logging.getLogger(__name__)
POLL_SECONDS = 0.7
RENEW_SECONDS = 8.0
LONGEST_QUEUE = 500
HUES = 12
T = TypeVar("T")


@dataclass(eq=False)
class Subscriber:
    """One open stream. `None` in the queue ends it."""

    user: User
    session_key: str
    watch: Watch
    queue: asyncio.Queue[Message | None] = field(default_factory=lambda: asyncio.Queue(LONGEST_QUEUE))
    told: dict[Any, Any] = field(default_factory=dict)

    def put(self, messages: Sequence[Message]) -> bool:
        """Hand messages over; False when the listener is too slow and must come back."""
        try:
            for message in messages:
                self.queue.put_nowait(message)
        except asyncio.QueueFull:
            return False
        return True


@dataclass
class Round:
    """What one poll found: messages by subscriber, and those whose session is over."""

    messages: list[tuple[Subscriber, list[Message]]] = field(default_factory=list)
    over: list[Subscriber] = field(default_factory=list)


class Hub:
    """Keeps the subscribers of a process and tells them what happens."""

    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()
        self._polling: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")
        self._renewed_at = 0.0

    async def in_thread(self, work: Callable[..., T], *given: Any) -> T:
        """Run database work off the event loop, with a memory of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _worked, work, given)

    async def subscribe(self, session_key: str, watch: Watch, last_id: int) -> Subscriber | None:
        """Open a stream for a live session; None when there is no such session. Missed events come first."""
        opened = await self.in_thread(_open, session_key, watch, last_id)
        if opened is None:
            return None
        subscriber, missed = opened
        subscriber.put(missed)
        self.subscribers.add(subscriber)
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll())
        return subscriber

    async def unsubscribe(self, subscriber: Subscriber) -> None:
        """Close a stream; others see the listener leave unless another stream of theirs is there."""
        self.subscribers.discard(subscriber)
        stays = {
            ref for other in self.subscribers if other.user.pk == subscriber.user.pk for ref in other.watch.present_at
        }
        gone = set(subscriber.watch.present_at - stays)
        if not any(other.user.pk == subscriber.user.pk for other in self.subscribers):
            gone.add(queries.ANYWHERE)
        for ref in gone:
            await self.in_thread(actions.leave, ref, subscriber.user.pk)

    async def _poll(self) -> None:
        reader = await self.in_thread(Reader)
        while self.subscribers:
            started = monotonic()
            try:
                found = await self.in_thread(self._round, reader, list(self.subscribers))
            except Exception:  # the stream must survive a database that is busy or away
                log.exception("A poll of the live hub failed")
            else:
                self._deliver(found)
            await asyncio.sleep(max(0.1, POLL_SECONDS - (monotonic() - started)))

    def _deliver(self, found: Round) -> None:
        for subscriber in found.over:
            self._end(subscriber)
        for subscriber, messages in found.messages:
            if not subscriber.put(messages):
                self._end(subscriber)

    def _end(self, subscriber: Subscriber) -> None:
        self.subscribers.discard(subscriber)
        while not subscriber.queue.empty():
            subscriber.queue.get_nowait()
        subscriber.queue.put_nowait(None)

    def _round(self, reader: Reader, subscribers: list[Subscriber]) -> Round:
        found = Round()
        if monotonic() - self._renewed_at > RENEW_SECONDS:
            self._renewed_at = monotonic()
            living = sessions.living_sessions([subscriber.session_key for subscriber in subscribers])
            for subscriber in subscribers:
                if subscriber.session_key not in living:
                    found.over.append(subscriber)
                else:
                    subscriber.user = living[subscriber.session_key]
            actions.touch(place for s in subscribers if s not in found.over for place in _places(s.user, s.watch))
        listening = [subscriber for subscriber in subscribers if subscriber not in found.over]
        rows, sight = reader.new_rows(), Sight()
        present = queries.present_on(sorted({ref for s in listening for ref in s.watch.present_at}))
        numbers = counts.all_counts({s.user.pk for s in listening})
        running = running_jobs({s.user.pk for s in listening}, keys_that_tell())
        for subscriber in listening:
            messages = messages_for(subscriber.user, subscriber.watch, rows, sight)
            messages += ends_for(subscriber.user, rows)
            messages += _presence(subscriber, present, sight)
            messages += _numbers(subscriber, numbers)
            messages += progress_for(subscriber.user, running, subscriber.told)
            if messages:
                found.messages.append((subscriber, messages))
        return found


def _worked(work: Callable[..., T], given: Sequence[Any]) -> T:
    close_old_connections()
    try:
        with piece_of_work():
            return work(*given)
    finally:
        close_old_connections()


def _open(session_key: str, watch: Watch, last_id: int) -> tuple[Subscriber, list[Message]] | None:
    user = sessions.signed_in(session_key)
    if user is None:
        return None
    sight = Sight()
    seen = Watch(frozenset(sight.of(user, watch.refs)), watch.lists)
    actions.touch(_places(user, seen))
    rows = rows_since(last_id) if last_id else []
    missed = messages_for(user, seen, rows, sight) + ends_for(user, rows)
    return Subscriber(user, session_key, seen), missed


def _places(user: User, watch: Watch) -> list[tuple[RecordRef, int]]:
    """List where a stream shows its user: on the records of its page, and as being here at all."""
    return [(ref, user.pk) for ref in (*watch.present_at, queries.ANYWHERE)]


def _presence(
    subscriber: Subscriber, present: dict[RecordRef, tuple[queries.Present, ...]], sight: Sight
) -> list[Message]:
    found = []
    for ref in subscriber.watch.present_at:
        people = [person for person in present.get(ref, ()) if person.user_id != subscriber.user.pk]
        if subscriber.told.get(ref, []) == people or not sight.of(subscriber.user, [ref]):
            continue
        subscriber.told[ref] = people
        shown = [{"name": p.name, "initials": p.initials, "hue": hue_of(p.name), "editing": p.editing} for p in people]
        found.append(Message("presence", {"type": ref.type_key, "id": ref.public_id, "people": shown}))
    return found


def _numbers(subscriber: Subscriber, numbers: dict[tuple[str, int], int]) -> list[Message]:
    found = []
    for (key, user_id), number in numbers.items():
        if user_id != subscriber.user.pk or subscriber.told.get(key) == number:
            continue
        subscriber.told[key] = number
        found.append(Message("count", {"key": key, "n": number}))
    return found


def hue_of(name: str) -> int:
    """Give the hue of a person's avatar, the same on every page and in every process."""
    return sum(ord(character) for character in name) % HUES
