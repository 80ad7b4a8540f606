"""The verbs of account plans: names and periods follow, what is linked belongs to the customer, reviews move on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.accounts import rules
from hatir.domains.accounts.models import ACTIVE, AccountPlan, PlanAnswer, PlanGoal
from hatir.domains.accounts.queries import of_circle
from hatir.domains.customers.actions import update_customers
from hatir.domains.customers.models import Customer
from hatir.foundation.access.queries import get_for
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.foundation.timeline.actions import add_entry

KEY = "accounts.plan"
LONGEST_NEED = 300
R = TypeVar("R", AccountPlan, PlanGoal, PlanAnswer)
Problems = dict[str, list[str]]


# --- plans --------------------------------------------------------------------------------------------


def create_plans(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[AccountPlan]:
    """Make plans; without a period for this year, without a day the first review comes after the usual time.

    Raises Invalid with the row's position.
    """
    today = timezone.localdate()
    plans = _blanks(AccountPlan, rows)
    for plan, row in zip(plans, rows, strict=True):
        plan.starts_on = row.get("starts_on") or date(today.year, 1, 1)
        plan.ends_on = row.get("ends_on") or date(plan.starts_on.year, 12, 31)
        if plan.next_review_on is None and plan.status == ACTIVE and plan.review_days:
            plan.next_review_on = today + timedelta(days=plan.review_days)
    _judge(plans, _plan_problems)
    _name_plans(plans)
    return writing.save_many(plans, actor=actor)


def update_plans(
    pairs: Sequence[tuple[AccountPlan, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[AccountPlan]:
    """Change plans. See `writing.save_many` for the errors."""
    before = [(plan.starts_on, plan.ends_on) for plan, _values in pairs]
    plans = _changed(pairs)
    for (plan, values), (starts_on, ends_on) in zip(pairs, before, strict=True):
        plan.starts_on = values.get("starts_on") or starts_on
        plan.ends_on = values.get("ends_on") or ends_on
    _judge(plans, _plan_problems)
    _name_plans(plans)
    return writing.save_many(plans, actor=actor, expected_version=expected_version)


def _plan_problems(plan: AccountPlan) -> Problems:
    return {"ends_on": [_("A plan ends after it begins.")]} if plan.ends_on < plan.starts_on else {}


def _name_plans(plans: Sequence[AccountPlan]) -> None:
    nameless = [plan for plan in plans if not plan.name.strip()]
    ids = {plan.customer_id for plan in nameless}
    names = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    for plan in nameless:
        plan.name = f"{names.get(plan.customer_id, '')}, {plan.starts_on.year}"[:200]


def review_plan(plan: AccountPlan, *, actor: Actor, note: str = "") -> AccountPlan:
    """Write down that a plan was looked at today, with what came of it; the next review follows its usual time.

    Twice on one day is once. Raises NotFoundHere, Denied or Invalid.
    """
    today, note = timezone.localdate(), note.strip()[:5000]
    with transaction.atomic():
        get_for(actor, AccountPlan, plan.pk, "edit")
        rows = AccountPlan.objects.filter(pk=plan.pk)
        held = (rows.select_for_update() if connection.features.has_select_for_update else rows).get()
        if held.status != ACTIVE:
            raise Invalid({"status": [_("Only an active plan is reviewed.")]})
        if held.reviewed_on == today and not note:
            return held
        held.reviewed_on = today
        held.next_review_on = today + timedelta(days=held.review_days) if held.review_days else None
        writing.save(held, actor=actor)
        add_entry(RecordRef(KEY, held.pk), actor=actor, kind="note", title=_("Account plan reviewed"), body=note)
    return held


def add_need(plan: AccountPlan, text: str, *, actor: Actor) -> Customer:
    """Write a need down where needs stand: on the plan's customer. Raises NotFoundHere, Denied or Invalid."""
    need = " ".join(text.split())[:LONGEST_NEED]
    if not need:
        raise Invalid({"need": [_("Write what the customer needs.")]})
    with transaction.atomic():
        customer: Customer = get_for(actor, Customer, plan.customer_id, "edit")
        if len(rules.needs_in(f"{customer.needs}\n{need}")) == len(rules.needs_in(customer.needs)):
            return customer
        needs = f"{customer.needs.rstrip()}\n{need}".strip()
        return update_customers([(customer, {"needs": needs})], actor=actor)[0]


# --- goals and answers ----------------------------------------------------------------------------------


def create_goals(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[PlanGoal]:
    """Set goals. Raises Invalid with the row's position."""
    return _saved(_blanks(PlanGoal, rows), _goal_problems, _name_goal, actor, None)


def update_goals(
    pairs: Sequence[tuple[PlanGoal, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[PlanGoal]:
    """Change goals. See `writing.save_many` for the errors."""
    return _saved(_changed(pairs), _goal_problems, _name_goal, actor, expected_version)


def create_answers(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[PlanAnswer]:
    """Write proposals down. Raises Invalid with the row's position."""
    return _saved(_blanks(PlanAnswer, rows), _answer_problems, _name_answer, actor, None)


def update_answers(
    pairs: Sequence[tuple[PlanAnswer, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[PlanAnswer]:
    """Change proposals. See `writing.save_many` for the errors."""
    return _saved(_changed(pairs), _answer_problems, _name_answer, actor, expected_version)


def _goal_problems(goal: PlanGoal) -> Problems:
    errors: Problems = {}
    if goal.target <= 0:
        errors["target"] = [_("A target is more than nought.")]
    if goal.measure == rules.PRODUCT and goal.product_id is None:
        errors["product"] = [_("Choose the product.")]
    return errors


def _name_goal(goal: PlanGoal) -> None:
    if not goal.name.strip():
        named = [str(goal.get_measure_display()), str(goal.product) if goal.measure == rules.PRODUCT else ""]
        goal.name = ": ".join(part for part in named if part)[:200]


def _answer_problems(answer: PlanAnswer) -> Problems:
    errors: Problems = {}
    if not (answer.name.strip() or answer.product_id or answer.deal_id or answer.quote_id):
        errors["name"] = [_("Say what is proposed: a product, a deal, a quote, or in words.")]
    linked = {"deal": answer.deal, "quote": answer.quote}
    for name, record in linked.items():
        if record is not None and record.customer_id and not of_circle(answer.plan, [record.customer_id]):
            errors[name] = [_("This belongs to another customer.")]
    return errors


def _name_answer(answer: PlanAnswer) -> None:
    answer.need = " ".join(answer.need.split())
    if not answer.name.strip():
        answer.name = str(answer.quote or answer.deal or answer.product)[:200]


# --- what all of them share -----------------------------------------------------------------------------


def _blanks(model: type[R], rows: Sequence[Mapping[str, Any]]) -> list[R]:
    rt, made = type_of_model(model), []
    for row in rows:
        record: R = blank(rt)
        put_all(rt, record, row)
        made.append(record)
    return made


def _changed(pairs: Sequence[tuple[R, Mapping[str, Any]]]) -> list[R]:
    for record, values in pairs:
        put_all(type_of_model(type(record)), record, values)
    return [record for record, _values in pairs]


def _judge(records: Sequence[R], problems_of: Callable[[R], Problems]) -> None:
    wrong = {at: problems for at, record in enumerate(records) if (problems := problems_of(record))}
    if wrong:
        raise Invalid(rows=wrong)


def _saved(
    records: list[R],
    problems_of: Callable[[R], Problems],
    name: Callable[[R], None],
    actor: Actor,
    expected_version: int | None,
) -> list[R]:
    _judge(records, problems_of)
    for record in records:
        name(record)
    return writing.save_many(records, actor=actor, expected_version=expected_version)
