"""What stands for the fields of a text: of enrolments at once, or of one record to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from hatir.domains.customers.models import COMPANY, Customer
from hatir.domains.leads.models import Lead
from hatir.domains.sales.models import Deal
from hatir.domains.sequences.models import Enrolment
from hatir.domains.sequences.queries.subjects import person_of
from hatir.foundation.access.queries import readable_fields, visible
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.foundation.staff.models import User
from hatir.kit.formats_tr import format_date, format_money
from hatir.kit.person_names import split_name

Words = dict[str, str]
COMES_FROM = {
    "first_name": ("name", "given_name"), "last_name": ("name", "family_name"), "full_name": ("name",),
    "company": ("company_name", "company"), "job_title": ("job_title",), "city": ("city",), "need": ("need", "needs"),
    "product": ("product",), "deal": ("name",), "amount": ("amount", "estimated_value"),
}  # fmt: skip
"""From which fields of records a word comes."""


def words_of(many: Sequence[Enrolment]) -> list[Words]:
    """Give the words of each enrolment by key; subjects must have been loaded."""
    owners = User.objects.in_bulk({one.owner_id for one in many if one.owner_id})
    language = str(value_of("company.language"))
    common = {
        "our_company": str(value_of("company.name") or ""),
        "today": format_date(timezone.localdate(), language=language),
    }
    return [{**common, **_owner(owners.get(one.owner_id or 0)), **_subject(one, language)} for one in many]


def seen_words(actor: Actor, one: Enrolment) -> Words:
    """Give the words of an enrolment as far as somebody may read the records and fields that they come from."""
    found = words_of([one])[0]
    closed: set[str] = set()
    for record in (one.lead or one.deal, person_of(one)):
        if record is not None:
            rt = type_of_model(type(record))
            is_seen = visible(actor, rt).filter(pk=record.pk).exists()
            closed |= set(fields_of(rt)) - set(readable_fields(actor, rt) if is_seen else ())
    return {key: "…" if text and closed & set(COMES_FROM.get(key, ())) else text for key, text in found.items()}


def _owner(user: User | None) -> Words:
    if user is None:
        return {}
    return {
        "owner": user.name,
        "owner_first_name": split_name(user.name).given,
        "owner_title": user.job_title,
        "owner_phone": user.phone,
        "owner_email": user.email,
    }


def _subject(one: Enrolment, language: str) -> Words:
    if one.lead is not None:
        return _lead(one.lead, language)
    person = person_of(one)
    found = _person(person) if person is not None else {}
    return {**found, **_deal(one.deal, language)} if one.deal is not None else found


def _lead(lead: Lead, language: str) -> Words:
    is_person = bool(lead.name) and lead.name != lead.company_name
    return {
        **(_named(lead.name) if is_person else {}),
        "company": lead.company_name,
        "job_title": lead.job_title,
        "city": lead.city,
        "need": lead.need,
        "product": lead.product.name if lead.product else "",
        "amount": _money(lead.estimated_value, lead.currency, language),
    }


def _named(name: str) -> Words:
    parts = split_name(name)
    return {"first_name": parts.given, "last_name": parts.family, "full_name": name}


def _person(customer: Customer) -> Words:
    is_company = customer.kind == COMPANY
    own: Words = {} if is_company else {**_named(customer.name)}
    if customer.given_name:
        own |= {"first_name": customer.given_name, "last_name": customer.family_name}
    firm = customer if is_company else customer.company
    return {
        **own,
        "company": firm.name if firm else "",
        "job_title": customer.job_title,
        "city": customer.city,
        "need": customer.needs,
    }


def _deal(deal: Deal, language: str) -> Words:
    firm = deal.customer if deal.customer and deal.customer.kind == COMPANY else None
    return {
        "deal": deal.name,
        "amount": _money(deal.amount, deal.currency, language),
        "product": deal.product.name if deal.product else "",
        **({"need": deal.need} if deal.need else {}),
        **({"company": firm.name} if firm else {}),
    }


def _money(amount: Any, currency: str, language: str) -> str:
    return "" if amount is None else format_money(amount, currency, language=language)
