"""Whom enrolments carry: the records themselves, who is written to, and whether that is allowed.

For the house's own reckoning: many at once, with a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hatir.domains.customers.models import Customer
from hatir.domains.leads.models import STATUSES as LEAD_STATUSES
from hatir.domains.leads.models import FormSubmission, Lead
from hatir.domains.privacy.models import CHANNELS
from hatir.domains.privacy.models import STATUSES as STATEMENTS
from hatir.domains.privacy.queries import statements_of
from hatir.domains.sales.models import LOST, WON, Deal, DealContact
from hatir.domains.sequences import rules
from hatir.domains.sequences.models import Enrolment, StepRun
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.refs import RecordRef

LEAD, DEAL, CUSTOMER, KEY = "leads.lead", "sales.deal", "customers.customer", "sequences.enrolment"
MODELS: Mapping[str, type[Any]] = {rules.LEADS: Lead, rules.DEALS: Deal, rules.CUSTOMERS: Customer}
TYPES: Mapping[str, str] = {rules.LEADS: LEAD, rules.DEALS: DEAL, rules.CUSTOMERS: CUSTOMER}
LINKS: Mapping[str, str] = {rules.LEADS: "lead", rules.DEALS: "deal", rules.CUSTOMERS: "customer"}
"""By what a sequence carries: the model, the type's key, and the field of an enrolment that links to it."""
EMAIL, GIVEN = CHANNELS[0][0], STATEMENTS[0][0]
LEAD_ENDS = dict(zip((key for key, _label in LEAD_STATUSES[-2:]), (rules.CONVERTED, rules.DISQUALIFIED), strict=True))
"""The last two statuses of a lead, each with the reason for which it stops a sequence."""
HOUSE = system_actor("sequences")


@dataclass(frozen=True)
class Reach:
    """Where a mail for an enrolment goes; with a `refusal` (a reason) it must not go."""

    address: str = ""
    customer_id: int | None = None
    refusal: str = ""


def link_of(carries: str) -> str:
    """Name the field of an enrolment that links to what a sequence carries."""
    return LINKS[carries]


def carried_by(type_key: str) -> str:
    """Say what sequences carry that type; "" for one that no sequence carries."""
    return next((carries for carries, key in TYPES.items() if key == type_key), "")


def subject_of(one: Enrolment) -> Any:
    """Give the record that an enrolment carries."""
    return one.lead or one.deal or one.customer


def subject_ref(one: Enrolment) -> RecordRef:
    """Point at the record that an enrolment carries."""
    if one.lead_id:
        return RecordRef(LEAD, one.lead_id)
    return RecordRef(DEAL, one.deal_id) if one.deal_id else RecordRef(CUSTOMER, one.customer_id or 0)


def person_of(one: Enrolment) -> Customer | None:
    """Give the customer who is written to; None for a lead, who is none yet."""
    if one.deal is not None:
        return one.contact or one.deal.customer
    return one.customer


def load_subjects(many: Sequence[Enrolment]) -> None:
    """Read what enrolments carry, all at once: at most five statements."""
    leads_by_id = _by_id(Lead, (one.lead_id for one in many), "product")
    deals = _by_id(Deal, (one.deal_id for one in many), "customer__company", "product")
    people = _by_id(Customer, (pk for one in many for pk in (one.customer_id, one.contact_id)), "company")
    for one in many:
        if one.lead_id:
            one.lead = leads_by_id.get(one.lead_id)
        if one.deal_id:
            one.deal = deals.get(one.deal_id)
        if one.customer_id:
            one.customer = people.get(one.customer_id)
        if one.contact_id:
            one.contact = people.get(one.contact_id)


def _by_id(model: type[Any], ids: Iterable[int | None], *joins: str) -> dict[int, Any]:
    wanted = {pk for pk in ids if pk}
    return {row.pk: row for row in model.objects.filter(pk__in=wanted).select_related(*joins)} if wanted else {}


def closed_as(subject: Any) -> str:
    """Say why nothing more is to be done with a record: a reason, or "" while it is open."""
    if subject is None or subject.archived_at is not None:
        return rules.RECORD_ARCHIVED
    if isinstance(subject, Lead):
        return LEAD_ENDS.get(subject.status, "")
    if isinstance(subject, Deal):
        return {WON: rules.WON, LOST: rules.LOST}.get(subject.status, "")
    return ""


def reach_of(many: Sequence[Enrolment]) -> list[Reach]:
    """Say of each enrolment where a mail goes and whether it may; subjects must have been loaded.

    Consents are asked anew each time. A lead has the right words in a form that it sent, or is a customer by its
    address who gave them; a refusal by any customer of that address counts.
    """
    addresses = [_address(one) for one in many]
    same = _customers_at({text for one, text in zip(many, addresses, strict=True) if one.lead_id and text})
    known = {pk for ids in same.values() for pk in ids} | {pk for one in many if (pk := _person_id(one))}
    said = statements_of(HOUSE, known, EMAIL)
    agreed = _agreed_in_forms({one.lead_id for one in many if one.lead_id})
    gone = _unsubscribed({one.lead_id for one in many if one.lead_id})
    bounced = _bounced({text for text in addresses if text})
    found = []
    for one, address in zip(many, addresses, strict=True):
        statements = [said[pk] for pk in (same.get(address, ()) if one.lead_id else (_person_id(one),)) if pk in said]
        refused = any(status != GIVEN for status in statements) or one.lead_id in gone
        allowed = not refused and (bool(statements) or one.lead_id in agreed)
        refusal = ""
        if not address:
            refusal = rules.NO_ADDRESS
        elif address in bounced:
            refusal = rules.ADDRESS_BOUNCED
        elif not allowed:
            refusal = rules.NO_CONSENT
        found.append(Reach(address, _person_id(one), refusal))
    return found


def _address(one: Enrolment) -> str:
    person = one.lead if one.lead_id else person_of(one)
    return str(person.email) if person is not None else ""


def _person_id(one: Enrolment) -> int | None:
    person = None if one.lead_id else person_of(one)
    return person.pk if person is not None else None


def _customers_at(addresses: set[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    rows = Customer.objects.filter(email__in=addresses, archived_at=None).values_list("email", "pk")
    for address, pk in rows if addresses else ():
        found.setdefault(address, []).append(pk)
    return found


def _agreed_in_forms(lead_ids: set[int]) -> set[int]:
    rows = FormSubmission.objects.filter(lead__in=lead_ids, consent=True, consent_channel=EMAIL)
    return set(rows.values_list("lead_id", flat=True)) if lead_ids else set()


def _unsubscribed(lead_ids: set[int]) -> set[int]:
    rows = Enrolment.objects.filter(lead__in=lead_ids, reason=rules.UNSUBSCRIBED)
    return set(rows.values_list("lead_id", flat=True)) if lead_ids else set()


def _bounced(addresses: set[str]) -> set[str]:
    rows = StepRun.objects.filter(state="bounced", to__in=addresses)
    return set(rows.values_list("to", flat=True)) if addresses else set()


def choose_contacts(many: Sequence[Enrolment]) -> None:
    """Choose who is written to about deals whose customer has no address: a decision maker first.

    For new enrolments; what they carry must have been loaded.
    """
    asked = [one for one in many if one.deal is not None and not one.contact_id and not _address(one)]
    if not asked:
        return
    rows = DealContact.objects.filter(deal__in={one.deal_id for one in asked}, archived_at=None)
    rows = rows.filter(person__archived_at=None).exclude(person__email="").select_related("person__company")
    found: dict[int, DealContact] = {}
    for part in rows.order_by("pk"):
        if part.deal_id not in found or (part.role == "decides" and found[part.deal_id].role != "decides"):
            found[part.deal_id] = part
    for one in asked:
        if one.deal_id in found:
            one.contact = found[one.deal_id].person
