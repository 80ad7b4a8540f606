"""What foreign money is worth on a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from hatir.domains.catalog.models import CurrencyRate, RateFetch
from hatir.domains.catalog.ports import RateFeed
from hatir.domains.catalog.preferences import RATE_DAYS, RATE_SIDE
from hatir.domains.catalog.rules import HOME, exchanged
from hatir.foundation.access.queries import visible
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
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


def days_with_rates(origin: str, first: date, last: date) -> set[date]:
    """List the days that have rates of an origin, within two days and with both."""
    rows = CurrencyRate.objects.filter(origin=origin, valid_on__range=(first, last))
    return set(rows.order_by().values_list("valid_on", flat=True).distinct())


def newest_day_of(origin: str) -> date | None:
    """Give the newest day that has rates of an origin."""
    rows = CurrencyRate.objects.filter(origin=origin).order_by("-valid_on")
    return rows.values_list("valid_on", flat=True).first()


def last_fetch(feed: RateFeed) -> RateFetch | None:
    """Find how the last fetch from a publisher ended."""
    return RateFetch.objects.filter(feed=feed.key).first()


def rates_are_due(feed: RateFeed, at: datetime) -> bool:
    """Ask whether a publisher should be asked: the newest bulletin is not here, or something is still missing."""
    last = last_fetch(feed)
    if last is None or last.problem:
        return True
    newest = newest_day_of(feed.key)
    return newest is None or newest < feed.due_day(at)


def latest_rates(actor: Actor) -> list[CurrencyRate]:
    """List the rates of the newest day that has any, as far as the actor may see them; by currency."""
    rows = visible(actor, CurrencyRate).filter(archived_at=None)
    newest = rows.order_by("-valid_on").values_list("valid_on", flat=True).first()
    return list(rows.filter(valid_on=newest).order_by("currency")) if newest else []
