"""Arithmetic of deliveries: which events an endpoint wants, when to try again, when to stop."""

from __future__ import annotations

from datetime import datetime, timedelta

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""Source: the schedule that the Standard Webhooks specification recommends."""
SWITCHED_OFF_AFTER = timedelta(days=5)


def wants(patterns: str, event_type: str) -> bool:
    """Tell whether a list such as "customers.customer.created, sales.*" covers an event."""
    for pattern in (part.strip() for part in patterns.replace("\n", ",").split(",")):
        if pattern in ("*", event_type):
            return True
        if pattern.endswith(".*") and event_type.startswith(pattern[:-1]):
            return True
    return False


def next_try(attempt_count: int, at: datetime) -> datetime | None:
    """Find when to try again after so many failed attempts; None when it is given up."""
    if attempt_count > len(PAUSES):
        return None
    return at + PAUSES[attempt_count - 1]


def is_hopeless(failing_since: datetime | None, at: datetime) -> bool:
    """Tell whether an endpoint has failed for so long that it is switched off."""
    return failing_since is not None and at - failing_since >= SWITCHED_OFF_AFTER
