"""The door through which the page of a record plans what is still to be done: a room above stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.rules import once_key


@dataclass(frozen=True)
class Wanted:
    """What somebody wrote in the composer: a task or a meeting to come."""

    kind: str
    title: str
    due_at: datetime | None = None
    text: str = ""
    place: str = ""
    owner_id: int | None = None


@dataclass(frozen=True)
class Planned:
    """Something open about a record, as it stands above the history; a POST to `done_url` completes it."""

    ref: RecordRef
    title: str
    icon: str
    due_at: datetime | None
    owner: str
    url: str
    done_url: str


class Planner(Protocol):
    """What the room that keeps tasks offers."""

    def plan(self, about: RecordRef, wanted: Wanted, *, actor: Actor, once: int | None = None) -> Planned: ...

    def open_about(self, actor: Actor, about: RecordRef, limit: int) -> Sequence[Planned]: ...


_planner: Planner | None = None


def install(planner: Planner) -> Planner:
    """Let a room keep what is planned; called once, at start-up."""
    global _planner
    _planner = planner
    return planner


def planner() -> Planner:
    """Give the room that keeps what is planned. Raises LookupError in a house without one."""
    if _planner is None:
        raise LookupError("no room keeps tasks")
    return _planner


def plan_on(about: RecordRef, wanted: Wanted, *, actor: Actor, once: str = "") -> Planned:
    """Plan on a record; a second call of the same actor with the same `once` gives what the first made."""
    return planner().plan(about, wanted, actor=actor, once=once_key(actor.user_id, once) if once else None)
