"""In what goods are counted, and what the state takes: KDV rates by date, codes of tevkifat."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import Record


class Unit(Record):
    """In what a product is counted. `code` is that of UN/ECE Recommendation 20, as e-invoices ask for it."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    code = models.CharField(_("code"), max_length=8, blank=True, default="")

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name


class Tax(Record):
    """A kind of KDV: general, reduced, exempt. Its per cent is that of the newest rate on a day."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("KDV group")
        verbose_name_plural = _("KDV groups")

    def __str__(self) -> str:
        return self.name


class TaxRate(Record):
    """The per cent of a kind of KDV from a day on, until the next one begins."""

    tax = models.ForeignKey(Tax, verbose_name=_("KDV group"), on_delete=models.CASCADE, related_name="rates")
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2)
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("KDV rate")
        verbose_name_plural = _("KDV rates")
        constraints = [models.UniqueConstraint(fields=["tax", "valid_from"], name="tax_rate_once")]

    def __str__(self) -> str:
        return f"{self.percent} {self.valid_from}"


class Withholding(Record):
    """A code of tevkifat: the buyer withholds this part of the KDV and pays it to the state himself."""

    code = models.CharField(_("code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=200)
    percent = models.DecimalField(_("part of the KDV"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("KDV withholding")
        verbose_name_plural = _("KDV withholdings")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
