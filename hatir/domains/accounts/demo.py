"""The account plan of the example company's largest customer, and one whose review is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F
from django.utils import timezone

from hatir.domains.accounts import actions
from hatir.domains.accounts.models import AccountPlan, PlanContact, PlanRisk
from hatir.domains.customers.actions import update_customers
from hatir.domains.customers.models import COMPANY, Customer
from hatir.domains.planning.actions import plan as plan_task
from hatir.domains.sales.models import OPEN, Deal
from hatir.foundation.access.queries import visible
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model

NEEDS = ("Şube açılışlarına yetişen teslimat", "Ofis koltuklarında tek model, tek fiyat", "Yerinde bakım ve onarım")
AIM = "Yeni şubelerin tamamında tek tedarikçi olmak; bakım anlaşmasını yıllık hâle getirmek."
SITUATION = "Üç şubesini biz döşedik; yeni açılacak şubelerde iki rakip daha teklif veriyor."
ROLES = (("decides", "friendly"), ("pays", "neutral"), ("champion", "champion"), ("blocks", "critical"))
RISKS = (
    ("Rakip merkezle çerçeve anlaşması görüşüyor", "medium", "high", "Genel müdürle yıl sonu toplantısı istenecek."),
    ("Satın alma müdürü değişebilir", "low", "medium", "İkinci bir karar vericiyle ilişki kurulacak."),
)


def seed_plans(*, actor: Actor, products: Sequence[int] = ()) -> None:
    """Make two plans where there are none: a full one, and one whose review is overdue."""
    if visible(actor, AccountPlan).exists():
        return
    rows = visible(actor, Customer).filter(kind=COMPANY, archived_at=None, owner__isnull=False)
    peopled = rows.annotate(size=Count("people")).order_by("-size", F("revenue").desc(nulls_last=True), "pk")
    found = list(peopled[:2])
    today = timezone.localdate()
    for at, customer in enumerate(found):
        _seed(customer, today, actor, list(products)) if at == 0 else _overdue(customer, today, actor)


def _seed(customer: Customer, today: date, actor: Actor, products: Sequence[int]) -> None:
    update_customers([(customer, {"needs": "\n".join(NEEDS)})], actor=actor)
    plan = _plan(customer, actor, situation=SITUATION, aim=AIM)
    revenue = max(Decimal(customer.revenue or 0) * Decimal("1.2"), Decimal(400_000)).quantize(Decimal(1000))
    goals: list[dict[str, Any]] = [
        {"measure": "revenue", "target": revenue},
        {"measure": "won_count", "target": Decimal(3)},
        {"measure": "contacts", "target": Decimal(24)},
        {"measure": "own", "name": "Bakım anlaşması yapılan şube", "target": Decimal(5), "reached": Decimal(2)},
    ]
    actions.create_goals([{"plan": plan.pk, **goal} for goal in goals], actor=actor)
    deal = visible(actor, Deal).filter(customer=customer, status=OPEN, archived_at=None).order_by("-amount").first()
    answers: list[dict[str, Any]] = [
        {"need": NEEDS[0], "name": "Şube açılış takvimi ve ayrılmış stok", "state": "offered"},
        {"need": NEEDS[1], "product": products[0] if products else None, "name": "" if products else "Tek koltuk"},
    ]
    if deal is not None:
        answers.append({"need": NEEDS[0], "deal": deal.pk, "state": "offered"})
    actions.create_answers([{"plan": plan.pk, **answer} for answer in answers], actor=actor)
    _people(plan, customer, actor)
    risks = [dict(zip(("name", "likelihood", "impact", "response"), risk, strict=True)) for risk in RISKS]
    generic.create(type_of_model(PlanRisk), [{"plan": plan.pk, **risk} for risk in risks], actor=actor)
    plan_task(
        "Yıl sonu değerlendirme toplantısı", actor=actor, about=RecordRef("accounts.plan", plan.pk), kind="meeting",
        due_at=timezone.now() + timedelta(days=6), owner_id=customer.owner_id, customer_id=customer.pk,
    )  # fmt: skip


def _people(plan: AccountPlan, customer: Customer, actor: Actor) -> None:
    people = visible(actor, Customer).filter(company=customer, archived_at=None).order_by("pk")[: len(ROLES)]
    rows = [
        {"plan": plan.pk, "person": person.pk, "role": role, "attitude": attitude,
         "colleague": customer.owner_id if role != "blocks" else None}
        for person, (role, attitude) in zip(people, ROLES, strict=False)
    ]  # fmt: skip
    generic.create(type_of_model(PlanContact), rows, actor=actor)


def _overdue(customer: Customer, today: date, actor: Actor) -> None:
    _plan(customer, actor, next_review_on=today - timedelta(days=4), aim="Yıllık alımı iki katına çıkarmak.")


def _plan(customer: Customer, actor: Actor, **values: Any) -> AccountPlan:
    row = {"customer": customer.pk, "owner": customer.owner_id, "team": customer.team_id, **values}
    return actions.create_plans([row], actor=actor)[0]
