"""Orders with their lines, and the way they went."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hatir.domains.catalog.models import CHANNELS, CURRENCIES, Product
from hatir.domains.commerce.rules import (
    CANCELLED,
    CONFIRMED,
    DELIVERED,
    DRAFT,
    PARTLY_SHIPPED,
    RETURNED,
    SHIPPED,
    WAITING,
)
from hatir.domains.customers.models import Customer
from hatir.foundation.records.models import OwnedRecord, Record
from hatir.kit.ids import new_id

ZERO, NONE = Decimal("0.00"), Decimal("0.0000")
STATUSES = (
    (DRAFT, _("Draft")),
    (WAITING, _("Waiting for approval")),
    (CONFIRMED, _("Confirmed")),
    (PARTLY_SHIPPED, _("Partly shipped")),
    (SHIPPED, _("Shipped")),
    (DELIVERED, _("Delivered")),
    (CANCELLED, _("Cancelled")),
    (RETURNED, _("Returned")),
)


class Order(OwnedRecord):
    """What a customer ordered. Amounts follow from the lines; `rate` is lira for one unit of its currency on its day.

    `total` is with KDV, `payable` without what the buyer withholds, `returned_total` the worth of what came back.
    """

    number = models.CharField(_("order number"), max_length=40, unique=True, blank=True)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(_("status"), max_length=16, choices=STATUSES, default=DRAFT)
    channel = models.CharField(_("channel"), max_length=12, choices=CHANNELS, blank=True, default="")
    ordered_on = models.DateField(_("order date"), default=timezone.localdate)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="TRY")
    rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=6, default=Decimal("1.000000"), editable=False
    )
    prices_include_tax = models.BooleanField(_("prices include KDV"), default=True)
    discount_amount = models.DecimalField(
        _("discount on the whole order"), max_digits=17, decimal_places=2, default=ZERO
    )
    reference = models.CharField(_("customer’s reference"), max_length=80, blank=True, default="")
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    is_promise_kept = models.BooleanField(_("promise kept"), null=True, blank=True, editable=False)
    delivery_address = models.CharField(_("delivery address"), max_length=400, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")
    external_id = models.CharField(_("external id"), max_length=80, blank=True, default="")
    gross = models.DecimalField(_("before discount"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    discount = models.DecimalField(_("discount"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    net = models.DecimalField(_("without KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    tax = models.DecimalField(_("KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    total = models.DecimalField(_("total"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    withheld = models.DecimalField(_("withheld KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    payable = models.DecimalField(_("payable"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    returned_total = models.DecimalField(_("returned"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    line_count = models.PositiveIntegerField(_("lines"), default=0, editable=False)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["archived_at", "-id"], name="order_recent"),
            models.Index(fields=["customer", "-ordered_on", "-id"], name="order_of_customer"),
            models.Index(fields=["status", "-ordered_on", "-id"], name="order_status"),
            models.Index(fields=["-ordered_on", "-id"], name="order_day"),
            models.Index(fields=["owner", "-id"], name="order_owner"),
            models.Index(fields=["team", "-id"], name="order_team"),
            models.Index(fields=["external_id"], name="order_external", condition=~models.Q(external_id="")),
            models.Index(fields=["promised_on"], name="order_promise", condition=models.Q(promised_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(Record):
    """One line of an order. It keeps name, unit, price and taxes of the day it was written, whatever becomes of them.

    `list_name` is the price list or discount that the price came from, "" where somebody wrote it.
    """

    order = models.ForeignKey(Order, verbose_name=_("order"), on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField(_("position"), default=0)
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("description"), max_length=200, blank=True, default="")
    unit = models.CharField(_("unit"), max_length=40, blank=True, default="")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=4, default=Decimal("1.0000"))
    unit_price = models.DecimalField(_("unit price"), max_digits=17, decimal_places=4, null=True, blank=True)
    discount_percent = models.DecimalField(_("discount %"), max_digits=5, decimal_places=2, null=True, blank=True)
    tax_percent = models.DecimalField(_("KDV %"), max_digits=5, decimal_places=2, null=True, blank=True)
    withholding_code = models.CharField(_("withholding code"), max_length=4, blank=True, default="")
    withholding_percent = models.DecimalField(
        _("part of the KDV withheld"), max_digits=5, decimal_places=2, default=ZERO
    )
    list_name = models.CharField(_("price from"), max_length=120, blank=True, default="", editable=False)
    gross = models.DecimalField(_("before discount"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    net = models.DecimalField(_("without KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    tax = models.DecimalField(_("KDV"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    total = models.DecimalField(_("total"), max_digits=17, decimal_places=2, default=ZERO, editable=False)
    cancelled_quantity = models.DecimalField(
        _("cancelled"), max_digits=14, decimal_places=4, default=NONE, editable=False
    )
    shipped_quantity = models.DecimalField(_("shipped"), max_digits=14, decimal_places=4, default=NONE, editable=False)
    returned_quantity = models.DecimalField(
        _("returned"), max_digits=14, decimal_places=4, default=NONE, editable=False
    )

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        indexes = [
            models.Index(fields=["order", "position", "id"], name="order_line_place"),
            models.Index(fields=["product", "-id"], name="order_line_product"),
        ]

    def __str__(self) -> str:
        return self.name


class OrderStep(models.Model):
    """An order came from one status to another."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="steps", db_index=False)
    before = models.CharField(max_length=16, choices=STATUSES, blank=True, default="")
    status = models.CharField(max_length=16, choices=STATUSES)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["order", "id"], name="order_step_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.status}"
