"""Win probability: learnt from the beginning of deals only, refused with too few, shown with its reasons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from hatir.domains.sales import actions, queries
from hatir.domains.sales.models import Deal, Stage, WinModel
from hatir.domains.sales.queries.winning import History, decided_cases, row_of
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
START = date(2025, 1, 6)


@pytest.fixture
def stages() -> dict[str, Stage]:
    return make_pipeline()


@pytest.fixture
def cast(stages: dict[str, Stage]) -> Cast:
    return make_cast()


def decide(stages: dict[str, Stage], count: int) -> None:
    """Decide deals: of four recommended ones three are won, of four others one."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        source = "Tavsiye" if number % 2 else "Fuar"
        is_won = (number // 2) % 4 < (3 if source == "Tavsiye" else 1)
        day = START + timedelta(days=number)
        rows.append(
            {
                "name": f"Fırsat {number}", "source": source, "opened_on": day, "closed_on": day + timedelta(days=20),
                "stage": stages["Kazanıldı" if is_won else "Kaybedildi"].pk,
                "amount": Decimal(5000) if is_won else Decimal(0),
            }
        )  # fmt: skip
    actions.create_deals(rows, actor=SYSTEM)


class TestLearning:
    def test_refuses_too_little_and_says_so(self, cast: Cast, stages: dict[str, Stage]) -> None:
        decide(stages, 40)

        made = actions.learn_winning()

        assert "40" in made.refusal
        assert (made.model, queries.newest_model()) == ({}, None)

    def test_tells_the_sources_apart_and_is_judged_on_later_deals(self, cast: Cast, stages: dict[str, Stage]) -> None:
        decide(stages, 320)

        made = actions.learn_winning()

        assert (made.report["trained_on"], made.report["tested_on"]) == (240, 80)
        assert made.report["auc"] == pytest.approx(0.75, abs=0.03)
        assert made.report["is_useful"]
        model = queries.newest_model()
        assert model is not None
        assert model.predict({"source": "Tavsiye"}) > 0.65
        assert model.predict({"source": "Fuar"}) < 0.35

    def test_does_not_see_what_is_written_at_the_end(self, cast: Cast, stages: dict[str, Stage]) -> None:
        decide(stages, 120)

        names = set(decided_cases().rows[0])

        assert not names & {"amount", "stage", "status", "closed_on", "probability", "loss_reason", "lost_to"}

    def test_counts_only_what_was_decided_before_the_beginning(self) -> None:
        history = History([(1, "won", date(2025, 1, 5)), (1, "won", date(2025, 3, 1)), (2, "won", date(2025, 1, 1))])

        assert history.before(1, "won", date(2025, 3, 1)) == 1
        assert history.share(1, date(2025, 3, 2)) == 100.0
        assert history.share(1, date(2025, 1, 1)) is None
        assert history.share(None, date(2025, 3, 1)) is None

    def test_by_the_clock_once_a_week(self, cast: Cast, stages: dict[str, Stage]) -> None:
        first = datetime(2026, 11, 2, 3, tzinfo=UTC)
        week = timedelta(days=7)
        for at in (first, first + timedelta(hours=1), first + week - timedelta(seconds=1), first + week):
            actions.learn_when_due(at=at)

        assert list(WinModel.objects.order_by("trained_at").values_list("trained_at", flat=True)) == [
            first,
            first + week,
        ]


class TestDeal:
    def test_shows_its_probability_with_reasons(self, cast: Cast, stages: dict[str, Stage]) -> None:
        decide(stages, 320)
        deal = make_deal(stage=stages["Yeni"], source="Tavsiye", owner=cast.ayse.user.pk)
        assert queries.winning_figure(SYSTEM, deal) is None
        actions.learn_winning()

        chance, reasons = queries.winning_figure(SYSTEM, Deal.objects.get(pk=deal.pk))

        assert int("".join(letter for letter in chance if letter.isdigit())) > 60
        assert "Tavsiye" in reasons
        assert row_of(deal)["source"] == "Tavsiye"

    def test_that_is_decided_shows_none(self, cast: Cast, stages: dict[str, Stage]) -> None:
        decide(stages, 320)
        actions.learn_winning()

        assert queries.winning_figure(SYSTEM, Deal.objects.filter(status="won")[0]) is None

    def test_page_tells_how_good_it_is(self, cast: Cast, stages: dict[str, Stage]) -> None:
        client = Client()
        client.force_login(cast.ayse.user)
        assert client.get("/sales/winning/").context["learnt"] is None

        decide(stages, 320)
        actions.learn_winning()
        page = client.get("/sales/winning/")

        assert page.context["is_useful"] is True
        assert page.context["weights"][0]["label"].endswith(("Tavsiye", "Fuar"))
