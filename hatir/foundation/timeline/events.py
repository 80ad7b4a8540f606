"""What the timeline tells the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class NotePosted(Event):
    """Somebody wrote on a record. `mentions` are user ids; `refs` records linked with #, as "type:ID"."""

    key: ClassVar[str] = "timeline.note_posted"
    entry_id: int = 0
    kind: str = "note"
    channel: str = ""
    text: str = ""
    mentions: tuple[int, ...] = ()
    refs: tuple[str, ...] = ()
