"""Questions about leads: those of a customer or a deal, who a lead may be already, and what its page shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from hatir.domains.customers.models import COMPANY, Customer
from hatir.domains.customers.queries import customers_with_email
from hatir.domains.leads.models import DisqualifyReason, Lead, LeadStep
from hatir.domains.leads.rules import NEW, OPEN, WORKING
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.kit.company_names import normalise_company
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import fold

PANEL_ROWS = 6
KEY = "leads.lead"


def live_leads(actor: Actor) -> QuerySet[Lead]:
    """Give the leads that the actor sees and that nobody archived."""
    rows: QuerySet[Lead] = visible(actor, Lead).filter(archived_at=None)
    return rows


def leads_of_customer(actor: Actor, customer: Any) -> list[Lead]:
    """List the leads from which a customer came, for its page."""
    rows = live_leads(actor).filter(Q(customer=customer) | Q(company=customer))
    return _for_panel(list(rows.order_by("-id")[:PANEL_ROWS]))


def leads_of_deal(actor: Actor, deal: Any) -> list[Lead]:
    """List the leads from which a deal came."""
    return _for_panel(list(live_leads(actor).filter(deal=deal).order_by("-id")[:PANEL_ROWS]))


def leads_brought_by(actor: Actor, customer: Any) -> list[Lead]:
    """List the leads whom a customer recommended, the newest first."""
    return _for_panel(list(live_leads(actor).filter(referred_by=customer).order_by("-id")[:PANEL_ROWS]))


def _for_panel(rows: list[Lead]) -> list[Lead]:
    for row in rows:
        day = date_format(timezone.localtime(row.captured_at), "d.m.Y") if row.captured_at else ""
        parts = (day, row.source if row.source not in ("user", "api_key", "system") else "", row.utm_campaign)
        row.panel_note = " · ".join(part for part in parts if part)  # type: ignore[attr-defined]
        row.panel_note_right = str(row.get_status_display())  # type: ignore[attr-defined]
    return rows


def refs_of_customer(actor: Actor, customer_id: int) -> list[RecordRef]:
    """Name the leads whose history belongs to a customer, as far as the actor sees them."""
    rows = visible(actor, Lead).filter(Q(customer=customer_id) | Q(company=customer_id))
    return [RecordRef(KEY, pk) for pk in rows.order_by("-id").values_list("pk", flat=True)[:20]]


def refs_of_deal(actor: Actor, deal_id: int) -> list[RecordRef]:
    """Name the leads whose history belongs to a deal, as far as the actor sees them."""
    rows = visible(actor, Lead).filter(deal=deal_id)
    return [RecordRef(KEY, pk) for pk in rows.order_by("-id").values_list("pk", flat=True)[:20]]


def people_like(actor: Actor, lead: Lead) -> list[Customer]:
    """Find customers who may be this lead already: the same e-mail address or the same number."""
    found = {customer.pk: customer for customer in customers_with_email(actor, lead.email)} if lead.email else {}
    number = lead.phone_e164 or (normalise_phone(lead.phone).e164 if lead.phone else "")
    if number:
        rows = visible(actor, Customer).filter(phone_e164=number, archived_at=None).order_by("id")
        found |= {customer.pk: customer for customer in rows[:PANEL_ROWS]}
    return [customer for customer in found.values() if customer.kind != COMPANY]


def companies_like(actor: Actor, lead: Lead) -> list[Customer]:
    """Find companies that may be the lead's: the same name, or the same e-mail address or number."""
    rows = visible(actor, Customer).filter(kind=COMPANY, archived_at=None)
    asked = Q(pk__in=())
    if lead.company_name:
        asked |= Q(name_fold=fold(normalise_company(lead.company_name).display)[:220])
    if lead.email:
        asked |= Q(email=lead.email)
    if lead.phone_e164:
        asked |= Q(phone_e164=lead.phone_e164)
    return list(rows.filter(asked).order_by("id")[:PANEL_ROWS])


def steps_of(lead: Lead) -> list[LeadStep]:
    """List through which statuses a lead went, the latest first."""
    return list(LeadStep.objects.filter(lead=lead).order_by("-entered_at", "-pk"))


def steps_taken(lead_id: int) -> list[LeadStep]:
    """List through which statuses a lead went, the first first; for the house's own telling."""
    return list(LeadStep.objects.filter(lead=lead_id).order_by("entered_at", "pk"))


def reasons(actor: Actor) -> list[DisqualifyReason]:
    """List the reasons for disqualifying."""
    return list(visible(actor, DisqualifyReason).filter(archived_at=None).order_by("name"))


def open_among(ids: Collection[int]) -> QuerySet[Lead]:
    """Give those of these leads that are still open; for the house's own reckoning."""
    return Lead.objects.filter(pk__in=ids, status__in=OPEN, archived_at=None)


def is_late(lead: Lead, at: Any) -> bool:
    """Tell whether the first response to a lead is overdue."""
    waits = lead.status in (NEW, WORKING) and lead.first_response_at is None and lead.response_due_at is not None
    return waits and lead.response_due_at < at


# --- figures of the page ---------------------------------------------------------------------------


def status_figure(actor: Actor, lead: Lead) -> Any:
    """Say in which status a lead is and for how long."""
    days = (timezone.now() - lead.status_at).days
    since = ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days > 0 else ""
    return str(lead.get_status_display()), since


def score_figure(actor: Actor, lead: Lead) -> Any:
    """Give the score of a lead."""
    return None if lead.score is None else f"{lead.score} / 100"


def value_figure(actor: Actor, lead: Lead) -> Any:
    """Give what a lead may be worth."""
    return lead.estimated_value


def response_figure(actor: Actor, lead: Lead) -> Any:
    """Say when the first response was, or when it is due."""
    if lead.first_response_at is not None:
        return lead.first_response_at, pgettext("lead", "answered")
    if lead.response_due_at is None or lead.status not in OPEN:
        return None
    return lead.response_due_at, _("late") if is_late(lead, timezone.now()) else _("due")


def worths(actor: Actor, ids: Sequence[int]) -> dict[int, tuple[Any, int | None]]:
    """Give what leads may be worth and how likely; one statement."""
    rows = visible(actor, Lead).filter(pk__in=list(ids)).values_list("pk", "estimated_value", "chance", "score")
    return {pk: (value, chance if chance is not None else score) for pk, value, chance, score in rows}
