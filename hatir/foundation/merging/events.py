"""What the room tells: two records are one now, or two again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class RecordsMerged(Event):
    """A record went into another: `about` names the winner, then the loser. Whoever keeps its id follows."""

    key: ClassVar[str] = "records.merged"
    type_key: str = ""
    merge_id: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordsUnmerged(Event):
    """A merge was taken back: `about` names the one who had won, then the one who is back."""

    key: ClassVar[str] = "records.unmerged"
    type_key: str = ""
    merge_id: str = ""
