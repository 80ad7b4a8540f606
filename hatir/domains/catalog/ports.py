"""What the room asks of the street: somebody who publishes the rates of foreign money, day by day.

An adapter in `integrations/` registers itself when the server starts; without one rates are written by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class PublishedRate:
    """What `unit` units of a currency cost in lira; None where the publisher gives no such rate.

    Forex is money on accounts (döviz), banknotes are cash (efektif). Buying and selling are seen from the bank.
    """

    currency: str
    unit: int
    forex_buying: Decimal | None
    forex_selling: Decimal | None
    banknote_buying: Decimal | None
    banknote_selling: Decimal | None


@dataclass(frozen=True)
class Bulletin:
    """The rates of one day, each currency once."""

    day: date
    rates: tuple[PublishedRate, ...]


class FeedProblem(Exception):
    """No rates could be had, and nothing was taken; worth another try. The message is fit for the user."""


class RateFeed(Protocol):
    """Somebody who publishes a bulletin on working days."""

    @property
    def key(self) -> str:
        """Name the origin as rates keep it (`CurrencyRate.origin`)."""

    @property
    def name(self) -> StrOrPromise:
        """Name the publisher as people know it."""

    def publishes_on(self, day: date) -> bool:
        """Tell whether a day may have a bulletin; False spares a question (weekends, fixed holidays)."""

    def due_day(self, at: datetime) -> date:
        """Give the newest day whose bulletin should be out at an instant."""

    def newest(self) -> Bulletin:
        """Fetch the newest bulletin. Raises FeedProblem."""

    def of_day(self, day: date) -> Bulletin | None:
        """Fetch the bulletin of a day; None when there was none (weekend, holiday). Raises FeedProblem."""


_registered: list[RateFeed] = []


def register_rate_feed(feed: RateFeed) -> RateFeed:
    """Make the publisher known, at start-up; the last one counts."""
    _registered.append(feed)
    return feed


def rate_feed() -> RateFeed | None:
    """Give the publisher of rates, if this installation has one."""
    return _registered[-1] if _registered else None
