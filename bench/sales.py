"""Times of the board, the day and the forecast with many deals: `hatir bench sales [deals] [open]`.

Fills deals where they lack (200,000 of which 20,000 open, unless told), takes a snapshot, and prints each page beside
the limit page. Runs on the database of the environment; give it one of its own.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import django
import httpx

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hatir.config.settings.prod")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.measuring import in_turn, machine, served  # noqa: E402
from bench.pages import session_of  # noqa: E402
from hatir.domains.sales import actions  # noqa: E402
from hatir.domains.sales.demo import seed_pipelines  # noqa: E402
from hatir.domains.sales.models import LOST, OPEN, WON, Deal, Pipeline, Stage  # noqa: E402
from hatir.foundation.records import bulk  # noqa: E402
from hatir.foundation.records.actor import system_actor  # noqa: E402
from hatir.foundation.staff.models import Team, User  # noqa: E402
from hatir.kit.ids import new_ids  # noqa: E402

DEALS, OPEN_DEALS, BATCH = 200_000, 20_000, 5000
COLUMNS = (
    "id", "created_at", "updated_at", "version", "source", "custom", "name", "pipeline_id", "stage_id", "status",
    "amount", "currency", "category", "opened_on", "expected_on", "closed_on", "stage_entered_at", "owner_id",
    "team_id", "next_step_at", "next_step_kind", "need", "external_id", "line_count",
)  # fmt: skip


def fill(count: int, still_open: int) -> None:
    """Make the deals that lack, past the write door: nobody reads their history here."""
    lacking = count - Deal.objects.count()
    if lacking <= 0:
        return
    ground = seed_pipelines(actor=system_actor("bench"))
    owners = list(User.objects.order_by("pk").values_list("pk", flat=True)[:50])
    teams: list[Any] = list(Team.objects.order_by("pk").values_list("pk", flat=True)[:10]) or [None]
    lack_open = max(0, still_open - Deal.objects.filter(status=OPEN).count())
    for start in range(0, lacking, BATCH):
        size = min(BATCH, lacking - start)
        bulk.insert_rows(Deal, COLUMNS, _rows(size, start, lack_open, ground.stages[0], owners, teams))
    with connection.cursor() as cursor:  # what a server's own helper does by and by after so much was loaded
        cursor.execute("VACUUM ANALYZE sales_deal" if connection.vendor == "postgresql" else "ANALYZE")


def _rows(
    size: int, start: int, still_open: int, stages: Any, owners: list[int], teams: list[Any]
) -> Iterator[tuple[Any, ...]]:
    chance, now, today = random.Random(start), timezone.now(), timezone.localdate()
    by_kind: dict[str, list[Stage]] = {kind: [one for one in stages if one.kind == kind] for kind in (OPEN, WON, LOST)}
    for at, pk in enumerate(new_ids(size)):
        is_open = start + at < still_open
        kind = OPEN if is_open else chance.choice((WON, LOST, LOST))
        stage = chance.choice(by_kind[kind])
        closed = None if is_open else today - timedelta(days=chance.randint(0, 1400))
        opened = (closed or today) - timedelta(days=chance.randint(5, 90))
        expected = today + timedelta(days=chance.randint(-10, 160)) if is_open else None
        step = _noon(today + timedelta(days=chance.randint(-3, 20))) if is_open and chance.random() < 0.8 else None
        who = chance.randrange(len(owners))
        yield (
            pk, now, now, 1, "bench", {}, f"Bench {start + at}", stage.pipeline_id, stage.pk, kind,
            Decimal(chance.randint(5, 900) * 1000), "TRY", chance.choice(("commit", "best_case", "pipeline")),
            opened, expected, closed, _noon(closed or opened), owners[who], teams[who % len(teams)], step,
            "call" if step else "", "", "", 0,
        )  # fmt: skip


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())


def main() -> int:
    """Fill, measure, print."""
    count, still_open = (int(text) for text in (sys.argv[1:3] if len(sys.argv) > 2 else (DEALS, OPEN_DEALS)))
    fill(count, still_open)
    actions.take_snapshot(timezone.localdate() - timedelta(days=timezone.localdate().weekday()))
    found = Deal.objects.count(), Deal.objects.filter(status=OPEN).count()
    print(f"{found[0]} deals, {found[1]} open; {machine()}")
    pipeline = Pipeline.objects.order_by("position", "pk")[0]
    key = session_of(User.objects.filter(is_admin=True).order_by("pk")[0])
    pages = [
        ("board", f"/sales/board/{pipeline.public_id}/", "≤ 120 ms"),
        ("Bugün", "/today", "≤ 100 ms"),
        ("forecast, month by person", "/sales/forecast/", "≤ 300 ms"),
        ("forecast, quarter by territory", "/sales/forecast/?period=quarter&by=territory", "≤ 300 ms"),
        ("report, quarter by person", "/sales/reports/performance/", ""),
    ]
    with (
        served() as (product, limit),
        httpx.Client(base_url=product, cookies={settings.SESSION_COOKIE_NAME: key}, timeout=60) as client,
    ):
        for name, path, bar in pages:
            print(in_turn(client, name, path, limit, bar=bar, rounds=20).line(), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
