"""Amounts of a quote, an order or an invoice from its lines: exact, half-up to the kuruş, adding up every way.

The rule, in this order:

1. A line's worth is quantity × unit price, rounded; its discount is that worth × per cent, rounded.
2. A discount on the whole document is shared out over the lines by what they are worth, without losing a kuruş.
3. Lines of one KDV rate are added up, and the tax is reckoned once for their sum. Prices without KDV: tax = base ×
   rate, rounded. Prices with KDV: base = sum ÷ (1 + rate), rounded, and the tax is the rest, so that the customer pays
   exactly the price on the tag.
4. What was reckoned for the sum is shared out over its lines by largest remainder.
5. Tevkifat is reckoned from the tax of all lines with the same code, rounded, and taken off what is payable.

So lines add up to the breakdown, the breakdown to the total, and base × rate is the tax of each rate (prices with KDV:
to the kuruş that rounding the base costs). Source: UBL-TR practice, KDV grouped by rate at document level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hatir.kit.money import Money, round_money

NOTHING = Decimal("0.00")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class LineInput:
    """What is agreed for one line. Per cents are of 100; `withholding_percent` is the part of the KDV withheld."""

    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = NOTHING
    tax_percent: Decimal = NOTHING
    withholding_code: str = ""
    withholding_percent: Decimal = NOTHING


@dataclass(frozen=True)
class LineAmounts:
    """What follows for one line. `discount` and `share` (of the document's discount) are what was taken off."""

    gross: Decimal
    discount: Decimal
    share: Decimal
    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """Give what the line costs with KDV."""
        return self.net + self.tax


@dataclass(frozen=True)
class TaxLine:
    """One line of the breakdown by KDV rate."""

    percent: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True)
class WithholdingLine:
    """One line of the breakdown by code of tevkifat: of `tax` the buyer withholds `amount`."""

    code: str
    percent: Decimal
    tax: Decimal
    amount: Decimal


@dataclass(frozen=True)
class DocumentAmounts:
    """All amounts of a document. `payable` is `total` without what is withheld."""

    lines: tuple[LineAmounts, ...]
    taxes: tuple[TaxLine, ...]
    withholdings: tuple[WithholdingLine, ...]
    gross: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    withheld: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @property
    def payable(self) -> Decimal:
        return self.total - self.withheld


class DiscountTooLarge(ValueError):
    """The discount on the whole document is more than its lines are worth."""


def document_amounts(lines: Sequence[LineInput], *, with_tax: bool, discount: Decimal = NOTHING) -> DocumentAmounts:
    """Reckon all amounts of a document; `with_tax` says that unit prices and `discount` contain the KDV.

    Raises DiscountTooLarge. Amounts `gross` and `discount` are as the prices are: with or without KDV.
    """
    gross = [round_money(line.quantity * line.unit_price) for line in lines]
    off = [round_money(worth * line.discount_percent / HUNDRED) for worth, line in zip(gross, lines, strict=True)]
    worth = [one - less for one, less in zip(gross, off, strict=True)]
    shares = _shared(round_money(discount), worth)
    rest = [one - less for one, less in zip(worth, shares, strict=True)]
    net, tax = list(rest), [NOTHING] * len(lines)
    taxes = []
    for percent in sorted({line.tax_percent for line in lines}):
        places = [at for at, line in enumerate(lines) if line.tax_percent == percent]
        taxes.append(_tax_of(percent, places, rest, net, tax, with_tax=with_tax))
    withheld = _withheld(lines, tax)
    return DocumentAmounts(
        tuple(LineAmounts(*amounts) for amounts in zip(gross, off, shares, net, tax, strict=True)),
        tuple(taxes),
        withheld,
        sum(gross, NOTHING),
        sum(off, NOTHING) + sum(shares, NOTHING),
        sum(net, NOTHING),
        sum(tax, NOTHING),
        sum((line.amount for line in withheld), NOTHING),
    )


def _shared(discount: Decimal, worth: Sequence[Decimal]) -> list[Decimal]:
    if not discount:
        return [NOTHING] * len(worth)
    if discount < 0 or discount > sum(worth, NOTHING) or any(one < 0 for one in worth):
        raise DiscountTooLarge
    return [share.amount for share in Money(discount, "TRY").allocate(list(worth))]


def _tax_of(
    percent: Decimal,
    places: Sequence[int],
    rest: Sequence[Decimal],
    net: list[Decimal],
    tax: list[Decimal],
    *,
    with_tax: bool,
) -> TaxLine:
    """Reckon the tax of the lines of one rate and put it, and what is left without it, on each."""
    worth = sum((rest[at] for at in places), NOTHING)
    rate = percent / HUNDRED
    if with_tax:
        base = round_money(worth / (1 + rate))
        amount = worth - base
        exact = _by(lambda at: rest[at] * rate / (1 + rate), places)
    else:
        base, amount = worth, round_money(worth * rate)
        exact = _by(lambda at: rest[at] * rate, places)
    for at, share in zip(places, spread(amount, exact), strict=True):
        tax[at] = share
        net[at] = rest[at] - share if with_tax else rest[at]
    return TaxLine(percent, base, amount)


def _by(reckon: Callable[[int], Decimal], places: Sequence[int]) -> list[Decimal]:
    return [reckon(at) for at in places]


def spread(amount: Decimal, exact: Sequence[Decimal]) -> list[Decimal]:
    """Round amounts so that they add up to `amount`: each down to the kuruş, the rest to the largest remainders.

    `exact` must add up to `amount` but for rounding; earlier ones win a tie.
    """
    floors = [(one * HUNDRED) // 1 if one >= 0 else -((-one * HUNDRED) // 1) for one in exact]
    left = int(amount * HUNDRED - sum(floors, Decimal(0)))
    step = 1 if left >= 0 else -1
    order = sorted(range(len(exact)), key=lambda at: -step * (exact[at] * HUNDRED - floors[at]))
    for at in order[: abs(left)]:
        floors[at] += step
    return [(floor / HUNDRED).quantize(NOTHING) for floor in floors]


def _withheld(lines: Sequence[LineInput], tax: Sequence[Decimal]) -> tuple[WithholdingLine, ...]:
    groups: dict[tuple[str, Decimal], Decimal] = {}
    for line, amount in zip(lines, tax, strict=True):
        if line.withholding_code:
            key = (line.withholding_code, line.withholding_percent)
            groups[key] = groups.get(key, NOTHING) + amount
    return tuple(
        WithholdingLine(code, percent, amount, round_money(amount * percent / HUNDRED))
        for (code, percent), amount in sorted(groups.items())
    )
