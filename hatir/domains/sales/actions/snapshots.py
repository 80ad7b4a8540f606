"""Snapshots of the forecast: one a day at most, all rows in batch, old ones thinned out."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from hatir.domains.sales.models import OPEN, Deal, ForecastSnapshot, SnapshotRow
from hatir.foundation.records import bulk
from hatir.kit.ids import new_ids
from hatir.kit.money import round_money

BATCH = 5000
KEPT_DAYS = 800
"""Two years and a quarter: enough to compare a quarter with the same one of the year before."""
COLUMNS = ("id", "snapshot_id", "deal_id", "stage_id", "category", "amount", "currency", "chance", "expected_on")


@transaction.atomic
def take_snapshot(on: date | None = None) -> ForecastSnapshot:
    """Keep how the open deals stand today; a second call on one day changes nothing."""
    day = on or timezone.localdate()
    found, is_new = ForecastSnapshot.objects.get_or_create(taken_on=day)
    if is_new:
        bulk.insert_rows(SnapshotRow, COLUMNS, _rows(found.pk))
    return found


def _rows(snapshot_id: int) -> Iterator[tuple[Any, ...]]:
    names = ("pk", "stage", "category", "amount", "currency", "probability", "stage__probability", "expected_on")
    rows = Deal.objects.filter(status=OPEN, archived_at=None).order_by("pk").values_list(*names)
    for deal, stage, category, amount, currency, own, usual, expected_on in rows.iterator(chunk_size=BATCH):
        chance = usual if own is None else own
        yield new_ids(1)[0], snapshot_id, deal, stage, category, amount, currency, chance, expected_on


def seed_snapshots(days: Sequence[date], *, seed: int) -> None:
    """Make up how open deals stood on past days, for the example company: what was open then, a little otherwise."""
    chance = random.Random(seed)  # noqa: S311 — a demo, not a secret
    names = ("pk", "stage", "category", "amount", "currency", "stage__probability", "expected_on", "opened_on")
    rows = Deal.objects.filter(archived_at=None, opened_on__isnull=False).order_by("pk")
    deals = list(rows.values_list(*names, "closed_on"))
    for day in days:
        held, is_new = ForecastSnapshot.objects.get_or_create(taken_on=day)
        if is_new:
            made = [
                (new_ids(1)[0], held.pk, *deal[:3], _otherwise(deal[3], chance), deal[4],
                 deal[5] if 0 < deal[5] < 100 else 40, _then(deal[6] or deal[8], day, chance))
                for deal in deals
                if deal[7] <= day and (deal[8] is None or deal[8] > day)
            ]  # fmt: skip
            bulk.insert_rows(SnapshotRow, COLUMNS, made)


def _otherwise(amount: Decimal | None, chance: random.Random) -> Decimal | None:
    if amount is None or chance.random() < 0.85:
        return amount
    return round_money(amount * chance.choice((80, 90, 115)) / 100)


def _then(day: date | None, taken_on: date, chance: random.Random) -> date | None:
    if day is None or chance.random() < 0.7:
        return day
    return max(taken_on, day - timedelta(days=chance.choice((-20, 10, 25, 40))))


def forget_snapshots(today: date | None = None) -> int:
    """Take off snapshots older than two years; give how many."""
    oldest = (today or timezone.localdate()) - timedelta(days=KEPT_DAYS)
    old = list(ForecastSnapshot.objects.filter(taken_on__lt=oldest).values_list("pk", flat=True))
    for pk in old:
        with transaction.atomic():
            SnapshotRow.objects.filter(snapshot=pk).delete()
            ForecastSnapshot.objects.filter(pk=pk).delete()
    return len(old)
