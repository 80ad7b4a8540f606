"""How well and how fast duplicates are found: `bin/hatir bench duplicates [--people N] [--company TYPE]`.

Quality: precision, recall and F1 over pairs on FEBRL 1 and 3 and splink's fake 1000, with the product's one
configuration: only which column is of which kind is said (`SETS`), no label is looked at before the end.
Speed: seconds of processor and peak memory for N generated people through the code of the scan, without a database;
with `--company customers.person` the product's own scan of the company of the environment (HATIR_HOME or
DATABASE_URL), reading, comparing and storing. It is taken back at the end unless `--keep` is said; nobody else should
be writing meanwhile. `--profile` says where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import os
import pstats
import random
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.features import form
from hatir.foundation.merging.finding import BUCKETS, Found, Pool
from hatir.foundation.merging.grouping import groups_of
from hatir.foundation.merging.learning import learn, share_of_duplicates
from hatir.foundation.merging.weighing import Scale, Weights, bits_of

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "dedupe"
THRESHOLD = 50
FEBRL = (
    Compare("name", ("given_name", "surname")),
    Compare("address", ("street_number", "address_1", "address_2")),
    Compare("place", ("suburb",)),
    Compare("place", ("postcode",)),
    Compare("place", ("state",)),
    Compare("date", ("date_of_birth",)),
    Compare("number", ("soc_sec_id",)),
)
SPLINK = (
    Compare("name", ("first_name", "surname")),
    Compare("date", ("dob",)),
    Compare("place", ("city",)),
    Compare("email", ("email",)),
)
Entity = Callable[[Mapping[str, str]], str]
SETS: dict[str, tuple[str, tuple[Compare, ...], Entity]] = {
    "FEBRL 1": ("febrl_dataset1.csv", FEBRL, lambda row: row["rec_id"].split("-")[1]),
    "FEBRL 3": ("febrl_dataset3.csv", FEBRL, lambda row: row["rec_id"].split("-")[1]),
    "splink fake 1000": ("splink_fake_1000.csv", SPLINK, lambda row: row["cluster"]),
}


@dataclass(frozen=True)
class Quality:
    """Precision, recall and F1 of pairs against the known truth."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def quality(name: str, data: Path = DATA) -> dict[str, Quality]:
    """Measure one set: the pairs that are shown, and the groups that they make."""
    file, comparisons, entity = SETS[name]
    with (data / file).open(encoding="utf-8", newline="") as stream:
        rows = [{key.strip(): (value or "").strip() for key, value in row.items()} for row in csv.DictReader(stream)]
    truth: dict[str, list[int]] = defaultdict(list)
    pool = Pool(name, comparisons)
    for place, row in enumerate(rows):
        truth[entity(row)].append(place)
        pool.add(place, tuple(form(one.kind, [row[field] for field in one.fields]) for one in comparisons))
    true_pairs = {pair for members in truth.values() for pair in combinations(members, 2)}
    found = set(find(pool)[0])
    grouped = {pair for members in groups_of(found) for pair in combinations(members, 2)}
    return {"pairs": _against(found, true_pairs), "groups": _against(grouped, true_pairs)}


def _against(found: set[tuple[int, int]], truth: set[tuple[int, int]]) -> Quality:
    right = len(found & truth)
    return Quality(right / max(len(found), 1), right / len(truth))


def find(pool: Pool) -> tuple[Found, Weights]:
    """Find the pairs of a pool as the scan does."""
    weights = learn(pool.comparisons, pool.forms)
    scale, largest = Scale(pool.comparisons, weights), pool.largest_group()
    lowest = bits_of(THRESHOLD) - 3
    found: Found = {}
    for bucket in range(BUCKETS):
        found |= pool.pairs(bucket, scale, largest=largest, at_least=lowest)
    shift = share_of_duplicates(found.values(), len(pool), weights.prior) - weights.prior
    return {pair: bits + shift for pair, bits in found.items() if bits + shift >= bits_of(THRESHOLD)}, weights


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--company", metavar="TYPE", default="")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args(arguments)
    if options.company:
        scan_company(options.company, keep=options.keep, profiled=options.profile)
        return
    for name, (file, _comparisons, _entity) in SETS.items():
        if not (options.data / file).exists():
            print(f"{name}: {options.data / file} is not there")
            continue
        started = time.process_time()
        for what, figures in quality(name, options.data).items():
            print(
                f"{name:<18} {what:<7} precision {figures.precision:.4f}   recall {figures.recall:.4f}   "
                f"F1 {figures.f1:.4f}   {time.process_time() - started:.1f} s"
            )
    if options.people:
        scan(options.people)


def scan(count: int) -> None:
    """Measure a scan of generated people, one in twenty of whom is entered twice."""
    from bench.people import COMPARISONS, people

    started = time.process_time()
    pool = Pool("people", COMPARISONS)
    chance = random.Random(7)
    for number, person in enumerate(people(count, chance)):
        pool.add(number, tuple(form(one.kind, values) for one, values in zip(COMPARISONS, person, strict=True)))
    read = time.process_time()
    print(f"{count} people: {read - started:.1f} s to bring into their forms and keys")
    found, _weights = find(pool)
    ended = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(found)} pairs in {ended - read:.1f} s; together {ended - started:.1f} s of processor, {peak:.0f} MB")


class Told:
    """Stands where the scan expects its job: notes when each step was reached."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.steps: list[tuple[int, float]] = []

    def progress(self, done: int, _total: int | None = None, _note: str = "") -> None:
        self.steps.append((done, time.perf_counter() - self.started))


def scan_company(type_key: str, *, keep: bool, profiled: bool) -> None:
    """Measure the product's scan of a whole type."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
    import django

    django.setup()
    from django.db import connection, transaction
    from django.utils import timezone

    from hatir.foundation.jobs.running import collect_seldom
    from hatir.foundation.merging import scanning
    from hatir.foundation.merging.models import Scan
    from hatir.foundation.records.memory import piece_of_work

    collect_seldom()  # as the worker does
    told, profile = Told(), cProfile.Profile()
    processor = time.process_time()
    with piece_of_work(), transaction.atomic():
        run = Scan.objects.create(type_key=type_key, started_at=timezone.now())
        result = profile.runcall(scanning.scan, run.pk, told) if profiled else scanning.scan(run.pk, told)  # type: ignore[arg-type]
        transaction.set_rollback(not keep)
    clock, processor = time.perf_counter() - told.started, time.process_time() - processor
    read = max((at for done, at in told.steps if done <= scanning.READING_SHARE), default=0.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{connection.vendor}: {result}, {clock:.1f} s, of the processor {processor:.1f} s, {peak:.0f} MB")
    print(f"read and brought into forms in {read:.1f} s, compared and stored in {clock - read:.1f} s")
    if profiled:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
