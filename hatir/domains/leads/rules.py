"""Pure reckoning of leads: which status may follow which, points, turns, shares. No database, no clock."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

NEW, WORKING, NURTURING, QUALIFIED = "new", "working", "nurturing", "qualified"
CONVERTED, DISQUALIFIED = "converted", "disqualified"
OPEN = (NEW, WORKING, NURTURING, QUALIFIED)
MOVES: Mapping[str, frozenset[str]] = {
    NEW: frozenset({WORKING, NURTURING, QUALIFIED, CONVERTED, DISQUALIFIED}),
    WORKING: frozenset({NURTURING, QUALIFIED, CONVERTED, DISQUALIFIED}),
    NURTURING: frozenset({WORKING, QUALIFIED, CONVERTED, DISQUALIFIED}),
    QUALIFIED: frozenset({WORKING, NURTURING, CONVERTED, DISQUALIFIED}),
    DISQUALIFIED: frozenset({WORKING}),
    CONVERTED: frozenset(),
}
"""What may follow each status. A converted lead comes back by undoing the conversion only."""


def may_follow(now: str, then: str) -> bool:
    """Tell whether a lead may go from one status to another; it may always stay where it is."""
    return now == then or then in MOVES[now]


# --- the score ---------------------------------------------------------------------------------------

HIGHEST = 100
SHOWN_REASONS = 8
Reason = tuple[str, int]
"""What gave points, and how many; negative ones take away."""


def decayed(points: int, age_days: float, half_life_days: int) -> float:
    """Give what an event is still worth: its points halve every `half_life_days`; 0 days means never.

    Source: exponential decay, points × 0.5 ^ (age / half-life).
    """
    if half_life_days <= 0:
        return float(points)
    return points * math.pow(0.5, max(0.0, age_days) / half_life_days)


def score_of(parts: Iterable[tuple[str, float]]) -> tuple[int, list[Reason]]:
    """Add points up by what gave them; give the score from 0 to 100 and its reasons, the weightiest first.

    Parts are rounded half away from nought each, so that the reasons add up to what is shown (before the bounds).
    """
    sums: dict[str, float] = {}
    for name, points in parts:
        sums[name] = sums.get(name, 0.0) + points
    whole = [(name, _rounded(points)) for name, points in sums.items()]
    reasons = sorted(((name, points) for name, points in whole if points), key=lambda pair: (-abs(pair[1]), pair[0]))
    total = sum(points for _name, points in reasons)
    return max(0, min(HIGHEST, total)), reasons[:SHOWN_REASONS]


def _rounded(points: float) -> int:
    return int(points + 0.5) if points >= 0 else -int(-points + 0.5)


# --- whose turn it is --------------------------------------------------------------------------------


def next_in_turn(members: Sequence[int], last: int | None) -> int | None:
    """Give whose turn it is after `last`, in the order of the ids; None of nobody."""
    order = sorted(members)
    if not order:
        return None
    return next((one for one in order if last is not None and one > last), order[0])


def least_loaded(members: Sequence[int], loads: Mapping[int, int]) -> int | None:
    """Give who has the least to do, the first by id among equals; None of nobody."""
    return min(sorted(members), key=lambda one: loads.get(one, 0), default=None)


def attributed(touches: Sequence[str], model: str) -> dict[str, float]:
    """Share one conversion among the touches that led to it, in their order; the shares add up to 1.

    `model` is first (all to the first), last (all to the last) or linear (the same to each). Source: the three
    attribution models of the same names in web analytics.
    """
    if not touches:
        return {}
    chosen = {"first": touches[:1], "last": touches[-1:]}.get(model, touches)
    shares: dict[str, float] = {}
    for touch in chosen:
        shares[touch] = shares.get(touch, 0.0) + 1 / len(chosen)
    return shares
