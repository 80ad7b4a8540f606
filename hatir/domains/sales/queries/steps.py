"""What a deal needs next: the task that its stage proposes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.planning.models import CALL
from hatir.domains.planning.queries import in_working_days
from hatir.domains.sales.models import Deal

USUAL_DAYS = 2


@dataclass(frozen=True)
class ProposedStep:
    """A task that could be planned: what, how, and when."""

    title: str
    kind: str
    due_at: datetime


def proposed_step(deal: Deal, *, at: datetime) -> ProposedStep:
    """Give what the stage of a deal proposes; a stage that says nothing proposes a call in two working days."""
    stage = deal.stage
    days = stage.next_days if stage.next_title else USUAL_DAYS
    title = stage.next_title or _("Call and ask")
    return ProposedStep(title, stage.next_kind or CALL, in_working_days(at, days, timezone.get_current_timezone()))
