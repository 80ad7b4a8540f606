"""Django's SQLite backend with one difference: how a writer waits for his turn. Django asks for the name `base`.

SQLite has one writer at a time. Its own waiting sleeps longer and longer between two looks, up to a tenth of a
second, and so sleeps through most of the moments in which the turn was free: eight writers at once spent more
time asleep than writing. Here a transaction that begins looks every few milliseconds instead.
"""

from __future__ import annotations

import random
import sqlite3
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

FIRST_LOOK_MS = 1
"""SQLite's own waiting before the first refusal."""
LOOK_SECONDS = (0.001, 0.004)
"""Between two looks, by chance, so that no two writers keep step."""


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection; `timeout` of its options stays the time after which waiting is given up."""

    def _start_transaction_under_autocommit(self) -> None:
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        connection: Any = self.connection
        connection.execute(f"PRAGMA busy_timeout={FIRST_LOOK_MS}")
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except OperationalError as problem:
            if "locked" not in str(problem):
                raise
            self._wait_for_turn(connection, time.monotonic() + patience)
        finally:
            connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")

    def _wait_for_turn(self, connection: Any, until: float) -> None:
        """Look again and again, past Django's cursors: so a look costs microseconds. Raises OperationalError."""
        while True:
            time.sleep(random.uniform(*LOOK_SECONDS))  # noqa: S311 — not a secret
            try:
                connection.execute(f"BEGIN {self.transaction_mode or ''}")  # type: ignore[attr-defined]
            except sqlite3.OperationalError as problem:
                if "locked" not in str(problem) or time.monotonic() > until:
                    raise OperationalError(*problem.args) from problem
            else:
                return
