"""The declarations of account plans and their parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.domains.accounts import actions, queries
from hatir.domains.accounts.models import ACTIVE, AccountPlan, PlanAnswer, PlanContact, PlanGoal, PlanRisk
from hatir.domains.planning.queries import add_queue_source
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import Kpi, Panel, RecordType, Scope, Section
from hatir.foundation.records.registry import offer_panel, register
from hatir.foundation.savedviews.declared import declare_view

CUSTOMER, KEY = "customers.customer", "accounts.plan"
PLAN = register(
    RecordType(
        key=KEY,
        model=AccountPlan,
        title="name",
        path="account-plans",
        icon="target",
        create=actions.create_plans,
        update=actions.update_plans,
        list_columns=("name", "customer", "status", "starts_on", "ends_on", "next_review_on", "owner"),
        quick_fields=("customer", "name", "starts_on", "ends_on", "aim"),
        sections=(
            Section("plan", _("Account plan"), ("customer", "status", "starts_on", "ends_on", "owner", "team")),
            Section("course", _("Where from and where to"), ("situation", "aim")),
            Section("review", _("Review"), ("review_days", "next_review_on", "reviewed_on")),
        ),
        order=("-starts_on", "name", "id"),
        search={"name": "A", "aim": "C", "situation": "C"},
        match_on=("customer", "name"),
        scope=Scope(owner="owner", team="team"),
        area="customers",
        timeline=True,
        panels=(
            Panel(CUSTOMER, _("Account plans"), queries.plans_of, KEY, "customer", ("status", "ends_on"),
                  icon="target", order=16),
        ),
        kpis=(
            Kpi("goals", _("Goals on their way"), queries.goals_figure),
            Kpi("needs", _("Needs answered"), queries.needs_figure),
            Kpi("review", _("Next review"), queries.review_figure),
        ),
    )
)  # fmt: skip
GOAL = register(
    RecordType(
        key="accounts.goal",
        model=PlanGoal,
        title="name",
        icon="target",
        create=actions.create_goals,
        update=actions.update_goals,
        list_columns=("plan", "name", "measure", "product", "target", "reached"),
        quick_fields=("plan", "measure", "target", "product", "reached", "name"),
        match_on=("plan", "name"),
        scope=Scope(follows="plan"),
        part_of="plan",
    )
)
ANSWER = register(
    RecordType(
        key="accounts.answer",
        model=PlanAnswer,
        title="name",
        icon="check",
        create=actions.create_answers,
        update=actions.update_answers,
        list_columns=("plan", "need", "name", "product", "deal", "quote", "state"),
        quick_fields=("plan", "need", "product", "deal", "quote", "name", "state"),
        match_on=("plan", "need", "name"),
        scope=Scope(follows="plan"),
        part_of="plan",
    )
)
CONTACT = register(
    RecordType(
        key="accounts.contact",
        model=PlanContact,
        title="note",
        icon="users",
        list_columns=("plan", "person", "role", "attitude", "colleague", "note"),
        quick_fields=("plan", "person", "role", "attitude", "colleague", "note"),
        match_on=("plan", "person", "role"),
        scope=Scope(follows="plan"),
        part_of="plan",
    )
)
RISK = register(
    RecordType(
        key="accounts.risk",
        model=PlanRisk,
        title="name",
        icon="triangle-alert",
        list_columns=("plan", "name", "likelihood", "impact", "state", "response"),
        quick_fields=("plan", "name", "likelihood", "impact", "state", "response"),
        match_on=("plan", "name"),
        scope=Scope(follows="plan"),
        part_of="plan",
    )
)


def _on_the_page(actor: Actor, plan: Any) -> Sequence[Any]:
    """Offer nothing: the plan's page itself shows its parts in the middle, so they are not listed beside it again."""
    del actor, plan
    return ()


for _part in (GOAL, ANSWER, CONTACT, RISK):
    offer_panel(Panel(KEY, _part.plural_label, _on_the_page, _part.key))
RUNNING = {"field": "status", "op": "is", "value": ACTIVE}
declare_view(KEY, "active", _("Running plans"), RUNNING, sort="next_review_on")
declare_view(KEY, "mine", _("My plans"), {"all": [RUNNING, {"field": "owner", "op": "is", "value": {"var": "me"}}]})
declare_view(
    KEY,
    "review",
    _("Review is due"),
    {"all": [RUNNING, {"field": "next_review_on", "op": "before", "value": {"days_ahead": 1}}]},
    sort="next_review_on",
)
add_queue_source(queries.due_reviews)
