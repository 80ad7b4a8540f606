"""Pure reckoning of the room: how far a goal is, which needs are answered, how grave a risk is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Generic, Literal, TypeVar

from hatir.kit.text_tr import fold

REVENUE, ORDERS, PRODUCT = "revenue", "orders", "product"
WON_AMOUNT, WON_COUNT, CONTACTS, OWN = "won_amount", "won_count", "contacts", "own"
MEASURES_OF = (REVENUE, ORDERS, PRODUCT, WON_AMOUNT, WON_COUNT, CONTACTS, OWN)
"""What a goal may be measured by."""
IN_MONEY = frozenset({REVENUE, PRODUCT, WON_AMOUNT})
ANSWERED = ("offered", "agreed")
"""States of a proposal in which its need counts as answered."""
HUNDRED = Decimal(100)
Pace = Literal["ahead", "on_way", "behind", "reached"]
AHEAD: Pace = "ahead"
ON_WAY: Pace = "on_way"
BEHIND: Pace = "behind"
REACHED: Pace = "reached"
SLACK = 10
"""So many per cent below the time that passed a goal still counts as on its way."""
DEGREE = {"low": 1, "medium": 2, "high": 3}
A = TypeVar("A")


def share_of(reached: Decimal, target: Decimal) -> Decimal:
    """Give how much of a target is reached, in whole per cent, half-up; nothing is all of nothing."""
    if target <= 0:
        return HUNDRED
    return (reached * HUNDRED / target).quantize(Decimal(1), ROUND_HALF_UP)


def time_passed(starts_on: date, ends_on: date, today: date) -> int:
    """Give how much of a period has passed through the end of a day, in whole per cent."""
    if today < starts_on:
        return 0
    if today >= ends_on:
        return 100
    return (today - starts_on).days * 100 // (ends_on - starts_on).days


def pace_of(share: Decimal, passed: int) -> Pace:
    """Say how a goal stands against the time that passed."""
    if share >= HUNDRED:
        return REACHED
    if share < passed - SLACK:
        return BEHIND
    return AHEAD if share > passed + SLACK else ON_WAY


def needs_in(text: str) -> list[str]:
    """List the needs of a customer: what stands in each line, without marks of a list, each once."""
    lines = (" ".join(line.strip().lstrip("-–•*·").split()) for line in text.splitlines())
    found: dict[str, str] = {}
    for line in lines:
        if line:
            found.setdefault(fold(line), line)
    return list(found.values())


@dataclass(frozen=True)
class Need(Generic[A]):
    """A need of the customer with what answers it; `is_known` is False where the customer no longer has it."""

    text: str
    answers: tuple[A, ...]
    is_known: bool = True
    is_answered: bool = False


def matched(needs: Sequence[str], answers: Sequence[tuple[str, str, A]]) -> list[Need[A]]:
    """Put answers (need, state, answer) to their needs; what answers none that the customer has comes last."""
    held: dict[str, list[tuple[str, A]]] = {fold(need): [] for need in needs}
    names: dict[str, str] = {fold(need): need for need in needs}
    for need, state, answer in answers:
        key = fold(need)
        names.setdefault(key, need)
        held.setdefault(key, []).append((state, answer))
    known = {fold(need) for need in needs}
    return [
        Need(
            names[key],
            tuple(answer for _state, answer in found),
            key in known,
            any(state in ANSWERED for state, _answer in found),
        )
        for key, found in held.items()
    ]


def gravity(likelihood: str, impact: str) -> int:
    """Give how grave a risk is, from 1 to 9: likelihood times impact."""
    return DEGREE[likelihood] * DEGREE[impact]


def tone_of(grave: int) -> str:
    """Name the colour of a risk: 6 and more is bad, 3 and 4 a warning."""
    return "bad" if grave >= 6 else "warn" if grave >= 3 else ""


def coverage_of(is_covered: bool, days: int | None, usual: int) -> str:
    """Say how well somebody is covered: by nobody, never spoken to, too long ago, or well."""
    if not is_covered:
        return "nobody"
    if days is None:
        return "never"
    return "cold" if days > usual else "good"
