"""Pure reckoning of sales: what a deal is worth, how long it stands, how its next step stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from hatir.kit.money import round_money

StepState = Literal["late", "today", "later", "none"]
WON_WORDS = frozenset({"won", "closed won", "kazanildi", "kazanilan"})
LOST_WORDS = frozenset({"lost", "closed lost", "kaybedildi", "kaybedilen"})


def weighted(amount: Decimal | None, probability: int) -> Decimal:
    """Give the part of an amount that its probability (in per cent) lets expect, half-up to the kuruş."""
    return round_money((amount or Decimal(0)) * probability / 100)


def line_net(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> Decimal:
    """Give what a line costs: its worth and its discount are both rounded half-up, as on the quote that copies it."""
    worth = round_money(quantity * unit_price)
    return worth - round_money(worth * discount_percent / 100)


def kind_of_words(folded: str) -> str:
    """Give the kind of a stage that is called so; empty where the words say nothing."""
    if folded in WON_WORDS:
        return "won"
    return "lost" if folded in LOST_WORDS else ""


def days_between(since: datetime, at: datetime) -> int:
    """Count the whole days that passed."""
    return max(0, (at - since).days)


def is_stale(days: int, stale_days: int | None) -> bool:
    """Tell whether a deal stands longer than its stage allows."""
    return stale_days is not None and days > stale_days


def step_state(due_at: datetime | None, at: datetime, today: date) -> StepState:
    """Say how the next step of a deal stands; `today` and `at` are in the company's zone."""
    if due_at is None:
        return "none"
    due_on = due_at.astimezone(at.tzinfo).date()
    if due_on < today:
        return "late"
    return "today" if due_on == today else "later"


@dataclass(frozen=True)
class Rate:
    """How many of how many, and the per cent of it; None of none."""

    count: int
    of: int

    @property
    def percent(self) -> Decimal | None:
        if not self.of:
            return None
        return (Decimal(self.count) * 100 / self.of).quantize(Decimal("0.1"))


def middle(values: Iterable[int]) -> int | None:
    """Give the median, the lower one of two; None of none."""
    found: Sequence[int] = sorted(values)
    return found[(len(found) - 1) // 2] if found else None


# --- periods of a forecast -------------------------------------------------------------------------

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_start(day: date, period: str) -> date:
    """Give the first day of the month, quarter or year of a day."""
    length = MONTHS[period]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def period_after(start: date, period: str, count: int = 1) -> date:
    """Give the first day of the period so many later (or earlier)."""
    index = start.year * 12 + start.month - 1 + count * MONTHS[period]
    return date(index // 12, index % 12 + 1, 1)


def period_name(start: date, period: str) -> str:
    """Name a period the way files sort it: 2026-11, 2026-Q4, 2026."""
    if period == "year":
        return str(start.year)
    return f"{start:%Y-%m}" if period == "month" else f"{start.year}-Q{(start.month + 2) // 3}"


# --- approvals ---------------------------------------------------------------------------------------

AMOUNT = "amount"
Watched = Mapping[str, Any]


def covers(approved: Watched, now: Watched) -> bool:
    """Tell whether what was approved still holds: nothing that was asked about changed, and the amount did not grow.

    An amount that nobody knew covers none; one that is no longer known is covered by any.
    """
    others = set(approved) | set(now)
    if any(approved.get(name) != now.get(name) for name in others - {AMOUNT}):
        return False
    was, is_now = approved.get(AMOUNT), now.get(AMOUNT)
    if is_now is None:
        return True
    return was is not None and Decimal(is_now) <= Decimal(was)
