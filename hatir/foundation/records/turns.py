"""SQLite has one writer at a time: how work in the background leaves the turn to people."""

from __future__ import annotations

import time

from django.db import connection

LONGEST_SECONDS = 0.3


def give_way(seconds: float) -> None:
    """Leave the database alone for that long, at most 0.3 s; call it outside a transaction.

    Those who wait only look now and then, and work that began its next batch at once would let none of them in.
    Nothing happens on PostgreSQL, where writers do not wait for one another.
    """
    if connection.vendor == "sqlite":
        time.sleep(min(LONGEST_SECONDS, seconds))
