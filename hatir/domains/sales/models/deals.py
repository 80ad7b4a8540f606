"""Deals, who takes part in them, and through which stages they went."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.catalog.models import Product
from hatir.domains.customers.models import Customer
from hatir.domains.sales.models.pipelines import HELD, LOST, OPEN, WON, Competitor, LossReason, Pipeline, Stage
from hatir.foundation.records.models import OwnedRecord, Record
from hatir.kit.ids import new_id

STATUSES = (
    (OPEN, pgettext_lazy("status", "Open")),
    (WON, _("Won")),
    (LOST, pgettext_lazy("deal", "Lost")),
    (HELD, _("On hold")),
)
COMMIT, BEST_CASE, IN_PIPELINE, LEFT_OUT = "commit", "best_case", "pipeline", "omitted"
CATEGORIES = (
    (COMMIT, _("Commit")),
    (BEST_CASE, _("Best case")),
    (IN_PIPELINE, _("Pipeline")),
    (LEFT_OUT, _("Left out")),
)
CURRENCIES = (("TRY", "₺ TRY"), ("EUR", "€ EUR"), ("USD", "$ USD"), ("GBP", "£ GBP"))
ROLES = (
    ("decides", _("Decision maker")),
    ("pays", _("Budget holder")),
    ("influences", _("Influencer")),
    ("uses", _("User")),
    ("champion", _("Champion")),
    ("blocks", _("Opponent")),
    ("other", _("Other")),
)


class Deal(OwnedRecord):
    """Something that a customer may buy.

    `pipeline`, `status`, `stage_entered_at` and, for decided deals, `closed_on` follow from the stage; the room's
    actions keep them true. `probability` is the deal's own where somebody gave one, else that of its stage counts.
    `next_step_at` and its fellows mirror the earliest open plan, so that lists may ask for them. With lines the amount
    is their sum and `product` that of the largest line; `typed_amount` keeps what was typed before there were any.
    """

    name = models.CharField(_("name"), max_length=200, blank=True)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), null=True, blank=True, on_delete=models.SET_NULL, related_name="deals"
    )
    pipeline = models.ForeignKey(
        Pipeline, verbose_name=_("pipeline"), on_delete=models.PROTECT, related_name="+", editable=False, blank=True
    )
    stage = models.ForeignKey(Stage, verbose_name=_("stage"), on_delete=models.PROTECT, related_name="+", blank=True)
    status = models.CharField(_("status"), max_length=4, choices=STATUSES, default=OPEN, editable=False)
    amount = models.DecimalField(_("amount"), max_digits=17, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="TRY")
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    line_count = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    typed_amount = models.DecimalField(max_digits=17, decimal_places=2, null=True, blank=True, editable=False)
    probability = models.PositiveSmallIntegerField(_("own probability (%)"), null=True, blank=True)
    category = models.CharField(_("forecast category"), max_length=9, choices=CATEGORIES, default=IN_PIPELINE)
    opened_on = models.DateField(_("opened"), null=True, blank=True)
    expected_on = models.DateField(_("expected close"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    stage_entered_at = models.DateTimeField(_("in the stage since"), editable=False, blank=True)
    held_until_on = models.DateField(_("on hold until"), null=True, blank=True)
    loss_reason = models.ForeignKey(
        LossReason, verbose_name=_("reason for losing"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    lost_to = models.ForeignKey(
        Competitor, verbose_name=_("lost to"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    competitors = models.ManyToManyField(
        Competitor, through="DealCompetitor", verbose_name=_("competitors"), blank=True, related_name="+"
    )
    referred_by = models.ForeignKey(
        Customer, verbose_name=_("recommended by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="brought_deals",
    )  # fmt: skip
    need = models.TextField(_("need"), blank=True, default="")
    external_id = models.CharField(_("external id"), max_length=80, blank=True, default="")
    next_step_at = models.DateTimeField(_("next step"), null=True, blank=True, editable=False)
    next_step_kind = models.CharField(_("kind of the next step"), max_length=12, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        indexes = [
            models.Index(fields=["archived_at", "-id"], name="deal_recent"),
            # A lane of the board in its order, and its sums, come from these two alone. PostgreSQL takes no order from
            # an index in which "archived_at IS NULL" stands before it.
            models.Index(
                fields=["stage", "status", "expected_on", "id"], name="deal_lane", condition=Q(archived_at=None),
            ),
            models.Index(
                fields=["pipeline", "status", "archived_at", "stage", "currency", "amount", "probability",
                        "owner", "team", "next_step_at", "expected_on"],
                name="deal_sums",
            ),
            models.Index(
                fields=["status", "archived_at", "closed_on", "pipeline", "opened_on", "owner", "team", "amount"],
                name="deal_closed",
            ),
            models.Index(fields=["status", "archived_at", "next_step_at"], name="deal_next"),
            # The sums of a forecast come from these columns alone.
            models.Index(
                fields=["status", "archived_at", "expected_on", "category", "currency", "owner", "team", "stage",
                        "probability", "amount"],
                name="deal_forecast",
            ),
            models.Index(
                fields=["status", "archived_at", "closed_on", "currency", "owner", "team", "amount"],
                name="deal_decided",
            ),
            models.Index(fields=["customer", "-id"], name="deal_customer"),
            models.Index(fields=["owner", "status", "-id"], name="deal_owner"),
            models.Index(fields=["team", "status", "-id"], name="deal_team"),
            models.Index(fields=["external_id"], name="deal_external", condition=~Q(external_id="")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class DealLine(Record):
    """One line of what is offered in a deal. Prices are without KDV, in the deal's currency.

    It keeps name, unit and price of the day it was written, whatever becomes of the product. `net` follows.
    """

    deal = models.ForeignKey(Deal, verbose_name=_("deal"), on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("position"), default=0, blank=True)
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("description"), max_length=200, blank=True, default="")
    unit = models.CharField(_("unit"), max_length=40, blank=True, default="")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4, default=Decimal("1.0000"))
    unit_price = models.DecimalField(_("unit price"), max_digits=17, decimal_places=4, null=True, blank=True)
    discount_percent = models.DecimalField(_("discount %"), max_digits=5, decimal_places=2, null=True, blank=True)
    net = models.DecimalField(_("amount"), max_digits=17, decimal_places=2, default=Decimal("0.00"), editable=False)

    class Meta:
        verbose_name = _("line of a deal")
        verbose_name_plural = _("lines of deals")
        indexes = [
            models.Index(fields=["deal", "position", "id"], name="deal_line_place"),
            models.Index(fields=["product", "-id"], name="deal_line_product"),
        ]

    def __str__(self) -> str:
        return self.name


class DealCompetitor(models.Model):
    """A competitor in a deal."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    competitor = models.ForeignKey(Competitor, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["competitor", "deal"], name="deal_competitor_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.competitor_id}"


class DealContact(Record):
    """Somebody who has a part in a deal."""

    deal = models.ForeignKey(Deal, verbose_name=_("deal"), on_delete=models.CASCADE, related_name="contacts")
    person = models.ForeignKey(
        Customer, verbose_name=_("person"), on_delete=models.CASCADE, related_name="parts_in_deals"
    )
    role = models.CharField(_("role"), max_length=10, choices=ROLES, default="decides")
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        indexes = [models.Index(fields=["deal", "role"], name="deal_contact_role")]

    def __str__(self) -> str:
        return self.note or str(self.get_role_display())


class StageStay(models.Model):
    """A deal stood in a stage from `entered_at` until `left_at`; the stay that lasts has none.

    For a decided stage the stay begins when the deal was decided, and says with what `amount`.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="stays")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    came_from = models.ForeignKey(Stage, null=True, on_delete=models.SET_NULL, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    amount = models.DecimalField(max_digits=17, decimal_places=2, null=True)
    user_id = models.BigIntegerField(null=True)
    user_label = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [
            models.Index(fields=["deal", "entered_at"], name="stage_stay_deal"),
            models.Index(fields=["stage", "entered_at"], name="stage_stay_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.stage_id}"
