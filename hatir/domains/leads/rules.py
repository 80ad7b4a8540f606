"""Pure reckoning of leads: which status may follow which. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping

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
