"""Leads: people and companies that may become customers, and the way each of them went."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.catalog.models import Product
from hatir.domains.customers.models import REGIONS, Customer
from hatir.domains.leads.rules import CONVERTED, DISQUALIFIED, NEW, NURTURING, QUALIFIED, WORKING
from hatir.domains.sales.models import Deal
from hatir.foundation.records.models import OwnedRecord, Record
from hatir.kit.ids import new_id

STATUSES = (
    (NEW, pgettext_lazy("lead", "New")),
    (WORKING, pgettext_lazy("lead", "Being worked")),
    (NURTURING, pgettext_lazy("lead", "Nurtured")),
    (QUALIFIED, pgettext_lazy("lead", "Qualified")),
    (CONVERTED, pgettext_lazy("lead", "Converted")),
    (DISQUALIFIED, pgettext_lazy("lead", "Disqualified")),
)
CURRENCIES = (("TRY", "₺ TRY"), ("EUR", "€ EUR"), ("USD", "$ USD"), ("GBP", "£ GBP"))


class DisqualifyReason(Record):
    """Why leads do not become customers."""

    name = models.CharField(_("name"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("reason for disqualifying")
        verbose_name_plural = _("reasons for disqualifying")

    def __str__(self) -> str:
        return self.name


class Lead(OwnedRecord):
    """Somebody who showed interest: a person, a company, or both.

    `status` follows the table in `rules.MOVES`; `status_at` and its fellows say since when, `LeadStep` how it came.
    `customer`, `company` and `deal` are what a converted lead became. `response_due_at` is when the first answer is
    due, in the company's working time. `score`, `chance` and `last_activity_at` are derived: they are written in bulk,
    without version and audit. The utm fields and `first_page` are of the first touch.
    """

    name = models.CharField(_("name"), max_length=200, blank=True)
    company_name = models.CharField(_("company name"), max_length=200, blank=True, default="")
    job_title = models.CharField(_("job title"), max_length=100, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    phone_e164 = models.CharField(max_length=20, blank=True, editable=False, default="")
    website = models.URLField(_("website"), blank=True, default="")
    city = models.CharField(_("city"), max_length=60, blank=True, default="")
    city_fold = models.CharField(max_length=60, editable=False, default="")
    region = models.CharField(_("region"), max_length=24, choices=REGIONS, blank=True, default="", editable=False)
    industry = models.CharField(_("industry"), max_length=80, blank=True, default="")
    employee_count = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    need = models.TextField(_("need"), blank=True, default="")
    product = models.ForeignKey(
        Product, verbose_name=_("interested in"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    estimated_value = models.DecimalField(_("estimated value"), max_digits=17, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="TRY")
    referred_by = models.ForeignKey(
        Customer, verbose_name=_("recommended by"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="brought_leads",
    )  # fmt: skip
    external_id = models.CharField(_("external id"), max_length=80, blank=True, default="")

    status = models.CharField(_("status"), max_length=12, choices=STATUSES, default=NEW)
    status_at = models.DateTimeField(_("in the status since"), editable=False, blank=True)
    nurture_until_on = models.DateField(_("nurture until"), null=True, blank=True)
    disqualify_reason = models.ForeignKey(
        DisqualifyReason, verbose_name=_("reason for disqualifying"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    qualified_at = models.DateTimeField(_("qualified on"), null=True, blank=True, editable=False)
    converted_at = models.DateTimeField(_("converted on"), null=True, blank=True, editable=False)
    disqualified_at = models.DateTimeField(_("disqualified on"), null=True, blank=True, editable=False)
    customer = models.ForeignKey(
        Customer, verbose_name=_("became the customer"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="came_from_leads", editable=False,
    )  # fmt: skip
    company = models.ForeignKey(
        Customer, verbose_name=_("became the company"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="came_from_company_leads", editable=False,
    )  # fmt: skip
    deal = models.ForeignKey(
        Deal, verbose_name=_("became the deal"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="came_from_leads", editable=False,
    )  # fmt: skip

    captured_at = models.DateTimeField(_("captured"), null=True, blank=True)
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True, editable=False)
    response_due_at = models.DateTimeField(_("first response due"), null=True, blank=True, editable=False)
    first_response_at = models.DateTimeField(_("first response"), null=True, blank=True, editable=False)
    last_activity_at = models.DateTimeField(_("last activity"), null=True, blank=True, editable=False)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True, editable=False)
    score_reasons = models.JSONField(default=list, blank=True, editable=False)
    chance = models.PositiveSmallIntegerField(_("chance (%)"), null=True, blank=True, editable=False)

    first_page = models.CharField(_("first page"), max_length=500, blank=True, default="")
    referrer = models.CharField(_("referring page"), max_length=500, blank=True, default="")
    utm_source = models.CharField(_("utm source"), max_length=100, blank=True, default="")
    utm_medium = models.CharField(_("utm medium"), max_length=100, blank=True, default="")
    utm_campaign = models.CharField(_("utm campaign"), max_length=100, blank=True, default="")
    utm_term = models.CharField(_("utm term"), max_length=100, blank=True, default="")
    utm_content = models.CharField(_("utm content"), max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes = [
            models.Index(fields=["archived_at", "-id"], name="lead_recent"),
            models.Index(fields=["status", "archived_at", "-id"], name="lead_status"),
            models.Index(fields=["owner", "status", "-id"], name="lead_owner"),
            models.Index(fields=["team", "status", "-id"], name="lead_team"),
            models.Index(fields=["score", "id"], name="lead_score"),
            models.Index(fields=["status", "response_due_at"], name="lead_due"),
            models.Index(fields=["status", "last_activity_at"], name="lead_silent"),
            models.Index(fields=["captured_at", "status", "source"], name="lead_captured"),
            models.Index(fields=["city_fold", "-id"], name="lead_city"),
            models.Index(fields=["email"], name="lead_email", condition=~models.Q(email="")),
            models.Index(fields=["phone_e164"], name="lead_phone", condition=~models.Q(phone_e164="")),
            models.Index(fields=["external_id"], name="lead_external", condition=~models.Q(external_id="")),
        ]

    def __str__(self) -> str:
        return self.name


class LeadStep(models.Model):
    """A lead stood in a status from `entered_at` until `left_at`; the status that lasts has no end."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(max_length=12, choices=STATUSES)
    came_from = models.CharField(max_length=12, choices=STATUSES, blank=True, default="")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    user_id = models.BigIntegerField(null=True)
    user_label = models.CharField(max_length=120, default="")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["lead", "entered_at"], name="lead_step_lead"),
            models.Index(fields=["status", "entered_at"], name="lead_step_status"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.status}"
