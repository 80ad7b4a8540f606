"""Django's SQLite backend with one difference: when and how a writer takes his turn. Django asks for the name `base`.

SQLite has one writer at a time. A transaction takes the turn with its first statement, not when its block begins:
what is computed before costs nobody time. Its own waiting sleeps longer and longer between two looks, up to a
tenth of a second, and so sleeps through most of the moments in which the turn was free: eight writers at once
spent more time asleep than writing. Here a writer looks every few milliseconds instead, and of the threads of one
process only one looks: the others queue for its place and are woken the moment it is free.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from hatir.config.sqlite.waiting import Waiting, waiting_for

FIRST_LOOK_MS = 1
"""SQLite's own waiting before the first refusal."""
LOOK_SECONDS = (0.001, 0.004)
"""Between two looks, by chance, so that no two writers keep step."""
PLACE_SECONDS = 0.25
"""After this a thread looks for itself: whoever holds the place may be gone, or in one long piece of work."""
WANTED_SECONDS = 0.3
"""So long after somebody waited the turn counts as wanted; who still waits says so with each look."""
WRITING = ("INSERT", "UPDATE", "DELETE")
_place = threading.Lock()


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that takes the turn for a transaction which has not begun yet."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        self.wrapper.begin()
        if not self.wrapper.in_atomic_block and query.startswith(WRITING):
            self.wrapper.note_wanted()  # such a statement waits in SQLite's own way, which says nothing
        return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        self.wrapper.begin()
        return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection; `timeout` of its options stays the time after which waiting is given up."""

    is_about_to_begin = False
    has_place = False

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    def begin(self) -> None:
        """Begin the transaction whose block was entered, if it has not begun. Raises OperationalError when locked."""
        if not self.is_about_to_begin:
            return
        self.is_about_to_begin = False
        if not self.has_place:
            self.has_place = _place.acquire(blocking=False) or self._wait_for_place()
        try:
            self._take_turn()
        except BaseException:
            self._leave()
            raise

    def is_wanted(self, within: float) -> bool:
        """Tell whether somebody wanted the turn to write in the last seconds, in this process or another."""
        return self._waiting.seconds() < max(within, WANTED_SECONDS)

    def note_wanted(self) -> None:
        """Say that somebody wants the turn to write."""
        self._waiting.note()

    @property
    def _waiting(self) -> Waiting:
        return waiting_for(str(self.settings_dict["NAME"]))

    def _wait_for_place(self) -> bool:
        self._waiting.note()
        return _place.acquire(timeout=PLACE_SECONDS)

    def _start_transaction_under_autocommit(self) -> None:
        self.is_about_to_begin = True

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _leave(self) -> None:
        self.is_about_to_begin = False
        if self.has_place:
            self.has_place = False
            _place.release()

    def _take_turn(self) -> None:
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
        waiting = self._waiting
        while True:
            waiting.note()
            time.sleep(random.uniform(*LOOK_SECONDS))  # noqa: S311 — not a secret
            try:
                connection.execute(f"BEGIN {self.transaction_mode or ''}")  # type: ignore[attr-defined]
            except sqlite3.OperationalError as problem:
                if "locked" not in str(problem) or time.monotonic() > until:
                    raise OperationalError(*problem.args) from problem
            else:
                return
