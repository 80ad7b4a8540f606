"""Measure segments: `bin/hatir bench segments [--customers 100000] [--runs 20]`.

Works on the database of the environment (HATIR_HOME or DATABASE_URL), which must be migrated; customers are added
until there are enough. Prints the full build of a segment of five conditions beside the bare SQL of its rule, its
second build (nothing to do), and what follows one change of one customer. Times are of this process's processor and,
for PostgreSQL, which works in another process, by the clock.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from hatir.domains.customers.actions import create_segments, update_customers  # noqa: E402
from hatir.domains.customers.actions.membership import build_segment, empty_segment  # noqa: E402
from hatir.domains.customers.models import Customer, Segment  # noqa: E402
from hatir.domains.customers.queries import live_segments  # noqa: E402
from hatir.domains.customers.queries.rules_of_segments import fitting  # noqa: E402
from hatir.foundation.events.dispatch import deliver_waiting  # noqa: E402
from hatir.foundation.events.models import OutboxEvent  # noqa: E402
from hatir.foundation.records.actor import system_actor  # noqa: E402
from hatir.foundation.records.memory import piece_of_work  # noqa: E402
from hatir.kit.places_tr import provinces, region_of  # noqa: E402
from hatir.kit.text_tr import fold, sort_key  # noqa: E402

ACTOR = system_actor("bench")
NAME = "Ölçüm: beş koşul"
RULE = (
    'stage in ("customer", "loyal", "prospect") and region in ("marmara", "aegean", "central_anatolia") '
    "and age between (25, 60) and lifetime_value >= 2000 and last_contact_at after days_ago(400)"
)
STAGES = ("lead", "prospect", "customer", "loyal", "dormant", "lost")


def fill(wanted: int) -> int:
    """Add customers until there are `wanted`; give how many there are."""
    chance = random.Random(7)
    held = Customer.objects.count()
    places = [(province.name, fold(province.name), region_of(province.name)) for province in provinces()]
    now, today = timezone.now(), timezone.localdate()
    for start in range(held, wanted, 2000):
        rows = [_customer(chance, number, places, now, today) for number in range(start, min(start + 2000, wanted))]
        Customer.objects.bulk_create(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE customers_customer")
    return max(held, wanted)


def _customer(
    chance: random.Random, number: int, places: list[tuple[str, str, str]], now: object, today: date
) -> Customer:
    name, (city, city_fold, region) = f"Kişi {number}", chance.choice(places)
    return Customer(
        created_at=now, updated_at=now, name=name, name_fold=fold(name), name_sort=sort_key(name), city=city,
        city_fold=city_fold, region=region, stage=chance.choice(STAGES),
        birth_on=today - timedelta(days=chance.randint(18 * 365, 80 * 365)),
        lifetime_value=Decimal(int(chance.lognormvariate(8.5, 1.2))),
        last_contact_at=timezone.now() - timedelta(days=chance.randint(0, 900)),
    )  # fmt: skip


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Give seconds by the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def bare(segment: Segment) -> None:
    """Put the ids that fit into a working table, with nothing of the house around it."""
    ruled = next(one for one in live_segments() if one.segment.pk == segment.pk)
    assert ruled.tree is not None
    sql, params = fitting(ruled.tree).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_ids (id bigint PRIMARY KEY)")
        cursor.execute(f"INSERT INTO bench_ids (id) {sql}", params)
        cursor.execute("DROP TABLE bench_ids")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    count = fill(options.customers)
    segment = Segment.objects.filter(name=NAME).first()
    if segment is None:
        segment = create_segments([{"name": NAME, "rule": RULE}], actor=ACTOR)[0]
    OutboxEvent.objects.filter(delivered_at=None).update(delivered_at=timezone.now())
    empty_segment(segment, actor=ACTOR)
    limit = timed(lambda: bare(segment))
    [ruled] = [one for one in live_segments() if one.segment.pk == segment.pk]
    built = timed(lambda: build_segment(ruled, actor=ACTOR))
    again = timed(lambda: build_segment(ruled, actor=ACTOR))
    segment.refresh_from_db()
    print(f"{connection.vendor}: {count} customers, {segment.member_count} in the segment of five conditions")
    for label, (clock, processor) in (("bare SQL of the rule", limit), ("full build", built), ("built again", again)):
        print(f"{label:<24} {clock:8.2f} s   processor {processor:8.2f} s   {clock / limit[0]:6.1f} x")
    one_change(segment, options.runs)


def one_change(segment: Segment, runs: int) -> None:
    """Move one customer after the other out of the segment, each through the write door, and follow."""
    saves, follows = [], []
    for customer in list(Customer.objects.filter(segments=segment)[:runs]):
        with piece_of_work():
            saves.append(timed(lambda one=customer: update_customers([(one, {"stage": "lost"})], actor=ACTOR))[1])  # type: ignore[misc]
        follows.append(timed(deliver_waiting)[1])
    save, follow = statistics.median(saves), statistics.median(follows)
    print(
        f"one change: save {save * 1000:.1f} ms, followed in {follow * 1000:.1f} ms of the processor (median of {runs})"
    )


if __name__ == "__main__":
    main()
