"""A migrated database is kept from one run of the tests to the next: migrating takes longer than most tests.

SQLite's is a file in `var/cache`, PostgreSQL's a template database on the server; of each the newest few are kept.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
from django.db import DatabaseError
from django.db.backends.base.creation import BaseDatabaseCreation

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = "hatir_migrated_"
KEPT = ROOT / "var" / "cache" / "migrated"
# What migrations call, beside themselves.
CALLED = (
    "kit",
    "foundation/records/stamps.py",
    "foundation/search",
    "foundation/merging/key_table.py",
    "config/sqlite",
)
_held: list[sqlite3.Connection] = []


def _read() -> Iterator[Path]:
    house = ROOT / "hatir"
    yield from house.glob("**/migrations/*.py")
    for name in CALLED:
        place = house / name
        yield from place.glob("**/*.[pt]*") if place.is_dir() else [place]
    yield from (ROOT / "requirements").glob("*.txt")


def image() -> Path:
    """Name the image of today's migrations: another one for every change in what makes it."""
    whole = hashlib.sha256(f"{django.VERSION}{sqlite3.sqlite_version}".encode())
    for path in sorted(path for path in _read() if "tests" not in path.parts):
        whole.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return KEPT / f"{whole.hexdigest()[:32]}.sqlite3"


def keep_migrated() -> None:
    """Let Django's test database begin from the image, where there is one, and leave one where there is none."""
    make: Any = BaseDatabaseCreation.create_test_db

    def create_test_db(self: Any, *args: Any, **options: Any) -> Any:
        if self.connection.vendor == "postgresql":
            return _from_template(self, make, args, options)
        name, path = self._get_test_db_name(), image()
        if "mode=memory" not in str(name):
            return make(self, *args, **options)
        if path.exists():
            _fill(str(name), path)
            return make(self, *args, **options)
        made = make(self, *args, **options)
        _leave(self.connection.connection, path)
        return made

    BaseDatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign]


def begin_migrated(home: Path) -> Path:
    """Put the image into a data folder that will be served, where there is one; give the folder."""
    if image().exists():
        shutil.copy(image(), home / "hatir.sqlite3")
    return home


def _fill(name: str, path: Path) -> None:
    held = sqlite3.connect(name, uri=True)  # kept open: the last connection takes a database in memory with it
    with sqlite3.connect(path) as source:
        source.backup(held)
    source.close()
    _held.append(held)


def _from_template(creation: Any, make: Any, args: Any, options: Any) -> str:
    template = f"{TEMPLATES}{image().stem[:16]}"
    with creation._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid", [f"{TEMPLATES}%"])
        there = [row[0] for row in cursor.fetchall()]
    creation.connection.settings_dict["TEST"]["TEMPLATE"] = template if template in there else None
    made: str = make(creation, *args, **options)
    if template not in there:
        creation.connection.close()  # nobody may be connected to a database that is copied
        with creation._nodb_cursor() as cursor, suppress(DatabaseError):  # another test process was first
            cursor.execute(f'CREATE DATABASE "{template}" TEMPLATE "{made}"')
            for old in there[:-3]:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
    return made


def _leave(connection: sqlite3.Connection, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in sorted(path.parent.glob("*.sqlite3"), key=os.path.getmtime)[:-4]:
        old.unlink(missing_ok=True)
    own = path.with_suffix(f".{os.getpid()}")
    with sqlite3.connect(own) as target:
        connection.backup(target)
    target.close()
    own.replace(path)
