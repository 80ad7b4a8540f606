"""When a user wants quiet; no database."""

from __future__ import annotations

from datetime import time


def is_quiet(now: time, start: time | None, end: time | None) -> bool:
    """Tell whether a local time lies in quiet hours, which may pass midnight; without both ends never."""
    if start is None or end is None or start == end:
        return False
    if start < end:
        return start <= now < end
    return now >= start or now < end
