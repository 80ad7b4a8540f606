"""Quotes with their lines."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.catalog.models import CURRENCIES, Product
from hatir.domains.commerce.models import Order
from hatir.domains.customers.models import Customer
from hatir.domains.quotes.rules import (
    ACCEPTED,
    APPROVED,
    DECLINED,
    DRAFT,
    EXPIRED,
    OUT,
    REPLACED,
    SENT,
    VIEWED,
    WAITING,
)
from hatir.domains.sales.models import Deal
from hatir.foundation.records.models import OwnedRecord, Record

ZERO = Decimal("0.00")
STATUSES = (
    (DRAFT, _("Draft")),
    (WAITING, _("Waiting for approval")),
    (APPROVED, _("Approved")),
    (SENT, pgettext_lazy("quote", "Sent")),
    (VIEWED, pgettext_lazy("quote", "Viewed")),
    (ACCEPTED, pgettext_lazy("quote", "Accepted")),
    (DECLINED, pgettext_lazy("quote", "Declined")),
    (EXPIRED, pgettext_lazy("quote", "Expired")),
    (REPLACED, pgettext_lazy("quote", "Replaced")),
)
LANGUAGES = (("tr", "Türkçe"), ("en", "English"))
ITEM, SECTION = "item", "section"
KINDS = ((ITEM, pgettext_lazy("quote", "Line")), (SECTION, pgettext_lazy("quote", "Section")))


class Quote(OwnedRecord):
    """What is offered to a customer. Amounts follow from the lines that count; `rate` is lira for one unit of its day.

    A version that took another's place names it in `replaces`; `base_number` is what all versions share. `accepted_by`
    and its fellows say who answered; the picture of a signature is a stored file of the quote.
    """

    number = models.CharField(_("quote number"), max_length=40, unique=True, blank=True)
    base_number = models.CharField(max_length=40, blank=True, default="", editable=False)
    revision = models.PositiveSmallIntegerField(pgettext_lazy("quote", "version"), default=1, editable=False)
    replaces = models.OneToOneField(
        "self", verbose_name=_("replaces"), null=True, editable=False, on_delete=models.PROTECT,
        related_name="replaced_by",
    )  # fmt: skip
    title = models.CharField(_("subject"), max_length=200, blank=True, default="")
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), blank=True, on_delete=models.PROTECT, related_name="quotes"
    )
    contact = models.ForeignKey(
        Customer, verbose_name=_("attention of"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    deal = models.ForeignKey(
        Deal, verbose_name=_("deal"), null=True, blank=True, on_delete=models.SET_NULL, related_name="quotes"
    )
    status = models.CharField(_("status"), max_length=10, choices=STATUSES, default=DRAFT, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="tr")
    quoted_on = models.DateField(_("date"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    promised_on = models.DateField(
        _("delivery promised for"),
        null=True,
        blank=True,
        help_text=_("The customer reads it; the order of the accepted quote keeps it."),
    )
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="TRY")
    rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=6, default=Decimal("1.000000"), editable=False
    )
    prices_include_tax = models.BooleanField(_("prices include KDV"), default=True)
    discount_percent = models.DecimalField(
        _("discount on the whole quote, %"), max_digits=5, decimal_places=2, default=ZERO
    )
    discount_amount = models.DecimalField(
        _("discount on the whole quote"), max_digits=17, decimal_places=2, default=ZERO
    )
    intro = models.TextField(_("introduction"), blank=True, default="")
    terms = models.TextField(_("terms"), blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="", help_text=_("for ourselves; the customer never sees it"))
    external_id = models.CharField(_("external id"), max_length=80, blank=True, default="")
    gross = models.DecimalField(_("before discount"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    discount = models.DecimalField(_("discount"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    net = models.DecimalField(_("without KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    tax = models.DecimalField(_("KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    total = models.DecimalField(_("total"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    withheld = models.DecimalField(_("withheld KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    payable = models.DecimalField(_("payable"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    line_count = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    sent_at = models.DateTimeField(pgettext_lazy("quote", "sent"), null=True, editable=False)
    viewed_at = models.DateTimeField(pgettext_lazy("quote", "first viewed"), null=True, editable=False)
    decided_at = models.DateTimeField(pgettext_lazy("quote", "answered"), null=True, editable=False)
    decided_by = models.CharField(
        pgettext_lazy("quote", "answered by"), max_length=120, blank=True, default="", editable=False
    )
    decline_reason = models.CharField(
        _("reason for declining"), max_length=1000, blank=True, default="", editable=False
    )
    order = models.OneToOneField(
        Order, verbose_name=_("order"), null=True, editable=False, on_delete=models.SET_NULL, related_name="quote"
    )

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        indexes = [
            models.Index(fields=["archived_at", "-id"], name="quote_recent"),
            models.Index(fields=["customer", "-id"], name="quote_customer"),
            models.Index(fields=["deal", "-id"], name="quote_deal"),
            models.Index(fields=["owner", "-id"], name="quote_owner"),
            models.Index(fields=["team", "-id"], name="quote_team"),
            models.Index(fields=["status", "-id"], name="quote_status"),
            models.Index(fields=["valid_until"], name="quote_running_out", condition=models.Q(status__in=sorted(OUT))),
            models.Index(fields=["sent_at"], name="quote_unanswered", condition=models.Q(status__in=sorted(OUT))),
            models.Index(fields=["external_id"], name="quote_external", condition=~models.Q(external_id="")),
        ]

    def __str__(self) -> str:
        return self.number


class QuoteLine(Record):
    """One line of a quote, or the heading of a section. It keeps name, unit, price and taxes as they were written.

    `listed_price` is what the catalogue said then; when it says otherwise now, that is shown. An optional line counts
    only when it `is_chosen`.
    """

    quote = models.ForeignKey(Quote, verbose_name=_("quote"), on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=8, choices=KINDS, default=ITEM)
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("description"), max_length=200, blank=True, default="")
    detail = models.TextField(_("details"), blank=True, default="")
    unit = models.CharField(_("unit"), max_length=40, blank=True, default="")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4, default=Decimal("1.0000"))
    unit_price = models.DecimalField(_("unit price"), max_digits=17, decimal_places=4, null=True, blank=True)
    discount_percent = models.DecimalField(_("discount %"), max_digits=5, decimal_places=2, null=True, blank=True)
    tax_percent = models.DecimalField(_("KDV %"), max_digits=5, decimal_places=2, null=True, blank=True)
    withholding_code = models.CharField(_("withholding code"), max_length=4, blank=True, default="")
    withholding_percent = models.DecimalField(
        _("part of the KDV withheld"), max_digits=5, decimal_places=2, default=ZERO
    )
    is_optional = models.BooleanField(_("optional"), default=False)
    is_chosen = models.BooleanField(_("chosen"), default=False)
    list_name = models.CharField(_("price from"), max_length=120, blank=True, default="", editable=False)
    listed_price = models.DecimalField(
        _("price in the catalogue"), max_digits=17, decimal_places=4, null=True, editable=False
    )
    gross = models.DecimalField(_("before discount"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    net = models.DecimalField(_("without KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    tax = models.DecimalField(_("KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    total = models.DecimalField(_("total"), max_digits=17, decimal_places=2, default=ZERO, editable=False)

    class Meta:
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")
        indexes = [
            models.Index(fields=["quote", "position", "id"], name="quote_line_place"),
            models.Index(fields=["product", "-id"], name="quote_line_product"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def counts(self) -> bool:
        """Tell whether the line belongs to what is offered as it stands."""
        return self.kind == ITEM and (self.is_chosen or not self.is_optional)
