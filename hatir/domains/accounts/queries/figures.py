"""How far the goals of a plan are: reckoned from orders, deals and tasks, over what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from hatir.domains.accounts import rules
from hatir.domains.accounts.models import AccountPlan, PlanGoal
from hatir.domains.commerce.models import Order, OrderLine
from hatir.domains.customers.models import Customer
from hatir.domains.planning.models import CALL, DONE, MEETING, VISIT, Task
from hatir.domains.sales.models import WON, Deal
from hatir.domains.sales.queries import Rates
from hatir.domains.sales.queries.reports import COUNTED
from hatir.foundation.access.queries import may, readable_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import type_of_model
from hatir.kit.money import round_money

ZERO = Decimal(0)
CONTACT_KINDS = (CALL, MEETING, VISIT)
NEEDED: Mapping[str, tuple[type[Any], tuple[str, ...]]] = {
    rules.REVENUE: (Order, ("net", "currency", "ordered_on")),
    rules.ORDERS: (Order, ("ordered_on",)),
    rules.PRODUCT: (OrderLine, ("net", "product")),
    rules.WON_AMOUNT: (Deal, ("amount", "currency", "closed_on")),
    rules.WON_COUNT: (Deal, ("closed_on", "status")),
    rules.CONTACTS: (Task, ("done_at", "kind")),
}
"""What a reader has to see of which type, to be told a figure."""


@dataclass(frozen=True)
class Progress:
    """How a goal stands; `reached` is None for who may not see what it is made of."""

    goal: PlanGoal
    reached: Decimal | None
    share: Decimal
    pace: rules.Pace
    passed: int

    @property
    def is_money(self) -> bool:
        return self.goal.measure in rules.IN_MONEY


def circle_of(plan: AccountPlan) -> Q:
    """Give the condition on customers: the plan's own, its people and its subsidiaries."""
    own = plan.customer_id
    return Q(pk=own) | Q(company=own) | Q(parent=own)


def progress_of(actor: Actor, plan: AccountPlan, today: date) -> list[Progress]:
    """Say how each goal of a plan stands; the number of statements does not grow with the goals."""
    goals = list(visible(actor, PlanGoal).filter(plan=plan, archived_at=None).select_related("product").order_by("pk"))
    figures = _Figures(actor, plan, {goal.measure for goal in goals}, Rates(today))
    passed = rules.time_passed(plan.starts_on, plan.ends_on, today)
    found = []
    for goal in goals:
        reached = figures.of(goal)
        share = rules.share_of(reached or ZERO, goal.target)
        found.append(Progress(goal, reached, share, rules.pace_of(share, passed), passed))
    return found


class _Figures:
    """The figures of a plan's period, each asked once and only where a goal measures by it."""

    def __init__(self, actor: Actor, plan: AccountPlan, measures: set[str], rates: Rates) -> None:
        self._actor, self._plan, self._rates = actor, plan, rates
        self._known = {name: self._ask(name) for name in measures if name not in (rules.OWN, rules.PRODUCT)}
        self._products = self._by_product() if rules.PRODUCT in measures and self._sees(rules.PRODUCT) else None

    def of(self, goal: PlanGoal) -> Decimal | None:
        if goal.measure == rules.OWN:
            return goal.reached or ZERO
        if goal.measure == rules.PRODUCT:
            return None if self._products is None else self._products.get(goal.product_id, ZERO)
        return self._known[goal.measure]

    def _sees(self, measure: str) -> bool:
        model, names = NEEDED[measure]
        if not may(self._actor, "view", model):
            return False
        return set(names) <= set(readable_fields(self._actor, type_of_model(model)))

    def _ask(self, measure: str) -> Decimal | None:
        if not self._sees(measure):
            return None
        if measure == rules.REVENUE:
            return self._sum(self._orders(), "net")
        if measure == rules.WON_AMOUNT:
            return self._sum(self._won(), "amount")
        rows = {rules.ORDERS: self._orders, rules.WON_COUNT: self._won, rules.CONTACTS: self._contacts}[measure]()
        return Decimal(rows.count())

    def _sum(self, rows: QuerySet[Any], name: str) -> Decimal:
        """Add amounts up in the company's currency; a currency without a rate today is left out."""
        totals = rows.order_by().values_list("currency").annotate(total=Sum(name))
        return round_money(sum(((total or ZERO) * (self._rates.of(money) or ZERO) for money, total in totals), ZERO))

    def _orders(self) -> QuerySet[Any]:
        period = (self._plan.starts_on, self._plan.ends_on)
        rows = visible(self._actor, Order).filter(archived_at=None, status__in=COUNTED, ordered_on__range=period)
        return rows.filter(customer__in=self._circle())

    def _won(self) -> QuerySet[Any]:
        period = (self._plan.starts_on, self._plan.ends_on)
        rows = visible(self._actor, Deal).filter(archived_at=None, status=WON, closed_on__range=period)
        return rows.filter(customer__in=self._circle())

    def _contacts(self) -> QuerySet[Any]:
        period = (self._plan.starts_on, self._plan.ends_on)
        rows = visible(self._actor, Task).filter(archived_at=None, status=DONE, kind__in=CONTACT_KINDS)
        return rows.filter(customer__in=self._circle(), done_at__date__range=period)

    def _by_product(self) -> dict[int | None, Decimal]:
        lines = visible(self._actor, OrderLine).filter(archived_at=None, order__in=self._orders())
        found: dict[int | None, Decimal] = {}
        for product, currency, total in (
            lines.order_by().values_list("product", "order__currency").annotate(total=Sum("net"))
        ):
            worth = (total or ZERO) * (self._rates.of(currency) or ZERO)
            found[product] = round_money(found.get(product, ZERO) + worth)
        return found

    def _circle(self) -> Any:
        return Customer.objects.filter(circle_of(self._plan)).values("pk")
