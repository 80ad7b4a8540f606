"""What foreign money is worth on a day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from hatir.domains.catalog.models import CurrencyRate
from hatir.domains.catalog.preferences import RATE_DAYS, RATE_SIDE
from hatir.domains.catalog.rules import HOME, exchanged
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.errors import RecordError
from hatir.kit.formats_tr import format_short_date


class NoRate(RecordError):
    """No exchange rate is known for a currency on a day."""

    def __init__(self, currency: str, on: date) -> None:
        self.currency, self.on = currency, on
        super().__init__(currency, on)

    def __str__(self) -> str:
        return _("There is no exchange rate of %(currency)s for %(day)s. Write one down first.") % {
            "currency": self.currency,
            "day": format_short_date(self.on),
        }


def rate_on(currency: str, on: date) -> Decimal:
    """Give what one unit cost in lira on a day: the newest rate that is not older than the company's setting.

    Lira is 1. Which side counts (selling, buying) is a setting. Raises NoRate.
    """
    if currency == HOME:
        return Decimal(1)
    oldest = on - timedelta(days=int(value_of(RATE_DAYS.key)))
    rows = CurrencyRate.objects.filter(archived_at=None, currency=currency, valid_on__lte=on, valid_on__gte=oldest)
    found = rows.order_by("-valid_on").first()
    if found is None:
        raise NoRate(currency, on)
    return found.buying if value_of(RATE_SIDE.key) == "buying" else found.selling


def convert(amount: Decimal, currency: str, into: str, *, on: date) -> Decimal:
    """Change an amount into another currency, over lira, not rounded. Raises NoRate."""
    if currency == into:
        return amount
    return exchanged(amount, rate_on(currency, on), rate_on(into, on))
