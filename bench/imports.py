"""Rows a second of an import of new people and companies, beside a bare bulk_create of the same rows."""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("HATIR_HOME", tempfile.mkdtemp(prefix="hatir-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from bench.measuring import machine  # noqa: E402
from hatir.domains.customers.models import Customer  # noqa: E402
from hatir.foundation.access.actors import actor_for_user  # noqa: E402
from hatir.foundation.files.actions import store_path  # noqa: E402
from hatir.foundation.jobs.declaration import task_of  # noqa: E402
from hatir.foundation.jobs.running import run_here  # noqa: E402
from hatir.foundation.records.actor import Actor, system_actor  # noqa: E402
from hatir.foundation.staff.actions import create_user  # noqa: E402
from hatir.foundation.transfer import actions  # noqa: E402
from hatir.kit.ids import new_id  # noqa: E402

CITIES = ("İzmir", "İstanbul", "Ankara", "Bursa", "Konya", "Şanlıurfa", "Muğla", "Çanakkale")
BAR = "≥ 1000 rows/s on a quiet core"
BATCH = 500


def rows_of(kind: str, count: int, salt: str) -> list[dict[str, str]]:
    """Make rows as a small company's list holds them: name, e-mail, telephone, city."""
    first = time.time_ns() // 1000
    name = "Işıklı Ticaret {} Ltd. Şti." if kind == "company" else "Ayşe Öğüt {}"
    return [
        {
            "name": name.format(f"{salt}{n}"),
            "email": f"{kind}{salt}{n}@ornek.test",
            "phone": f"053{(first + n) % 10**8:08}",
            "city": CITIES[n % len(CITIES)],
        }
        for n in range(count)
    ]


def imported(kind: str, rows: list[dict[str, str]], path: Path, actor: Actor) -> float:
    """Import the rows with all doors; give the seconds. Raises RuntimeError when one is missing."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Ad Soyad;E-posta;Telefon;Şehir\n")
        file.writelines(f"{row['name']};{row['email']};{row['phone']};{row['city']}\n" for row in rows)
    run = actions.begin_import(store_path(path, name="rows.csv", actor=actor), f"customers.{kind}", actor=actor)
    run = actions.set_mapping(run.pk, {0: "name", 1: "email", 2: "phone", 3: "city"}, actor=actor)
    began = time.perf_counter()
    run = actions.prepare_import(run.pk, actor=actor)
    job = run_here(task_of("transfer.import"), actor=actor.in_operation(run.operation), run_id=run.pk)
    seconds = time.perf_counter() - began
    run.refresh_from_db()
    if run.counts.get("new") != len(rows):
        raise RuntimeError(f"{job.state}: {run.counts} {run.error}")
    return seconds


def inserted(kind: str, rows: list[dict[str, str]]) -> float:
    """Insert the same rows with Django's bulk_create and nothing else, in the same batches; give the seconds."""
    began = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        now = django.utils.timezone.now()
        stamps: dict[str, Any] = {"created_at": now, "updated_at": now, "kind": kind}
        with transaction.atomic():
            Customer._base_manager.bulk_create(
                Customer(id=new_id(), **stamps, **row) for row in rows[start : start + BATCH]
            )
    return time.perf_counter() - began


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=20_000)
    asked.add_argument("--profile", action="store_true", help="say where the time of the import goes")
    given = asked.parse_args()
    call_command("migrate", verbosity=0)
    owner = create_user("Bench", f"bench{time.time_ns()}@ornek.test", actor=system_actor("bench"), is_admin=True)
    print(machine())
    with tempfile.TemporaryDirectory(prefix="hatir-bench-rows-") as folder:
        for kind in ("person", "company"):
            salt = f"{time.time_ns() % 10**9}x"
            profile = cProfile.Profile()
            if given.profile:
                profile.enable()
            seconds = imported(
                kind, rows_of(kind, given.rows, salt), Path(folder) / "rows.csv", actor_for_user(owner, "bench")
            )
            profile.disable()
            bare = inserted(kind, rows_of(kind, given.rows, f"{salt}b"))
            print(
                f"{given.rows} of {kind}: {given.rows / seconds:.0f} rows/s, {seconds:.1f} s   "
                f"bulk_create {bare:.1f} s   {seconds / bare:.1f} x   {BAR}"
            )
            if given.profile:
                pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(70)


if __name__ == "__main__":
    main()
