"""Questions about customers; each starts at the read door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hatir.domains.customers.models import COMPANY, Address, ContactPoint, Customer, CustomerList, Relation
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.expressions import SortText
from hatir.kit.text_tr import fold

PANEL_ROWS = 6


@dataclass(frozen=True)
class RelationLine:
    """One relation as it reads from one side: "subsidiary of" and the other customer."""

    relation: Relation
    text: str
    other: Customer


def relations_of(actor: Actor, customer: Customer) -> list[RelationLine]:
    """List a customer's relations from both sides; the other side only where the actor may see it."""
    sees = visible(actor, Customer).filter(archived_at=None)
    rows = Relation.objects.filter(archived_at=None).select_related("kind", "customer", "other").order_by("id")
    here = rows.filter(customer=customer, other__in=sees)[:PANEL_ROWS]
    there = rows.filter(other=customer, customer__in=sees)[:PANEL_ROWS]
    return [
        *(RelationLine(relation, relation.kind.name, relation.other) for relation in here),
        *(RelationLine(relation, relation.kind.reverse_name, relation.customer) for relation in there),
    ]


def relation_rows(actor: Actor, customer: Customer) -> list[Relation]:
    """Give the relations of a customer for its panel, each with the text of this side."""
    rows = []
    for line in relations_of(actor, customer):
        line.relation.panel_title = str(line.other)  # type: ignore[attr-defined]
        line.relation.panel_note = ", ".join(  # type: ignore[attr-defined]
            part for part in (line.text, line.relation.role, _decides(line.relation)) if part
        )
        line.relation.panel_url = f"/records/customers.customer/{line.other.public_id}/"  # type: ignore[attr-defined]
        rows.append(line.relation)
    return rows


def _decides(relation: Relation) -> str:
    return _("decision maker") if relation.decides else ""


def people_of(actor: Actor, customer: Customer) -> list[Customer]:
    """List the newest people of a company; a person has none."""
    if customer.kind != COMPANY:
        return []
    return list(visible(actor, Customer).filter(company=customer, archived_at=None).order_by("-id")[:PANEL_ROWS])


def subsidiaries_of(actor: Actor, customer: Customer) -> list[Customer]:
    """List the subsidiaries of a company."""
    if customer.kind != COMPANY:
        return []
    return list(visible(actor, Customer).filter(parent=customer, archived_at=None).order_by("name_sort")[:PANEL_ROWS])


def lists_of(actor: Actor, customer: Customer) -> list[CustomerList]:
    """List the static lists that a customer is on."""
    return list(
        visible(actor, CustomerList).filter(members=customer, archived_at=None).order_by(SortText("name"))[:PANEL_ROWS]
    )


def customers_with_email(actor: Actor, email: str) -> list[Customer]:
    """Find customers by one of their e-mail addresses."""
    wanted = email.strip().lower()  # ascii-only: an e-mail address
    points = ContactPoint.objects.filter(kind="email", value_normal=wanted, archived_at=None).values("customer")
    rows = visible(actor, Customer).filter(archived_at=None)
    return list((rows.filter(email=wanted) | rows.filter(pk__in=points)).order_by("id")[:PANEL_ROWS])


def search_words(records: Sequence[Customer]) -> Mapping[int, str]:
    """Give what else a customer is found by: further phones, e-mails and places."""
    ids = [record.pk for record in records]
    words: dict[int, list[str]] = {}
    points = ContactPoint.objects.filter(customer__in=ids, archived_at=None).order_by("pk")
    places = Address.objects.filter(customer__in=ids, archived_at=None).order_by("pk")
    for found in (points.values_list("customer_id", "value"), places.values_list("customer_id", "city")):
        for owner, text in found:
            words.setdefault(owner, []).append(text)
    return {owner: fold(" ".join(own)) for owner, own in words.items()}


def last_contact(actor: Actor, customer: Customer) -> Any:
    """Give the instant of the last contact."""
    return customer.last_contact_at


def next_contact(actor: Actor, customer: Customer) -> Any:
    """Give the instant of the planned next contact."""
    return customer.next_contact_at


def last_purchase(actor: Actor, customer: Customer) -> Any:
    """Give the day of the last purchase, with how many there were and what they brought."""
    if customer.last_purchase_on is None:
        return None
    count = customer.order_count or 0
    orders = ngettext("%(count)d order", "%(count)d orders", count) % {"count": count}
    return customer.last_purchase_on, orders


def lifetime_value(actor: Actor, customer: Customer) -> Any:
    """Give what the customer has been worth so far."""
    return customer.lifetime_value
