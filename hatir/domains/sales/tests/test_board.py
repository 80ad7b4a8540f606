"""The board: lanes with sums, cards on demand, moves that tell what they changed, and who may do what."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.sales import actions
from hatir.domains.sales.models import Deal, LossReason, Stage
from hatir.domains.sales.queries.board import LANE
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from hatir.foundation.records import actions as generic
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
DROP = {"HX-Request": "true", "X-Board": "1"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def stages() -> dict[str, Stage]:
    return make_pipeline()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def board_of(stages: dict[str, Stage]) -> str:
    return f"/sales/board/{stages['Yeni'].pipeline.public_id}/"


def drop(client: Client, deal: Deal, to: str, seen: Stage, **more: str) -> Any:
    sent = {"to": to, "from": seen.public_id, **more}
    return client.post(f"/sales/deals/{deal.public_id}/stage/", sent, headers=DROP)


def toast_of(answer: Any) -> dict[str, Any]:
    return json.loads(answer["HX-Trigger"])["toast"]  # type: ignore[no-any-return]


class TestBoard:
    def test_sums_each_lane_plainly_and_weighted(self, cast: Cast, stages: dict[str, Stage]) -> None:
        make_deal(stage=stages["Teklif"], amount=Decimal(1000))
        make_deal(stage=stages["Teklif"], amount=Decimal(500), probability=10)
        make_deal(stage=stages["Teklif"], amount=Decimal(70), currency="USD")

        page = client_of(cast.admin.user).get(board_of(stages)).content.decode()

        assert "₺1.500 + $70" in page
        assert "%65 · ₺700 + $46" in page  # 650 + 50; 45,50

    def test_brings_the_further_cards_of_a_lane_when_asked(self, cast: Cast, stages: dict[str, Stage]) -> None:
        rows = [{"name": f"Fırsat {at}", "stage": stages["Yeni"].pk} for at in range(LANE + 3)]
        actions.create_deals(rows, actor=SYSTEM)
        client = client_of(cast.admin.user)

        page = client.get(board_of(stages)).content.decode()
        url = page.split('class="lane__more" href="')[1].split('"')[0].replace("&amp;", "&")
        more = client.get(url, headers={"HX-Request": "true"}).content.decode()

        assert (page.count("data-card="), more.count("data-card=")) == (LANE, 3)
        assert "lane__more" not in more

    def test_shows_only_what_one_may_see(self, cast: Cast, stages: dict[str, Stage]) -> None:
        make_deal("Ayşe’nin", stage=stages["Yeni"], owner=cast.ayse.user.pk, team=cast.shop.pk)
        make_deal("Mehmet’in", stage=stages["Yeni"], owner=cast.mehmet.user.pk, team=cast.service.pk)

        page = client_of(cast.ayse.user).get(board_of(stages)).content.decode()

        assert "Ayşe’nin" in page
        assert "Mehmet’in" not in page
        assert client_of(cast.can.user).get(board_of(stages)).status_code == 404

    def test_marks_how_the_next_step_stands(self, cast: Cast, stages: dict[str, Stage]) -> None:
        now = timezone.now()
        for days in (-2, 0, 3):
            make_deal(stage=stages["Yeni"], next_step_at=now + timedelta(days=days))
        make_deal(stage=stages["Yeni"])

        page = client_of(cast.admin.user).get(board_of(stages)).content.decode()

        cards = page.split('class="board"')[1]
        assert [cards.count(f'act--{state}"') for state in ("late", "today", "later", "none")] == [1, 1, 1, 1]

    def test_keeps_showing_an_archived_stage_while_deals_stand_in_it(
        self, cast: Cast, stages: dict[str, Stage]
    ) -> None:
        make_deal("Ortada kalan", stage=stages["Teklif"])
        Stage.objects.filter(name="Teklif").update(archived_at=timezone.now())

        page = client_of(cast.admin.user).get(board_of(stages)).content.decode()

        assert "Ortada kalan" in page
        assert "lane--gone" in page

    def test_offers_a_pipeline_to_a_company_without_one(self, cast: Cast) -> None:
        client = client_of(cast.admin.user)
        assert "/sales/pipeline/" in client.get("/sales/board/").content.decode()

        client.post("/sales/pipeline/")

        assert client.get("/sales/board/").status_code == 302
        assert Stage.objects.count() == 7


class TestDrop:
    def test_moves_and_tells_with_a_way_back(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"])
        client = client_of(cast.admin.user)

        answer = drop(client, deal, stages["Teklif"].public_id, stages["Yeni"])

        assert Deal.objects.get().stage == stages["Teklif"]
        assert f'id="lane-{stages["Teklif"].public_id}-head"' in answer.content.decode()
        client.post(toast_of(answer)["undo"])
        assert Deal.objects.get().stage == stages["Yeni"]

    def test_shows_the_second_of_two_people_where_the_deal_is(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"])
        drop(client_of(cast.admin.user), deal, stages["Teklif"].public_id, stages["Yeni"])

        answer = drop(client_of(cast.admin.user), deal, stages["Pazarlık"].public_id, stages["Yeni"])

        assert answer.status_code == 409
        assert f'data-stage="{stages["Teklif"].public_id}"' in answer.content.decode()
        assert "Teklif" in toast_of(answer)["text"]
        assert Deal.objects.get().stage == stages["Teklif"]

    def test_asks_for_the_reason_after_the_loss(self, cast: Cast, stages: dict[str, Stage]) -> None:
        reason: LossReason = generic.create(record_type("sales.loss_reason"), [{"name": "Pahalı"}], actor=SYSTEM)[0]
        deal = make_deal(stage=stages["Yeni"])
        client = client_of(cast.admin.user)

        asked = json.loads(drop(client, deal, "lost", stages["Yeni"])["HX-Trigger"])["deal:lost"]
        client.post(asked["url"], {"reason": asked["reasons"][0][0]}, headers={"HX-Request": "true"})

        found = Deal.objects.get()
        assert (found.status, found.loss_reason) == ("lost", reason)

    def test_is_refused_with_a_reason(self, cast: Cast, stages: dict[str, Stage]) -> None:
        actions.update_stages([(stages["Teklif"], {"entry_rule": "amount > 5000"})], actor=SYSTEM)
        deal = make_deal(stage=stages["Yeni"])

        answer = drop(client_of(cast.admin.user), deal, stages["Teklif"].public_id, stages["Yeni"])

        assert answer.status_code == 422
        assert "₺5.000" in toast_of(answer)["text"]
        assert Deal.objects.get().stage == stages["Yeni"]

    def test_of_somebody_without_the_right_changes_nothing(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"], owner=cast.ayse.user.pk, team=cast.shop.pk)

        answers = [drop(client_of(who.user), deal, "won", stages["Yeni"]) for who in (cast.can, cast.mehmet)]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert Deal.objects.get().status == "open"


class TestForm:
    def test_moves_without_a_script(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"])
        client, url = client_of(cast.admin.user), f"/sales/deals/{deal.public_id}/stage/"

        form = client.get(url).content.decode()
        answer = client.post(url, {"to": stages["Teklif"].public_id, "from": stages["Yeni"].public_id})

        assert stages["Pazarlık"].public_id in form
        assert (answer.status_code, Deal.objects.get().stage) == (302, stages["Teklif"])

    def test_lets_a_deal_rest_until_a_day_that_is_to_come(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"])
        client, url = client_of(cast.admin.user), f"/sales/deals/{deal.public_id}/stage/"

        refused = client.post(url, {"to": "held", "until": "2020-01-01"})
        client.post(url, {"to": "held", "until": str(timezone.localdate() + timedelta(days=9))})

        assert refused.status_code == 422
        assert Deal.objects.get().status == "held"
