"""Plans for key customers: what is aimed at, what answers which need, who decides, what may go wrong."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.accounts.rules import ANSWERED, MEASURES_OF
from hatir.domains.catalog.models import Product
from hatir.domains.customers.models import Customer
from hatir.domains.quotes.models import Quote
from hatir.domains.sales.models import ROLES, Deal
from hatir.foundation.records.models import OwnedRecord, Record

DRAFT, ACTIVE, CLOSED = "draft", "active", "closed"
STATUSES = ((DRAFT, _("Draft")), (ACTIVE, pgettext_lazy("plan", "Active")), (CLOSED, pgettext_lazy("plan", "Closed")))
MEASURE_NAMES = {
    "revenue": _("Revenue from orders"),
    "orders": _("Number of orders"),
    "product": _("Revenue with a product"),
    "won_amount": _("Amount of won deals"),
    "won_count": _("Number of won deals"),
    "contacts": _("Calls, meetings and visits"),
    "own": _("Counted by ourselves"),
}
MEASURES = tuple((key, MEASURE_NAMES[key]) for key in MEASURES_OF)
ANSWER_NAMES = {
    "idea": _("Idea"),
    "offered": _("Offered"),
    "agreed": _("Agreed"),
    "dropped": _("Dropped"),
}
ANSWER_STATES = tuple((key, ANSWER_NAMES[key]) for key in ("idea", *ANSWERED, "dropped"))
ATTITUDES = (
    ("champion", _("Stands up for us")),
    ("friendly", _("Well disposed")),
    ("neutral", _("Neutral")),
    ("critical", _("Critical")),
    ("against", _("Against us")),
    ("unknown", _("Not known")),
)
DEGREES = (("low", _("Low")), ("medium", _("Medium")), ("high", _("High")))
RISK_STATES = (("open", pgettext_lazy("risk", "Open")), ("watched", _("Watched")), ("gone", _("Gone")))


class AccountPlan(OwnedRecord):
    """What a company wants to reach with one customer in a period.

    `name` follows from customer and period unless somebody writes it. `next_review_on` moves on by `review_days` with
    every review.
    """

    name = models.CharField(_("name"), max_length=200, blank=True)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="account_plans"
    )
    status = models.CharField(_("status"), max_length=6, choices=STATUSES, default=ACTIVE)
    starts_on = models.DateField(_("begins"), blank=True)
    ends_on = models.DateField(_("ends"), blank=True)
    situation = models.TextField(_("where we stand"), blank=True, default="")
    aim = models.TextField(_("where we want to be"), blank=True, default="")
    review_days = models.PositiveSmallIntegerField(_("looked at every (days)"), default=90)
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    reviewed_on = models.DateField(_("last review"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("account plan")
        verbose_name_plural = _("account plans")
        indexes = [
            models.Index(fields=["customer", "-starts_on"], name="account_plan_customer"),
            models.Index(
                fields=["owner", "next_review_on"], name="account_plan_review",
                condition=models.Q(status=ACTIVE, next_review_on__isnull=False),
            ),
            models.Index(fields=["archived_at", "-id"], name="account_plan_recent"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class PlanGoal(Record):
    """One goal of a plan: what is measured, and how much it shall be at the plan's end.

    Money is in the company's currency. `reached` counts only for a measure that people count themselves; all others are
    reckoned.
    """

    plan = models.ForeignKey(AccountPlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="goals")
    name = models.CharField(_("goal"), max_length=200, blank=True)
    measure = models.CharField(_("measured by"), max_length=10, choices=MEASURES, default="revenue")
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    target = models.DecimalField(_("target"), max_digits=17, decimal_places=2)
    reached = models.DecimalField(
        _("reached (counted by ourselves)"), max_digits=17, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("goal of a plan")
        verbose_name_plural = _("goals of plans")

    def __str__(self) -> str:
        return self.name


class PlanAnswer(Record):
    """What answers a need: a product, a deal, a quote, or an idea. `need` is a line of the customer's needs."""

    plan = models.ForeignKey(AccountPlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="answers")
    need = models.CharField(_("need"), max_length=300, blank=True, default="")
    name = models.CharField(_("proposal"), max_length=200, blank=True)
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    deal = models.ForeignKey(
        Deal, verbose_name=_("deal"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    quote = models.ForeignKey(
        Quote, verbose_name=_("quote"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(_("status"), max_length=8, choices=ANSWER_STATES, default="idea")

    class Meta:
        verbose_name = _("proposal of a plan")
        verbose_name_plural = _("proposals of plans")

    def __str__(self) -> str:
        return self.name


class PlanContact(Record):
    """Somebody at the customer who matters to the plan: role in the decision, attitude, and who of ours covers them."""

    plan = models.ForeignKey(AccountPlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="contacts")
    person = models.ForeignKey(Customer, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    role = models.CharField(_("role in the decision"), max_length=10, choices=ROLES, default="decides")
    attitude = models.CharField(_("attitude"), max_length=8, choices=ATTITUDES, default="unknown")
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("covered by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("relationship of a plan")
        verbose_name_plural = _("relationships of plans")

    def __str__(self) -> str:
        return self.note or str(self.get_role_display())


class PlanRisk(Record):
    """Something that may cost the customer, and what is done against it."""

    plan = models.ForeignKey(AccountPlan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="risks")
    name = models.CharField(_("risk"), max_length=200)
    likelihood = models.CharField(_("likelihood"), max_length=6, choices=DEGREES, default="medium")
    impact = models.CharField(_("impact"), max_length=6, choices=DEGREES, default="medium")
    state = models.CharField(_("status"), max_length=7, choices=RISK_STATES, default="open")
    response = models.TextField(_("what we do about it"), blank=True, default="")

    class Meta:
        verbose_name = _("risk of a plan")
        verbose_name_plural = _("risks of plans")

    def __str__(self) -> str:
        return self.name
