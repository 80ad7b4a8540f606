"""Prove a backup and its restore at size: `bin/hatir bench backups [--seconds 2]`.

Works on the company of the environment (HATIR_HOME, DATABASE_URL), which is only read. It is backed up with the
product's own command, restored into an empty place beside it, and compared: the rows of every table and a checksum of
all that stands in them. Then the restored copy has to outlive what can go wrong: a damaged archive, one that was cut
off, a disk that fills up half way, and a process that is killed in the middle.
On PostgreSQL the empty place is a database of its own, made and dropped here: the role must be allowed to.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

ROOT = Path(__file__).resolve().parent.parent
Content = dict[str, tuple[int, int]]
"""Rows and checksum of each table."""


@dataclass(frozen=True)
class Place:
    """Where a company lives."""

    home: Path
    url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {**kept, "HATIR_HOME": str(self.home)} | ({"DATABASE_URL": self.url} if self.url else {})

    def content(self) -> Content:
        """Read every table."""
        return _postgres_content(self.url) if self.url else _sqlite_content(self.home / "hatir.sqlite3")


@dataclass(frozen=True)
class Ran:
    """How a command of the product ended."""

    status: int
    seconds: float
    processor: float
    peak_mb: float

    def line(self, label: str, more: str = "") -> str:
        return (
            f"{label:<28} {self.seconds:7.1f} s   processor {self.processor:7.1f} s   "
            f"largest process {self.peak_mb:5.0f} MB   {more}"
        )


def run(place: Place, *arguments: str, largest_file: int = 0, killed_after: float = 0) -> Ran:
    """Run `hatir …` for a place; no file may become larger than `largest_file`, as on a disk that is full."""

    limited = ("prlimit", f"--fsize={largest_file}") if largest_file else ()
    started = time.perf_counter()
    process = subprocess.Popen(
        [*limited, sys.executable, "-m", "hatir.config.cli", *arguments], cwd=ROOT, env=place.environment,
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL if largest_file else None,
    )  # fmt: skip
    if killed_after:
        time.sleep(killed_after)
        os.killpg(process.pid, signal.SIGKILL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    clock = time.perf_counter() - started
    # ru_maxrss of a process that started others is the largest of itself; theirs is smaller (pg_dump streams).
    return Ran(process.returncode, clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _sqlite_content(path: Path) -> Content:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.create_function("crc", -1, lambda *row: crc32(repr(row).encode()), deterministic=True)
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        found = {}
        for (table,) in tables:
            columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f'PRAGMA table_info("{table}")'))
            asked = f'SELECT count(*), coalesce(sum(crc({columns})), 0) FROM "{table}"'
            found[table] = connection.execute(asked).fetchone()
        return found


def _postgres_content(url: str) -> Content:
    import psycopg
    from psycopg import sql

    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        ).fetchall()
        asked = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} t"
        return {
            name: tuple(connection.execute(sql.SQL(asked).format(sql.Identifier(name))).fetchone() or ())
            for (name,) in tables
        }


@contextmanager
def empty_place(beside: Place, scratch: Path) -> Iterator[Place]:
    """Make an empty home and, on PostgreSQL, an empty database; both are let go after."""
    home = scratch / "home"
    home.mkdir()
    if not beside.url:
        yield Place(home)
        return
    import psycopg
    from psycopg import sql

    base, _slash, name = beside.url.rpartition("/")
    fresh = sql.Identifier(f"{name}_restored")
    with psycopg.connect(beside.url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(fresh))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(fresh))
        try:
            yield Place(home, f"{base}/{name}_restored")
        finally:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(fresh))


def main() -> None:
    """Measure and print; ends with 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="a restore is killed after so many")
    options = parser.parse_args()
    company = Place(Path(os.environ.get("HATIR_HOME", ROOT / "var")), os.environ.get("DATABASE_URL", ""))
    with tempfile.TemporaryDirectory(dir=company.home, prefix="bench-") as folder:
        scratch = Path(folder)
        archive = scratch / "company.backup"
        before = company.content()
        rows = sum(count for count, _checksum in before.values())
        print(f"{'PostgreSQL' if company.url else 'SQLite'}: {rows} rows in {len(before)} tables")
        written = run(company, "backup", str(archive))
        print(written.line("backup", f"{archive.stat().st_size / 1e6:.0f} MB"))
        print(run(company, "restore", "--check", str(archive)).line("read back (--check)"))
        with empty_place(company, scratch) as place:
            print(run(place, "restore", str(archive)).line("restore"))
            after = place.content()
            wrong = sorted(table for table in before.keys() | after.keys() if before.get(table) != after.get(table))
            verdict = f"DIFFERENT {wrong[:5]}" if wrong else "the same"
            print(f"rows and checksums of {len(before)} tables: {verdict}")
            held = [not wrong, *trouble(place, archive, after, options.seconds)]
    sys.exit(0 if all(held) else 1)


def trouble(place: Place, archive: Path, content: Content, seconds: float) -> Iterator[bool]:
    """Let restores fail in every way; tell of each whether it was noticed and the company stayed as it was."""
    size = archive.stat().st_size
    bad = archive.with_suffix(".bad")
    shutil.copyfile(archive, bad)
    with bad.open("r+b") as file:
        file.seek(size // 2)
        byte = file.read(1)
        file.seek(size // 2)
        file.write(bytes([byte[0] ^ 1]))
    yield _held("one byte changed", place, content, run(place, "restore", "--replace", str(bad), largest_file=2**62))
    with bad.open("r+b") as file:
        file.truncate(size - size // 10)
    yield _held("cut off", place, content, run(place, "restore", "--replace", str(bad), largest_file=2**62))
    full = run(place, "restore", "--replace", str(archive), largest_file=size // 2)
    yield _held("disk full half way", place, content, full)
    killed = run(place, "restore", "--replace", str(archive), killed_after=seconds)
    yield _held(f"killed after {seconds:.0f} s", place, content, killed)
    again = run(place, "restore", "--replace", str(archive))
    print(again.line("restore over the old one"))
    yield again.status == 0 and place.content() == content


def _held(label: str, place: Place, content: Content, ran: Ran) -> bool:
    is_refused, is_untouched = ran.status != 0, place.content() == content
    verdict = "refused" if is_refused else "NOT NOTICED"
    print(ran.line(label, f"{verdict}, the company is {'as before' if is_untouched else 'CHANGED'}"))
    return is_refused and is_untouched


if __name__ == "__main__":
    main()
