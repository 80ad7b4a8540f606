"""The way in and out: import, the same file again, its revert and an export, each beside bare COPY or executemany.

Processor time counts both of this process and of those that it starts; the database server's own is not in it.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("HATIR_HOME", tempfile.mkdtemp(prefix="hatir-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from bench.bare import copied, written_bare  # noqa: E402
from bench.measuring import ROOT, machine, served  # noqa: E402
from bench.pages import LIST, session_of  # noqa: E402
from hatir.foundation.access.actors import actor_for_user  # noqa: E402
from hatir.foundation.files.actions import store_path  # noqa: E402
from hatir.foundation.jobs.declaration import task_of  # noqa: E402
from hatir.foundation.jobs.running import run_here  # noqa: E402
from hatir.foundation.records.actor import Actor, system_actor  # noqa: E402
from hatir.foundation.staff.actions import create_user  # noqa: E402
from hatir.foundation.staff.models import User  # noqa: E402
from hatir.foundation.transfer import actions  # noqa: E402
from hatir.foundation.transfer.exporting import ExportRequest, prepare, stream  # noqa: E402
from hatir.foundation.transfer.models import CANCELLED, DONE, FAILED, ImportRun  # noqa: E402
from hatir.kit.places_tr import provinces  # noqa: E402

COLUMNS = {
    "Müşteri Kodu": "external_id", "Ad Soyad": "name", "Cep Tel": "phone", "E-posta": "email", "Şehir": "city",
    "İlçe": "district", "Adres": "address", "Aşama": "stage", "Doğum tarihi": "birth_on", "Meslek": "job_title",
    "Etiketler": "tags", "Sorumlu": "owner",
}  # fmt: skip
GIVEN = ("Ayşe", "Mehmet", "Işıl", "İbrahim", "Gökçe", "Ömer", "Şule", "Çağrı", "Fatma Nur", "Ali Can", "Ülkü", "Tuğba")
FAMILY = ("Yılmaz", "Öztürk", "Işık", "Iğdırlı", "Çelik", "Şahin", "Doğan", "Güneş", "Kaya", "Ünal", "Erdoğdu")
STREETS = ("Atatürk Cad.", "İnönü Sok.", "Gül Sok.", "Barbaros Bulvarı", "Şehit Ali Sok.", "Çınar Sok.")
STAGES = ("Aday", "Müşteri", "Sadık müşteri", "Kaybedildi")
JOBS = ("Mimar", "Öğretmen", "Muhasebe uzmanı", "İşletme sahibi", "")
BARS = {
    "import": "≥ 5000 rows/s PostgreSQL, ≥ 4000 SQLite", "same file again": "≥ 10000 rows/s",
    "revert": "≥ 3400 rows/s", "export": "≥ 20000 rows/s",
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """What one piece of work took."""

    name: str
    rows: int
    seconds: float
    processor: float
    bare: float

    def line(self) -> str:
        each = self.processor / self.rows * 1e6
        return (
            f"{self.name:<16} {self.rows / self.seconds:8.0f} rows/s   {self.seconds:7.1f} s   "
            f"{each:5.0f} µs processor a row   {self.seconds / self.bare:5.1f} x bare   "
            f"{peak_mb():4.0f} MB   {BARS[self.name]}"
        )


def peak_mb() -> float:
    """Give the largest memory so far, of this process or of one that it started."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) / 1024


def timed(name: str, rows: int, bare: float, work: Callable[[], object]) -> Taken:
    """Do the work and give what it took."""
    before, began = os.times(), time.perf_counter()
    work()
    seconds, after = time.perf_counter() - began, os.times()
    return Taken(name, rows, seconds, sum(after[:4]) - sum(before[:4]), bare)


def rows_of(count: int, salt: str, owner: str) -> Iterator[list[str]]:
    """Make rows as a shop's list holds them."""
    towns, first = provinces(), time.time_ns() // 1000
    for n in range(count):
        given, family, town = GIVEN[n % len(GIVEN)], FAMILY[n % len(FAMILY)], towns[n % len(towns)]
        phone = f"{(first + n) % 10**8:08}"
        yield [
            f"{salt}{n}", f"{given} {family}", f"053{phone[0]} {phone[1:4]} {phone[4:6]} {phone[6:]}",
            f"kisi{salt}{n}@ornek.test", town.name, town.districts[n % len(town.districts)],
            f"{STREETS[n % len(STREETS)]} No: {n % 180}", STAGES[n % len(STAGES)],
            f"{n % 28 + 1:02}.{n % 12 + 1:02}.{1955 + n % 50}", JOBS[n % len(JOBS)],
            ("VIP", "Bayi; Toptan", "")[n % 3], owner,
        ]  # fmt: skip


def write_file(path: Path, rows: Iterator[list[str]]) -> None:
    """Write the file that is imported."""
    with path.open("w", encoding="utf-8") as file:
        file.write(";".join(COLUMNS) + "\n")
        file.writelines(";".join(f'"{cell}"' if ";" in cell else cell for cell in row) + "\n" for row in rows)


def opened(path: Path, actor: Actor) -> ImportRun:
    """Open a run with all twelve columns mapped."""
    run = actions.begin_import(store_path(path, name="rows.csv", actor=actor), "customers.person", actor=actor)
    return actions.set_mapping(run.pk, dict(enumerate(COLUMNS.values())), actor=actor)


def begun(path: Path, actor: Actor) -> ImportRun:
    """Open a run and prepare it to be imported in this process."""
    return actions.prepare_import(opened(path, actor).pk, actor=actor)


def imported(run: ImportRun, actor: Actor, outcome: str, rows: int) -> None:
    """Import a run with all doors. Raises RuntimeError when the rows did not end as they should."""
    job = run_here(task_of("transfer.import"), actor=actor.in_operation(run.operation), run_id=run.pk)
    run.refresh_from_db()
    if run.counts.get(outcome) != rows:
        raise RuntimeError(f"{job.state}: {run.counts} {run.error} {job.error}")


def wait_for_worker(run: ImportRun) -> None:
    """Wait until the worker of the served product has imported a run. Raises RuntimeError when it did not."""
    while run.state not in (DONE, FAILED, CANCELLED):
        time.sleep(0.2)
        run.refresh_from_db()
    if run.state != DONE:
        raise RuntimeError(f"{run.state}: {run.counts} {run.error}")


def reverted(run: ImportRun, actor: Actor, rows: int) -> None:
    """Take a run back. Raises RuntimeError when not all of it came back."""
    job = run_here(task_of("transfer.revert"), actor=actor, run_id=run.pk)
    if not job.result or job.result["undone"] < rows or job.result["skipped"]:
        raise RuntimeError(f"{job.state}: {job.result} {job.error}")


def exported(actor: Actor) -> None:
    """Write all people as CSV into nothing, the imported columns."""
    request = ExportRequest("customers.person", "csv", columns=tuple(COLUMNS.values()))
    for _piece in stream(prepare(request, actor=actor)):
        pass


@contextmanager
def asked_lists(address: str, key: str) -> Iterator[list[float]]:
    """Ask for the first page of the list ten times a second until the block ends; the milliseconds are in the list."""
    times: list[float] = []
    asked = [address, LIST, settings.SESSION_COOKIE_NAME, key]
    asking = subprocess.Popen(
        [sys.executable, "-m", "bench.asking", *asked],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield times
    finally:
        told, _nothing = asking.communicate()
        times.extend(json.loads(told))


def lists_meanwhile(path: Path, actor: Actor, owner: User, rows: int) -> None:
    """Print the list's p95 at rest and during an import, for both in the same process tree."""
    write_file(path, rows_of(rows, f"L{time.time_ns() % 10**9}-", owner.email))
    with served() as (product, _limit):
        with asked_lists(product, session_of(owner)) as idle:
            time.sleep(15)
        run = opened(path, actor)
        with asked_lists(product, session_of(owner)) as busy:
            wait_for_worker(actions.start_import(run.pk, actor=actor))
    quiet, loud = (sorted(times[3:])[int(len(times[3:]) * 0.95)] for times in (idle, busy))
    print(f"list p95         {quiet:.0f} ms idle   {loud:.0f} ms during an import   {loud / quiet:.1f} x   ≤ 2 x")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=20_000)
    asked.add_argument("--profile", default="", choices=("", *BARS), help="say where the time of one work goes")
    asked.add_argument("--no-lists", action="store_true", help="do not measure the list meanwhile")
    given = asked.parse_args()
    call_command("migrate", verbosity=0)
    owner = create_user("Bench", f"bench{time.time_ns()}@ornek.test", actor=system_actor("bench"), is_admin=True)
    actor, rows = actor_for_user(owner, "bench"), given.rows
    print(machine(), f"{rows:,} rows")
    with tempfile.TemporaryDirectory(prefix="hatir-bench-rows-") as folder:
        path = Path(folder) / "rows.csv"
        write_file(path, rows_of(rows, f"K{time.time_ns() % 10**9}-", owner.email))
        bare_in = written_bare(path)
        first, again = begun(path, actor), begun(path, actor)
        works: list[tuple[str, float, Callable[[], object]]] = [
            ("import", bare_in, lambda: imported(first, actor, "new", rows)),
            ("same file again", bare_in, lambda: imported(again, actor, "unchanged", rows)),
            ("export", 0.0, lambda: exported(actor)),
            ("revert", bare_in, lambda: reverted(first, actor, rows)),
        ]
        for name, bare, work in works:
            profile = cProfile.Profile(time.process_time)
            if given.profile == name:
                profile.enable()
            taken = timed(name, rows, bare or copied(), work)
            profile.disable()
            print(taken.line(), flush=True)
            if given.profile == name:
                pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(60)
        if not given.no_lists:
            lists_meanwhile(path, actor, owner, rows)


if __name__ == "__main__":
    main()
