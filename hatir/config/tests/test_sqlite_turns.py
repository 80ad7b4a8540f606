"""When a transaction on SQLite takes the one turn there is for writing, and how its threads queue for it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from hatir.config.sqlite import base
from hatir.config.sqlite.base import _place
from hatir.config.sqlite.waiting import waiting_for
from hatir.foundation.records.turns import is_wanted
from hatir.foundation.staff.models import Department
from tests.world.databases import shared_database as shared_database

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("shared_database"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the turn is SQLite's"),
]


@pytest.fixture
def other() -> sqlite3.Connection:
    return sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)


def may_write(other: sqlite3.Connection) -> bool:
    try:
        connection.ensure_connection()
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    other.execute("ROLLBACK")
    return True


class TestTheTurn:
    def test_is_taken_by_the_first_statement_and_left_at_the_end(self, other: sqlite3.Connection) -> None:
        with transaction.atomic():
            before = may_write(other)
            Department.objects.exists()
            within = may_write(other)

        assert (before, within, may_write(other)) == (True, False, True)

    def test_is_left_by_a_block_that_fails(self, other: sqlite3.Connection) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Department.objects.create(name="Tarihsiz")

        assert may_write(other)
        assert not _place.locked()

    def test_is_not_needed_by_a_block_without_statements(self, other: sqlite3.Connection) -> None:
        connection.ensure_connection()
        other.execute("BEGIN IMMEDIATE")

        with transaction.atomic():
            pass

        assert not _place.locked()

    def test_refused_for_too_long_is_said_and_leaves_the_place(self, other: sqlite3.Connection) -> None:
        connection.settings_dict["OPTIONS"]["timeout"] = 0.05
        connection.ensure_connection()
        other.execute("BEGIN IMMEDIATE")

        try:
            with pytest.raises(OperationalError, match="locked"), transaction.atomic():
                Department.objects.exists()
        finally:
            connection.settings_dict["OPTIONS"]["timeout"] = 10

        assert not _place.locked()

    def test_is_had_even_when_the_place_is_never_given_back(self) -> None:
        holds, ends = Event(), Event()

        def hold() -> None:
            with _place:
                holds.set()
                ends.wait(10)

        holder = Thread(target=hold)
        holder.start()
        holds.wait(10)
        with transaction.atomic():
            assert not Department.objects.filter(name="Yok").exists()
        ends.set()
        holder.join()


class TestWaiting:
    def test_is_said_by_a_write_outside_of_transactions_before_it_begins(self) -> None:
        connection.ensure_connection()
        time.sleep(base.WANTED_SECONDS)

        Department.objects.exists()
        read = is_wanted()
        Department.objects.filter(name="yok").update(name="var")

        assert (read, is_wanted()) == (False, True)

    def test_is_seen_by_who_holds_the_turn_and_is_over_a_moment_later(
        self, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connection.ensure_connection()
        time.sleep(base.WANTED_SECONDS)  # others may have waited just before
        before = is_wanted()
        waited = Event()

        def write() -> None:
            waited.wait(5)
            with transaction.atomic():
                Department.objects.exists()
            connection.close()

        with transaction.atomic():
            Department.objects.exists()
            thread = Thread(target=write)
            thread.start()
            waited.set()
            until = time.monotonic() + 5
            while not is_wanted() and time.monotonic() < until:
                time.sleep(0.005)
            within = is_wanted()
        thread.join()
        monkeypatch.setattr(base, "WANTED_SECONDS", 0.0)

        assert (before, within, is_wanted()) == (False, True, False)

    def test_is_known_to_all_processes_of_a_database(self, tmp_path: Path) -> None:
        database = tmp_path / "firma.sqlite3"
        database.touch()
        code = (
            "import sys; sys.path.insert(0, sys.argv[2]); from hatir.config.sqlite.waiting import waiting_for; "
            "waiting_for(sys.argv[1]).note()"
        )

        mine = waiting_for(str(database))
        before = mine.seconds()
        subprocess.run([sys.executable, "-c", code, str(database), str(ROOT)], check=True, timeout=60)

        assert before == float("inf")
        assert mine.seconds() < 60
