"""A lead becomes a person, a company and a deal: all of it or nothing, and once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.customers.actions import create_customers, update_customers
from hatir.domains.customers.models import COMPANY, PERSON, Customer
from hatir.domains.leads.actions.leads import update_leads
from hatir.domains.leads.models import FormSubmission, Lead, LeadStep
from hatir.domains.leads.queries.web import consents_of_lead
from hatir.domains.leads.rules import CONVERTED, DISQUALIFIED
from hatir.domains.privacy.actions import record_consents
from hatir.domains.privacy.models import STATUSES as CONSENT_STATUSES
from hatir.domains.sales.actions import create_deals
from hatir.domains.sales.models import Deal, DealContact
from hatir.foundation.access.queries import get_for, get_visible, visible
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.registry import type_of_model
from hatir.kit.ids import encode_id

GIVEN = CONSENT_STATUSES[0][0]
Choice = int | Literal["new", "none"]
"""An existing customer by id, a new one, or none at all."""


class AlreadyConverted(RecordError):
    """Somebody converted the lead already; `lead` is as it is now."""

    def __init__(self, lead: Lead, who: str) -> None:
        self.lead, self.who = lead, who
        super().__init__(lead.pk)

    def __str__(self) -> str:
        return _("“%(lead)s” was converted already, by %(who)s.") % {"lead": self.lead.name, "who": self.who}


@dataclass(frozen=True)
class Conversion:
    """What became of a lead."""

    lead: Lead
    person: Customer | None
    company: Customer | None
    deal: Deal | None


def convert_lead(
    lead_id: int,
    *,
    actor: Actor,
    person: Choice = "new",
    company: Choice = "none",
    deal: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Conversion:
    """Turn a lead into customers and, with `deal` (values of a deal, may be empty), into a deal; one transaction.

    Whoever is chosen among the existing customers gets what is missing there and the actor may write. Raises
    AlreadyConverted, Invalid, Denied or NotFoundHere; nothing is stored then.
    """
    at = at or timezone.now()
    with transaction.atomic():
        lead = _locked(lead_id, actor)
        if person == "none" and company == "none":
            raise Invalid({"": [_("Choose at least a person or a company.")]})
        firm = _company(lead, company, actor)
        human = _person(lead, person, firm, actor)
        opened = _deal(lead, deal, human, firm, actor) if deal is not None else None
        values = {
            "status": CONVERTED,
            "converted_at": at,
            "customer": human.pk if human else None,
            "company": firm.pk if firm else None,
            "deal": opened.pk if opened else None,
        }
        converted = update_leads([(lead, values)], actor=actor, at=at)[0]
        _consents(lead, human or firm)
    return Conversion(converted, human, firm, opened)


def _consents(lead: Lead, whose: Customer | None) -> None:
    """Write down the consents that the lead gave in forms. They are statements of the person, not of who converts."""
    given = consents_of_lead(lead) if whose is not None else []
    rows = [
        {
            "customer": whose.pk if whose else None,
            "channel": one.consent_channel,
            "status": GIVEN,
            "obtained_from": "HS_WEB",
            "obtained_at": one.at,
            "evidence": _evidence(one),
        }
        for one in given
    ]
    if rows:
        record_consents(rows, actor=system_actor("leads.form"))


def _evidence(one: FormSubmission) -> str:
    told = _("Form “%(form)s”, entry %(entry)s: “%(text)s” %(page)s")
    parts = {"form": one.form.name, "entry": encode_id(one.pk), "text": one.consent_text[:150], "page": one.page}
    return (told % parts)[:300]


def _locked(lead_id: int, actor: Actor) -> Lead:
    get_for(actor, Lead, lead_id, "edit")
    lead: Lead = visible(actor, Lead).select_for_update(of=("self",)).get(pk=lead_id)
    if lead.status == CONVERTED:
        last = LeadStep.objects.filter(lead=lead, status=CONVERTED).order_by("-entered_at").first()
        raise AlreadyConverted(lead, last.user_label if last and last.user_label else _("somebody"))
    if lead.status == DISQUALIFIED:
        raise Invalid({"status": [_("Take the disqualified lead up again before you convert it.")]})
    if lead.archived_at is not None:
        raise Invalid({"": [_("Bring the archived lead back before you convert it.")]})
    return lead


def _company(lead: Lead, choice: Choice, actor: Actor) -> Customer | None:
    if choice == "none":
        return None
    if choice != "new":
        return _known(choice, COMPANY, actor)
    row = {
        "kind": COMPANY,
        "name": lead.company_name or lead.name,
        "website": lead.website,
        "industry": lead.industry,
        "employee_count": lead.employee_count,
        **_common(lead),
    }
    return create_customers([row], actor=actor)[0]


def _person(lead: Lead, choice: Choice, firm: Customer | None, actor: Actor) -> Customer | None:
    if choice == "none":
        return None
    values = {
        "email": lead.email,
        "phone": lead.phone,
        "job_title": lead.job_title,
        "company": firm.pk if firm else None,
    }
    if choice != "new":
        known = _known(choice, PERSON, actor)
        missing = {name: value for name, value in values.items() if value and not _held(known, name)}
        if missing and visible(actor, Customer, "edit").filter(pk=known.pk).exists():
            return update_customers([(known, missing)], actor=actor)[0]
        return known
    row = {"kind": PERSON, "name": lead.name, "needs": lead.need, **values, **_common(lead)}
    return create_customers([row], actor=actor)[0]


def _held(customer: Customer, name: str) -> Any:
    return customer.company_id if name == "company" else getattr(customer, name)


def _common(lead: Lead) -> dict[str, Any]:
    return {
        "stage": "prospect",
        "city": lead.city,
        "owner": lead.owner_id,
        "team": lead.team_id,
        "source": lead.source,
    }


def _known(customer_id: int, kind: str, actor: Actor) -> Customer:
    found: Customer = get_visible(actor, Customer, customer_id)
    if found.kind != kind or found.archived_at is not None:
        raise Invalid({"": [_("“%(name)s” cannot be chosen here.") % {"name": found.name}]})
    return found


def _deal(lead: Lead, said: Mapping[str, Any], human: Customer | None, firm: Customer | None, actor: Actor) -> Deal:
    whose = firm or human
    assert whose is not None
    row = {
        "name": lead.product.name if lead.product else "",
        "customer": whose.pk,
        "amount": lead.estimated_value,
        "currency": lead.currency,
        "need": lead.need,
        "source": lead.source,
        "referred_by": lead.referred_by_id,
        "owner": lead.owner_id,
        "team": lead.team_id,
    }
    made = create_deals([{**row, **said}], actor=actor)[0]
    if human is not None and firm is not None:
        part = {"deal": made.pk, "person": human.pk}
        generic.create(type_of_model(DealContact), [part], actor=actor)
    return made
