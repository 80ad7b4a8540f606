"""SQLite has one writer at a time: how work in the background leaves the turn to people."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection

LONGEST_SECONDS = 0.3
WORK_FOR_EACH_PAUSE = 6
"""Work that asks for a pause took about so many times as long: who came meanwhile is told of by the mark."""


def give_way(seconds: float) -> None:
    """Leave the database alone for that long, at most 0.3 s, where somebody waits; call it outside a transaction.

    Those who wait only look now and then, and work that began its next batch at once would let none of them in.
    Nothing happens on PostgreSQL, where writers do not wait for one another.
    """
    if is_wanted(within=seconds * WORK_FOR_EACH_PAUSE):
        time.sleep(min(LONGEST_SECONDS, seconds))


def is_wanted(within: float = 0.0) -> bool:
    """Tell whether somebody waits for the turn to write, or wanted it in the last seconds."""
    if connection.vendor != "sqlite":
        return False
    backend: Any = connection
    return bool(backend.is_wanted(within))
