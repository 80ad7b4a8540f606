"""Which price counts: lists, quantity breaks, discounts, currencies. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)
UNIT_PLACES = Decimal("0.0001")
"""Unit prices keep four decimals; amounts are rounded to the kuruş once, when a line is reckoned."""
RATE_PLACES = Decimal("0.000001")
HOME = "TRY"


@dataclass(frozen=True)
class Terms:
    """When, where, for whom and from how many on something holds; None and "" mean always, everywhere, everybody."""

    valid_from: date | None = None
    valid_until: date | None = None
    segment_id: int | None = None
    channel: str = ""
    min_quantity: Decimal = Decimal(0)

    def hold(self, *, on: date, channel: str, segments: Collection[int], quantity: Decimal) -> bool:
        """Tell whether they hold on a day, in a channel, for a member of `segments`, for a quantity."""
        return (
            (self.valid_from is None or self.valid_from <= on)
            and (self.valid_until is None or on <= self.valid_until)
            and (self.segment_id is None or self.segment_id in segments)
            and (not self.channel or self.channel == channel)
            and self.min_quantity <= quantity
        )


@dataclass(frozen=True)
class Offer:
    """One price of a list as it would be charged: of one list the largest quantity break counts."""

    list_id: int
    name: str
    priority: int
    price: Decimal
    min_quantity: Decimal


@dataclass(frozen=True)
class Off:
    """One discount that holds."""

    name: str
    percent: Decimal


def unit_price(amount: Decimal) -> Decimal:
    """Round a unit price half-up to four decimals."""
    return amount.quantize(UNIT_PLACES, rounding=ROUND_HALF_UP)


def best_offer(offers: Iterable[Offer]) -> Offer | None:
    """Choose among offers that hold, all in one currency: highest priority first, then the lowest price.

    Of one list only the offer with the largest quantity break counts, also when a smaller one were cheaper.
    """
    of_list: dict[int, Offer] = {}
    for offer in offers:
        held = of_list.get(offer.list_id)
        if held is None or offer.min_quantity > held.min_quantity:
            of_list[offer.list_id] = offer
    return min(of_list.values(), key=lambda offer: (-offer.priority, offer.price, offer.list_id), default=None)


def best_discount(discounts: Sequence[Off]) -> Off | None:
    """Choose the largest discount; discounts do not add up."""
    return max(discounts, key=lambda off: off.percent, default=None)


def less(price: Decimal, percent: Decimal) -> Decimal:
    """Take so many per cent off a unit price."""
    return unit_price(price * (HUNDRED - percent) / HUNDRED)


def with_tax(price: Decimal, percent: Decimal) -> Decimal:
    """Add the KDV to a unit price."""
    return unit_price(price * (HUNDRED + percent) / HUNDRED)


def without_tax(price: Decimal, percent: Decimal) -> Decimal:
    """Take the KDV out of a unit price."""
    return unit_price(price * HUNDRED / (HUNDRED + percent))


def exchanged(amount: Decimal, rate_from: Decimal, rate_to: Decimal) -> Decimal:
    """Change an amount at two rates in lira, not rounded: amount × rate of its currency ÷ rate of the other."""
    return amount * rate_from / rate_to


def rate_of_one(published: Decimal, unit: int) -> Decimal:
    """Reckon what one unit costs from what `unit` of them cost (JPY is published per 100); six decimals, half up."""
    return (published / unit).quantize(RATE_PLACES, ROUND_HALF_UP)
