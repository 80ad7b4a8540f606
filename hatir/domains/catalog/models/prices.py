"""For whom, when, where and from how many on something costs what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.catalog.models.currencies import CURRENCIES
from hatir.domains.catalog.models.products import Category, Product
from hatir.domains.customers.models import Segment
from hatir.foundation.access.models import Role
from hatir.foundation.records.models import Record

CHANNELS = (
    ("shop", _("Shop")),
    ("phone", _("Phone")),
    ("web", _("Web")),
    ("marketplace", _("Marketplace")),
    ("field", _("Field sales")),
)


class PriceList(Record):
    """Prices of one currency for a time, a channel and a group of customers; nothing given means all.

    Of several lists that apply, the one with the highest `priority` counts, then the cheapest price.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="TRY")
    includes_tax = models.BooleanField(_("prices include KDV"), default=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    segment = models.ForeignKey(
        Segment, verbose_name=_("customer group"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=12, choices=CHANNELS, blank=True, default="")
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")

    def __str__(self) -> str:
        return self.name


class ListPrice(Record):
    """The price of a product on a list, from a quantity on: an amount, or so many per cent less than the basic one."""

    price_list = models.ForeignKey(
        PriceList, verbose_name=_("price list"), on_delete=models.CASCADE, related_name="prices"
    )
    product = models.ForeignKey(Product, verbose_name=_("product"), on_delete=models.CASCADE, related_name="+")
    min_quantity = models.DecimalField(_("from quantity"), max_digits=14, decimal_places=4, default=1)
    price = models.DecimalField(_("price"), max_digits=17, decimal_places=4, null=True, blank=True)
    percent_off = models.DecimalField(_("per cent off"), max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("list price")
        verbose_name_plural = _("list prices")
        constraints = [
            models.UniqueConstraint(fields=["price_list", "product", "min_quantity"], name="list_price_once")
        ]

    def __str__(self) -> str:
        return f"{self.price_list_id} {self.product_id} {self.min_quantity}"


class Discount(Record):
    """So many per cent off for a time, on all or on a category or product, for all or for a group of customers.

    Discounts do not add up: the largest that applies counts.
    """

    name = models.CharField(_("name"), max_length=120)
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    product = models.ForeignKey(
        Product, verbose_name=_("product"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    segment = models.ForeignKey(
        Segment, verbose_name=_("customer group"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=12, choices=CHANNELS, blank=True, default="")
    min_quantity = models.DecimalField(_("from quantity"), max_digits=14, decimal_places=4, default=1)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("discount")
        verbose_name_plural = _("discounts")

    def __str__(self) -> str:
        return self.name


class DiscountLimit(Record):
    """How many per cent off the people of a role may give by themselves."""

    role = models.ForeignKey(Role, verbose_name=_("role"), on_delete=models.CASCADE, related_name="+")
    percent = models.DecimalField(_("most per cent off"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("discount limit")
        verbose_name_plural = _("discount limits")

    def __str__(self) -> str:
        return f"{self.role_id} {self.percent}"
