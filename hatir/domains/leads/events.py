"""What the room tells the house beside the facts of the write door. `about[0]` is the lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class LeadCaptured(Event):
    """Somebody showed interest; `origin` is where it came from."""

    key: ClassVar[str] = "leads.lead_captured"
    origin: str = ""
    campaign: str = ""


@dataclass(frozen=True, kw_only=True)
class LeadAssigned(Event):
    """A lead was given to a person or a team; `rule` names the assignment rule that did it, if one did."""

    key: ClassVar[str] = "leads.lead_assigned"
    owner_id: int | None = None
    team_id: int | None = None
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class LeadQualified(Event):
    """A lead is worth a seller's time."""

    key: ClassVar[str] = "leads.lead_qualified"
    came_from: str = ""


@dataclass(frozen=True, kw_only=True)
class LeadConverted(Event):
    """A lead became customers and, where one was opened, a deal: all of them stand in `about` behind the lead."""

    key: ClassVar[str] = "leads.lead_converted"
    came_from: str = ""


@dataclass(frozen=True, kw_only=True)
class LeadDisqualified(Event):
    """A lead will not become a customer; `reason` says why."""

    key: ClassVar[str] = "leads.lead_disqualified"
    came_from: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class FormSubmitted(Event):
    """Somebody sent a form; `joined` when the lead was there already."""

    key: ClassVar[str] = "leads.form_submitted"
    form: str = ""
    joined: bool = False


@dataclass(frozen=True, kw_only=True)
class LeadVisited(Event):
    """A lead opened a page of the company's website; the same page within half an hour is told once."""

    key: ClassVar[str] = "leads.lead_visited"
    page: str = ""
