"""Orders from one file of lines, through all doors: lines a second, and the same file again.

`--lines 1000000` for the size of the bar; a fifth as many orders, for customers and products that are there.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import random
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("HATIR_HOME", tempfile.mkdtemp(prefix="hatir-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from bench.imports import peak_mb  # noqa: E402
from bench.measuring import machine  # noqa: E402
from hatir.domains.catalog.actions import create_products  # noqa: E402
from hatir.domains.customers.actions import create_customers  # noqa: E402
from hatir.foundation.access.actors import actor_for_user  # noqa: E402
from hatir.foundation.files.actions import store_path  # noqa: E402
from hatir.foundation.jobs.declaration import task_of  # noqa: E402
from hatir.foundation.jobs.running import run_here  # noqa: E402
from hatir.foundation.records.actor import Actor, system_actor  # noqa: E402
from hatir.foundation.staff.actions import create_user  # noqa: E402
from hatir.foundation.transfer import actions  # noqa: E402

HEADER = "Sipariş No;Sipariş Tarihi;Müşteri;Kanal;Ürün;Miktar;Birim Fiyat;KDV %\n"
CUSTOMERS, PRODUCTS, LINES_OF_AN_ORDER = 2000, 200, 5
BARS = {"new": "≥ 5000 lines/s", "unchanged": "≥ 10000 lines/s"}


def written(path: Path, lines: int, salt: str) -> None:
    """Write the file: orders of five lines, the same for the same salt."""
    chance = random.Random(salt)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for order in range(lines // LINES_OF_AN_ORDER):
            day = f"{chance.randrange(1, 29):02}.{chance.randrange(1, 11):02}.2026"
            start = f"{salt}-{order:07};{day};Müşteri {salt} {order % CUSTOMERS};Mağaza"
            for _line in range(LINES_OF_AN_ORDER):
                product, price = chance.randrange(PRODUCTS), chance.randrange(50, 9000)
                file.write(f"{start};{salt}-{product};{chance.randrange(1, 5)};{price},90;20\n")


def imported(path: Path, actor: Actor, outcome: str, lines: int) -> float:
    """Import the file in this process; give the seconds. Raises RuntimeError when the lines did not end so."""
    file = store_path(path, name="orders.csv", actor=actor)
    opened = actions.begin_import(file, "commerce.order_line", actor=actor)
    run = actions.prepare_import(opened.pk, actor=actor)
    began = time.perf_counter()
    job = run_here(task_of("transfer.import"), actor=actor.in_operation(run.operation), run_id=run.pk)
    seconds = time.perf_counter() - began
    run.refresh_from_db()
    if run.counts.get(outcome) != lines:
        raise RuntimeError(f"{job.state}: {run.counts} {run.error} {job.error}")
    return seconds


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lines", type=int, default=20_000)
    asked.add_argument("--profile", action="store_true", help="say where the time of the first import goes")
    given = asked.parse_args()
    call_command("migrate", verbosity=0)
    salt = f"B{time.time_ns() % 10**8}"
    system = system_actor("bench")
    actor = actor_for_user(create_user("Bench", f"{salt}@ornek.test", actor=system, is_admin=True), "bench")
    create_customers([{"kind": "company", "name": f"Müşteri {salt} {at}"} for at in range(CUSTOMERS)], actor=system)
    create_products(
        [{"name": f"Ürün {salt} {at}", "sku": f"{salt}-{at}", "price": Decimal(at + 1)} for at in range(PRODUCTS)],
        actor=system,
    )
    print(machine(), f"{given.lines:,} lines of {given.lines // LINES_OF_AN_ORDER:,} orders")
    with tempfile.TemporaryDirectory(prefix="hatir-bench-orders-") as folder:
        path = Path(folder) / "orders.csv"
        written(path, given.lines, salt)
        for outcome in ("new", "unchanged"):
            profile = cProfile.Profile(time.process_time)
            if given.profile and outcome == "new":
                profile.enable()
            seconds = imported(path, actor, outcome, given.lines)
            profile.disable()
            print(
                f"{outcome:<10} {given.lines / seconds:8.0f} lines/s   {peak_mb():4.0f} MB   {BARS[outcome]}",
                flush=True,
            )
            if given.profile and outcome == "new":
                pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    main()
