"""Deals on their way: moves with history, conditions of stages, decisions, undo, and two people at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from hatir.domains.sales import actions
from hatir.domains.sales.models import Deal, LossReason, Pipeline, Stage, StageStay
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from hatir.foundation.audit.undo import undo
from hatir.foundation.records import actions as generic
from hatir.foundation.records import writing
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, make_cast
from tests.world.instants import archived_by_audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages() -> dict[str, Stage]:
    return make_pipeline()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def way(deal: Deal) -> list[tuple[str, bool]]:
    """Give the stages through which a deal went, and whether it still stands there."""
    stays = StageStay.objects.filter(deal=deal).select_related("stage").order_by("entered_at", "pk")
    return [(stay.stage.name, stay.left_at is None) for stay in stays]


class TestCreateDeals:
    def test_makes_the_ready_pipeline_for_the_first_one(self) -> None:
        deal = make_deal()

        assert (deal.stage.name, deal.status, Pipeline.objects.count()) == ("Yeni", "open", 1)
        assert Stage.objects.count() == 7

    def test_lets_pipeline_and_status_follow_from_the_stage(self, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Kazanıldı"], closed_on=date(2026, 3, 1))

        assert (deal.pipeline_id, deal.status) == (stages["Kazanıldı"].pipeline_id, "won")
        assert (deal.opened_on, deal.closed_on) == (date(2026, 3, 1), date(2026, 3, 1))

    def test_calls_a_nameless_deal_by_its_customer(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = make_deal("", customer=cast.lale_market.pk, external_id="1C1I7A6R")

        assert deal.name == "Lale Market, 1C1I7A6R"


class TestMove:
    def test_keeps_the_history(self, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"])

        actions.move_deal(deal, stages["Teklif"], actor=SYSTEM)

        assert way(deal) == [("Yeni", False), ("Teklif", True)]
        assert StageStay.objects.get(left_at=None).came_from == stages["Yeni"]

    def test_taken_back_shortens_the_history(self, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"], opened_on=date(2026, 1, 5))
        since, mover = deal.stage_entered_at, system_actor("mover")
        actions.move_deal(deal, stages["Teklif"], actor=mover)

        undo(mover.operation, SYSTEM)

        deal.refresh_from_db()
        assert (deal.stage, deal.stage_entered_at) == (stages["Yeni"], since)
        assert way(deal) == [("Yeni", True)]

    def test_tells_the_second_of_two_where_the_deal_is(self, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"])
        actions.move_deal(Deal.objects.get(pk=deal.pk), stages["Teklif"], actor=SYSTEM, seen=stages["Yeni"].pk)

        with pytest.raises(actions.StageMoved) as told:
            actions.move_deal(Deal.objects.get(pk=deal.pk), stages["Pazarlık"], actor=SYSTEM, seen=stages["Yeni"].pk)

        assert told.value.deal.stage == stages["Teklif"]
        assert Deal.objects.get(pk=deal.pk).stage == stages["Teklif"]

    def test_refuses_a_deal_that_does_not_fit_the_condition(self, cast: Cast, stages: dict[str, Stage]) -> None:
        actions.update_stages([(stages["Pazarlık"], {"entry_rule": "amount > 5000"})], actor=SYSTEM)
        deal = make_deal(stage=stages["Yeni"])

        with pytest.raises(Invalid) as refused:
            actions.move_deal(deal, stages["Pazarlık"], actor=cast.admin.actor)

        assert "tutar şundan çok: ₺5.000" in str(refused.value)
        assert Deal.objects.get(pk=deal.pk).stage == stages["Yeni"]
        assert way(deal) == [("Yeni", True)]

    def test_refuses_a_deal_without_a_needed_field(self, cast: Cast, stages: dict[str, Stage]) -> None:
        actions.update_stages([(stages["Teklif"], {"needed_fields": "expected_on"})], actor=SYSTEM)
        deal = make_deal(stage=stages["Yeni"])

        with pytest.raises(Invalid) as refused:
            actions.move_deal(deal, stages["Teklif"], actor=cast.admin.actor)

        assert list(refused.value.errors) == ["expected_on"]

    def test_moves_many_or_none(self, cast: Cast, stages: dict[str, Stage]) -> None:
        actions.update_stages([(stages["Teklif"], {"entry_rule": "amount > 500"})], actor=SYSTEM)
        deals = [make_deal(stage=stages["Yeni"]), make_deal(stage=stages["Yeni"], amount=Decimal(10))]

        with pytest.raises(Invalid):
            actions.move_deals(deals, stages["Teklif"], actor=cast.admin.actor)

        assert set(Deal.objects.values_list("stage__name", flat=True)) == {"Yeni"}


class TestDecide:
    def test_wins_on_the_day(self, stages: dict[str, Stage]) -> None:
        deal = actions.win_deal(make_deal(stage=stages["Yeni"]), actor=SYSTEM)

        assert (deal.status, deal.stage, deal.closed_on) == ("won", stages["Kazanıldı"], timezone.localdate())

    def test_loses_first_and_says_why_later(self, stages: dict[str, Stage]) -> None:
        reason: LossReason = generic.create(record_type("sales.loss_reason"), [{"name": "Pahalı"}], actor=SYSTEM)[0]
        deal = actions.lose_deal(make_deal(stage=stages["Yeni"]), actor=SYSTEM)

        actions.explain_loss(deal, actor=SYSTEM, reason=reason.pk)

        deal.refresh_from_db()
        assert (deal.status, deal.loss_reason) == ("lost", reason)

    def test_reopens_in_the_stage_it_came_from(self, stages: dict[str, Stage]) -> None:
        deal = actions.move_deal(make_deal(stage=stages["Yeni"]), stages["Teklif"], actor=SYSTEM)
        actions.lose_deal(deal, actor=SYSTEM)

        actions.reopen_deal(deal, actor=SYSTEM)

        deal.refresh_from_db()
        assert (deal.status, deal.stage, deal.closed_on) == ("open", stages["Teklif"], None)

    def test_rests_until_a_day(self, stages: dict[str, Stage]) -> None:
        deal = make_deal(stage=stages["Yeni"])
        until = timezone.localdate() + timedelta(days=30)

        actions.hold_deal(deal, until=until, actor=SYSTEM)
        held = Deal.objects.get(pk=deal.pk)
        assert (held.status, held.stage) == ("held", stages["Yeni"])

        actions.reopen_deal(held, actor=SYSTEM)
        assert Deal.objects.get(pk=deal.pk).status == "open"


class TestStage:
    def test_with_deals_in_it_is_not_archived(self, cast: Cast, stages: dict[str, Stage]) -> None:
        make_deal(stage=stages["Teklif"])

        with pytest.raises(Invalid) as refused:
            writing.archive_many([stages["Teklif"]], actor=cast.admin.actor)

        assert "Teklif" in str(refused.value)
        assert Stage.objects.get(pk=stages["Teklif"].pk).archived_at is None

    def test_without_deals_is(self, cast: Cast, stages: dict[str, Stage]) -> None:
        writing.archive_many([stages["Teklif"]], actor=cast.admin.actor)

        stage = Stage.objects.get(pk=stages["Teklif"].pk)
        assert stage.archived_at == archived_by_audit(stage)

    def test_refuses_a_condition_that_cannot_be_read(self, stages: dict[str, Stage]) -> None:
        with pytest.raises(Invalid) as refused:
            actions.update_stages([(stages["Teklif"], {"entry_rule": "colour is 3"})], actor=SYSTEM)

        assert "entry_rule" in refused.value.errors
