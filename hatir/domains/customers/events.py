"""What the room tells the house beside the facts of the write door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event

MOST_NAMED = 1000
"""How many customers one event names at most; a larger change is told in several."""
MOST_EVENTS = 10
"""A change larger than so many events names nobody: who listens reads the history of the segment at `at`."""


@dataclass(frozen=True, kw_only=True)
class SegmentChanged(Event):
    """Customers entered or left a segment, which is `about[0]`.

    `added` and `removed` are public ids; `at` is the instant that their stays begin or end with (ISO, UTC).
    With `is_summary` only the counts are told.
    """

    key: ClassVar[str] = "customers.segment_changed"
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added_count: int = 0
    removed_count: int = 0
    at: str = ""
    is_summary: bool = False


@dataclass(frozen=True, kw_only=True)
class ScoresReplaced(Event):
    """Derived facts of customers were written anew; `fields` says which. `about` names the customers of one batch."""

    key: ClassVar[str] = "customers.scores_replaced"
    fields: tuple[str, ...] = ()
