"""What the room tells the house beside the facts of the write door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class DealMoved(Event):
    """A deal, `about[0]`, came from one stage into another; public ids. `status` is what it is now."""

    key: ClassVar[str] = "sales.deal_moved"
    stage: str = ""
    came_from: str = ""
    status: str = ""


@dataclass(frozen=True, kw_only=True)
class DealWon(Event):
    """A deal, `about[0]`, was won."""

    key: ClassVar[str] = "sales.deal_won"
    amount: str = ""
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class DealLost(Event):
    """A deal, `about[0]`, was lost."""

    key: ClassVar[str] = "sales.deal_lost"
    amount: str = ""
    currency: str = ""
