"""What leads put into the queue of the day: those that wait for their first answer, and those that ripened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from statistics import median

from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.leads.models import Lead
from hatir.domains.leads.queries.leads import KEY, worths
from hatir.domains.leads.rules import NEW, NURTURING, WORKING
from hatir.domains.planning.queries import QueueItem, Worth
from hatir.foundation.access.queries import may, readable_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model

MOST = 40
RIPE = 10
USUAL_OF = 100
NEW_CHANCE = 30
"""A lead without a score counts as this likely (per cent); a guess that only orders the queue."""


def waiting_leads(actor: Actor, at: datetime, until: datetime) -> list[QueueItem]:
    """Give the actor's own leads that nobody answered yet, and nurtured ones whose day has come."""
    if actor.user_id is None or not may(actor, "view", Lead):
        return []
    mine = visible(actor, Lead).filter(owner=actor.user_id, archived_at=None)
    waiting = mine.filter(status__in=(NEW, WORKING), first_response_at=None).order_by("response_due_at", "id")[:MOST]
    ripe = mine.filter(status=NURTURING, nurture_until_on__lte=timezone.localdate(at)).order_by("nurture_until_on")
    found = [*waiting, *ripe[:RIPE]]
    reads_phone = "phone" in readable_fields(actor, type_of_model(Lead))
    usual = usual_value(actor) if any(lead.estimated_value is None for lead in found) else None
    return [_item(lead, reads_phone, at, usual) for lead in found]


def usual_value(actor: Actor) -> Decimal | None:
    """Give what leads are usually estimated at: the median of the latest known ones.

    Who just wrote has named no sum yet. Counted as nought, the fresh lead would wait behind everything.
    """
    known = visible(actor, Lead).filter(estimated_value__gt=0, archived_at=None)
    latest = list(known.order_by("-id").values_list("estimated_value", flat=True)[:USUAL_OF])
    return median(latest) if latest else None


def _item(lead: Lead, reads_phone: bool, at: datetime, usual: Decimal | None) -> QueueItem:
    due = lead.response_due_at
    if lead.status == NURTURING:
        title, reason, due = _("Call again: the waiting is over"), lead.need, None
    elif due is not None and due < at:
        title, reason = _("Answer the lead: late"), lead.need
    else:
        title, reason = _("New lead: first response"), lead.need
    parts = (lead.company_name if lead.company_name != lead.name else "", " ".join(reason.split())[:120])
    return QueueItem(
        key=f"lead:{lead.public_id}",
        title=title,
        ref=RecordRef(KEY, lead.pk),
        reason=" · ".join(part for part in parts if part),
        icon="user-plus",
        value=usual if lead.estimated_value is None else lead.estimated_value,
        probability=lead.chance if lead.chance is not None else lead.score or NEW_CHANCE,
        due_at=due,
        customer=lead.name,
        phone=(lead.phone_e164 or lead.phone) if reads_phone else "",
    )


def lead_worths(actor: Actor, ids: Sequence[int]) -> Mapping[int, Worth]:
    """Say what leads are worth, so that a task about one stands in its place."""
    return {pk: Worth(value, chance) for pk, (value, chance) in worths(actor, ids).items()}
