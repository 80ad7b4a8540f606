"""What foreign money cost in lira on a day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import Record

_CODES = (
    "TRY USD EUR GBP CHF AED AUD AZN BGN CAD CNY DKK JPY KRW KWD KZT NOK PKR QAR RON RUB SAR SEK"  # in the order of use
)
CURRENCIES = tuple((code, code) for code in _CODES.split())
"""Lira, and what the central bank of Türkiye gives a daily rate for."""
MANUAL, TCMB = "manual", "tcmb"
ORIGINS = ((MANUAL, _("Written by hand")), (TCMB, "TCMB"))


class CurrencyRate(Record):
    """What one unit of a currency cost in lira on a day, when bought and when sold by the bank."""

    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="USD")
    valid_on = models.DateField(_("day"))
    buying = models.DecimalField(_("buying rate"), max_digits=18, decimal_places=6)
    selling = models.DecimalField(_("selling rate"), max_digits=18, decimal_places=6)
    origin = models.CharField(_("origin"), max_length=8, choices=ORIGINS, default=MANUAL, editable=False)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [models.UniqueConstraint(fields=["currency", "valid_on"], name="currency_rate_once")]

    def __str__(self) -> str:
        return f"{self.currency} {self.valid_on}"


class RateFetch(models.Model):
    """How the last fetch from a publisher of rates ended; one row for each publisher."""

    feed = models.CharField(primary_key=True, max_length=8)
    tried_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
    newest_on = models.DateField(null=True)
    stored = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.feed} {self.tried_at:%Y-%m-%d %H:%M}"
