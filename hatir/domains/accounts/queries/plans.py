"""Questions about account plans: those of a customer, needs with their answers, the map of relationships, reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from hatir.domains.accounts import rules
from hatir.domains.accounts.models import ACTIVE, AccountPlan, PlanAnswer, PlanContact, PlanRisk
from hatir.domains.accounts.queries.figures import circle_of, progress_of
from hatir.domains.customers.models import Customer
from hatir.domains.planning.queries import QueueItem, QueuePress
from hatir.foundation.access.queries import may, readable_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.kit.formats_tr import format_short_date

KEY = "accounts.plan"
PANEL_ROWS, MOST_DUE, MOST_OFFERED = 6, 20, 6
USUAL_DAYS = 60
"""Whoever was not spoken to for longer counts as cold on the map; a habit of ours, no law."""


def plans_of(actor: Actor, customer: Customer) -> list[AccountPlan]:
    """List the plans of a customer, or of the company where somebody works, the latest first."""
    ids = [pk for pk in (customer.pk, customer.company_id, customer.parent_id) if pk]
    rows = visible(actor, AccountPlan).filter(customer__in=ids, archived_at=None)
    return list(rows.order_by("-starts_on", "-pk")[:PANEL_ROWS])


def needs_of(actor: Actor, plan: AccountPlan) -> list[rules.Need[PlanAnswer]]:
    """Give the customer's needs with what answers each; none of the customer's own to who may not read them."""
    rows = visible(actor, PlanAnswer).filter(plan=plan, archived_at=None)
    answers = list(rows.select_related("product", "deal__stage", "quote").order_by("pk"))
    customer = visible(actor, Customer).filter(pk=plan.customer_id).only("needs").first()
    sees = customer is not None and "needs" in readable_fields(actor, type_of_model(Customer))
    needs = rules.needs_in(customer.needs) if customer is not None and sees else []
    return rules.matched(needs, [(each.need, each.state, each) for each in answers])


# --- the map -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """Somebody on the map: for how many days nobody spoke to them, and how well they are covered."""

    contact: PlanContact
    is_visible: bool
    days: int | None
    coverage: str


def map_of(actor: Actor, plan: AccountPlan, at: datetime) -> list[Known]:
    """Give the people on the map of a plan, in the order in which they were put there; two statements."""
    rows = visible(actor, PlanContact).filter(plan=plan, archived_at=None).select_related("person", "colleague")
    found = list(rows.order_by("pk"))
    ids = [contact.person_id for contact in found]
    seen = set(visible(actor, Customer).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [_known(contact, contact.person_id in seen, at) for contact in found]


def _known(contact: PlanContact, is_visible: bool, at: datetime) -> Known:
    last = contact.person.last_contact_at
    days = (at - last).days if last is not None else None
    return Known(contact, is_visible, days, rules.coverage_of(contact.colleague_id is not None, days, USUAL_DAYS))


def not_on_map(actor: Actor, plan: AccountPlan) -> list[Customer]:
    """Name some people of the customer who are not on the map yet."""
    held = PlanContact.objects.filter(plan=plan, archived_at=None).values("person")
    rows = visible(actor, Customer).filter(company=plan.customer_id, archived_at=None).exclude(pk__in=held)
    return list(rows.order_by("name_sort", "pk")[:MOST_OFFERED])


def risks_of(actor: Actor, plan: AccountPlan) -> list[PlanRisk]:
    """List the risks of a plan, the gravest first; those that are gone last."""
    rows = list(visible(actor, PlanRisk).filter(plan=plan, archived_at=None).order_by("pk"))
    return sorted(rows, key=lambda risk: (risk.state == "gone", -rules.gravity(risk.likelihood, risk.impact)))


def of_circle(plan: AccountPlan, customer_ids: Sequence[int]) -> bool:
    """Tell whether all these customers belong to the plan's customer; for the house's own judging."""
    wanted = set(customer_ids)
    held = Customer.objects.filter(circle_of(plan) | Q(subsidiaries=plan.customer_id), pk__in=wanted)
    return set(held.values_list("pk", flat=True)) == wanted


# --- figures of the strip ------------------------------------------------------------------------------


def goals_figure(actor: Actor, plan: AccountPlan) -> Any:
    """Say how many goals are reached or on their way."""
    found = progress_of(actor, plan, timezone.localdate())
    if not found:
        return None
    good = sum(one.pace != rules.BEHIND for one in found)
    behind = len(found) - good
    return f"{good} / {len(found)}", ngettext("%(count)d behind", "%(count)d behind", behind) % {"count": behind}


def needs_figure(actor: Actor, plan: AccountPlan) -> Any:
    """Say how many needs are answered."""
    found = [need for need in needs_of(actor, plan) if need.text]
    return f"{sum(need.is_answered for need in found)} / {len(found)}" if found else None


def review_figure(actor: Actor, plan: AccountPlan) -> Any:
    """Give the day of the next review."""
    del actor
    return plan.next_review_on if plan.status == ACTIVE else None


# --- the day ------------------------------------------------------------------------------------------


def due_reviews(actor: Actor, at: datetime, until: datetime) -> list[QueueItem]:
    """Give the actor's own plans whose review is due by the end of the day."""
    del at
    if actor.user_id is None or not may(actor, "view", AccountPlan):
        return []
    tomorrow = timezone.localdate(until)
    rows = visible(actor, AccountPlan).filter(
        owner=actor.user_id, status=ACTIVE, next_review_on__lt=tomorrow, archived_at=None
    )
    return [_item(plan) for plan in rows.order_by("next_review_on", "pk")[:MOST_DUE]]


def _item(plan: AccountPlan) -> QueueItem:
    ref = RecordRef(KEY, plan.pk)
    due = plan.next_review_on or plan.ends_on
    return QueueItem(
        key=f"review:{plan.public_id}",
        title=_("Review the account plan: %(plan)s") % {"plan": plan.name},
        ref=ref,
        icon="target",
        reason=_("planned for %(day)s") % {"day": format_short_date(due, language=get_language() or "tr")},
        due_at=_noon(due),
        customer_id=plan.customer_id,
        press=QueuePress(_("Reviewed"), f"{ref.url}review/"),
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_current_timezone())
