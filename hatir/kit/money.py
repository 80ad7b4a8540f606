"""Money: an exact amount in one currency, to the kuruş."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

KURUS = Decimal("0.01")


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies met in one calculation."""

    def __init__(self, left: str, right: str) -> None:
        self.left, self.right = left, right
        super().__init__(f"{left} and {right} cannot be calculated together")


def round_money(amount: Decimal) -> Decimal:
    """Round half-up (away from nought) to two decimals, as invoices do."""
    return amount.quantize(KURUS, rounding=ROUND_HALF_UP)


def _exact(value: Decimal | int) -> Decimal:
    """Accept Decimal and int only; a float has already lost the kuruş, a bool is no amount."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        raise TypeError(f"money takes Decimal or int, never {type(value).__name__}")
    return Decimal(value)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount rounded half-up to two decimals, with its ISO 4217 currency code.

    Raises TypeError for floats and ValueError for a non-finite amount or a malformed code.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        amount = _exact(self.amount)
        if not amount.is_finite():
            raise ValueError("money needs a finite amount")
        code = self.currency
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise ValueError(f"not a currency code: {code!r}")
        # Adding nought turns -0.00 into 0.00.
        object.__setattr__(self, "amount", round_money(amount) + 0)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Make nought in a currency."""
        return cls(Decimal(0), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * _exact(factor), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def multiply(self, factor: Decimal | int) -> Money:
        """Multiply by an exact factor and round half-up."""
        return self * factor

    def allocate(self, parts: int | Sequence[int | Decimal]) -> list[Money]:
        """Share the amount out so that the shares add up to it exactly.

        `parts` is a number of equal shares or a sequence of weights (not negative, not all
        nought). Left-over kuruş go to the largest remainders, earlier shares first.
        """
        weights = [Decimal(1)] * parts if isinstance(parts, int) else [_exact(part) for part in parts]
        total = sum(weights, Decimal(0))
        if not weights or total <= 0 or min(weights) < 0:
            raise ValueError("shares need at least one positive weight and no negative one")
        kurus = int(abs(self.amount).scaleb(2))
        exact = [kurus * weight / total for weight in weights]
        shares = [int(share) for share in exact]
        left_over = kurus - sum(shares)
        by_remainder = sorted(range(len(shares)), key=lambda place: shares[place] - exact[place])
        for place in by_remainder[:left_over]:
            shares[place] += 1
        sign = -1 if self.amount < 0 else 1
        return [Money(Decimal(sign * share).scaleb(-2), self.currency) for share in shares]

    def _same(self, other: Money) -> Decimal:
        """Give the other's amount, insisting on the same currency."""
        if not isinstance(other, Money):
            raise TypeError(f"money cannot be calculated with {type(other).__name__}")
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts up; nought in `currency` when there are none. Raises CurrencyMismatch."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result
