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


@dataclass(frozen=True, kw_only=True)
class DealApprovalEvent(Event):
    """What every event about letting a deal, `about[0]`, into a stage tells; `approval` is its public id."""

    key: ClassVar[str] = "sales.deal_approval"
    approval: str = ""
    stage_name: str = ""
    is_standing: bool = False


@dataclass(frozen=True, kw_only=True)
class DealApprovalAsked(DealApprovalEvent):
    """Somebody asks to let a deal into a stage, or to leave it there although it outgrew what was approved."""

    key: ClassVar[str] = "sales.deal_approval_asked"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DealApprovalEnded(DealApprovalEvent):
    """An asking ended: approved, refused with a reason, withdrawn, or lapsed because the deal changed."""

    key: ClassVar[str] = "sales.deal_approval_ended"
    state: str = ""
    reason: str = ""
