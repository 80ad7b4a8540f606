"""A real pipeline of four files comes in through the screen, two presses a file, and adds up to the lira."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hatir.domains.sales import actions
from hatir.domains.sales.models import Deal
from hatir.domains.sales.queries import Rates, Span, forecast, reports
from hatir.domains.sales.tests.factories import SYSTEM
from hatir.foundation.jobs.running import run_due
from hatir.foundation.staff.models import Team, User
from hatir.foundation.transfer import queries as transfer
from hatir.foundation.transfer.models import ImportRun
from tests.serving import ROOT
from tests.world.cast import Cast, make_cast

FOLDER = Path(os.environ.get("HATIR_TEST_DATA") or ROOT.parent / "shared" / "data") / "pipeline"
if not FOLDER.exists():  # a worktree stands one level deeper
    FOLDER = ROOT.parent.parent / "shared" / "data" / "pipeline"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.exists(), reason=f"no pipeline files in {FOLDER}: set HATIR_TEST_DATA"),
]
FILES = (
    ("sales_teams", "staff.team"),
    ("sales_teams", "staff.user"),
    ("products", "catalog.product"),
    ("accounts", "customers.company"),
    ("sales_pipeline", "sales.deal"),
)


@pytest.fixture
def cast(settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_cast()


@pytest.fixture
def window(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin.user)
    return client


def bring(client: Client, name: str, type_key: str) -> ImportRun:
    """Take a file in as a person does who agrees with what is proposed: on to the check, then import."""
    path = FOLDER / f"maven_crm_{name}.csv"
    client.post("/import/", {"type": type_key, "file": SimpleUploadedFile(path.name, path.read_bytes())})
    run = ImportRun.objects.order_by("-id")[0]
    base = f"/import/{run.public_id}"
    shown = client.get(f"{base}/mapping/").context["columns"]
    assert client.post(f"{base}/mapping/", as_shown(shown)).headers["Location"] == f"{base}/check/"
    run_due()
    client.post(f"{base}/duplicates/", {"policy": "update"})
    run_due()
    run.refresh_from_db()
    assert (run.state, run.error) == ("done", "")
    return run


def as_shown(columns: list[dict[str, Any]]) -> dict[str, str]:
    """Give what the browser sends when nobody touches the form: every choice as it stands."""
    sent: dict[str, str] = {}
    for column in columns:
        choices = [(f"map-{column['index']}", column["targets"])]
        choices += [
            (f"value-{column['index']}-{at}", each["to_choices"]) for at, each in enumerate(column["value_map"])
        ]
        sent |= {name: chosen["value"] for name, found in choices for chosen in found if chosen["is_chosen"]}
    return sent


def rows_of_file() -> list[dict[str, str]]:
    with (FOLDER / "maven_crm_sales_pipeline.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class TestPipeline:
    def test_comes_in_whole(self, cast: Cast, window: Client) -> None:
        actions.ready_pipeline(actor=SYSTEM)
        before = User.objects.count()

        runs = [bring(window, name, type_key) for name, type_key in FILES]

        counts = [(run.counts["new"], run.counts["rejected"]) for run in runs]
        assert counts == [(6, 0), (35, 0), (7, 0), (85, 0), (8800, 0)], [
            transfer.reasons(run, is_trial=False) for run in runs
        ]
        self.check_people(before)
        self.check_deals(rows_of_file())
        for start in (date(2017, 1, 1), date(2017, 4, 1), date(2017, 7, 1), date(2017, 10, 1)):
            self.check_pages(window, Span.of("quarter", start), rows_of_file())

    def check_people(self, before: int) -> None:
        """Sellers own deals in their teams, and none of them can sign in."""
        sellers = User.objects.filter(email__endswith="@no-sign-in.invalid")
        assert (sellers.count(), User.objects.count() - before) == (35, 35)
        assert not sellers.filter(is_active=True).exists()
        assert {(team.name, str(team.branch)) for team in Team.objects.exclude(branch=None).filter(parent=None)} >= {
            ("Dustin Brinkmann", "Central"), ("Melvin Marxen", "Central"), ("Cara Losch", "East"),
            ("Rocco Neubert", "East"), ("Celia Rouche", "West"), ("Summer Sewald", "West"),
        }  # fmt: skip

    def check_deals(self, rows: list[dict[str, str]]) -> None:
        stored = Deal.objects.filter(external_id__in=[row["opportunity_id"] for row in rows])
        deals = {deal.external_id: deal for deal in stored.select_related("stage", "product", "owner", "team")}
        assert len(deals) == 8800
        won = [deal for deal in deals.values() if deal.status == "won"]
        assert (len(won), sum(deal.amount or 0 for deal in won)) == (4238, Decimal("10005534.00"))
        assert sum(deal.customer_id is None for deal in deals.values()) == 1425
        codes = {"Won": "won", "Lost": "lost", "Engaging": "engaging", "Prospecting": "prospecting"}
        assert Counter(deal.stage.code for deal in deals.values()) == Counter(codes[row["deal_stage"]] for row in rows)
        with (FOLDER / "maven_crm_sales_teams.csv").open(newline="", encoding="utf-8") as file:
            team_of = {row["sales_agent"]: row["manager"] for row in csv.DictReader(file)}
        for row in rows:
            self.check_one(deals[row["opportunity_id"]], row, team_of[row["sales_agent"]])

    def check_one(self, deal: Deal, row: dict[str, str], team: str) -> None:
        product = "GTX Pro" if row["product"] == "GTXPro" else row["product"]
        assert (str(deal.product), str(deal.owner), str(deal.team)) == (product, row["sales_agent"], team)
        assert american(deal.opened_on) == row["engage_date"]
        assert american(deal.closed_on) == row["close_date"]

    def check_pages(self, window: Client, span: Span, rows: list[dict[str, str]]) -> None:
        """Compare what the forecast and the reports say with plain counting of the file."""
        decided = [row for row in rows if row["close_date"] and span.start <= read(row["close_date"]) < span.end]
        revenue, won, lost = Counter[str](), Counter[str](), Counter[str]()
        for row in decided:
            (won if row["deal_stage"] == "Won" else lost)[row["sales_agent"]] += 1
            revenue[row["sales_agent"]] += int(row["close_value"])
        lines = reports.decided_by(SYSTEM, span, "person", rates=Rates(span.start))
        counted = {
            line.name: (line.now.won, line.now.lost, int(line.now.revenue)) for line in lines if line.now.rate.of
        }
        assert counted == {name: (won[name], lost[name], revenue[name]) for name in {*won, *lost}}
        found = forecast(SYSTEM, span, by="person", today=span.start)
        assert {name: int(line.won) for _key, name, line in found.lines if line.won} == dict(revenue)
        page = window.get(f"/sales/forecast/?period=quarter&start={span.start}&by=territory")
        assert len(page.context["lines"]) == 3
        shown = window.get(f"/sales/reports/performance/?period=quarter&start={span.start}&format=csv")
        told = list(csv.reader(shown.content.decode("utf-8-sig").splitlines()))[1:]
        assert {row[0]: (int(row[2]), int(row[3]), row[7]) for row in told} == {
            name: (won[name], lost[name], f"{revenue[name]}.00") for name in {*won, *lost}
        }


def read(text: str) -> date:
    month, day, year = (int(part) for part in text.split("/"))
    return date(year, month, day)


def american(day: Any) -> str:
    return "" if day is None else f"{day.month}/{day.day}/{day.year}"
