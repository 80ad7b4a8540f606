"""Approvals of deals hold for every writer, and for what a deal becomes afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from hatir.domains.sales import actions
from hatir.domains.sales.models import Deal, DealApproval, Stage
from hatir.domains.sales.tests.factories import SYSTEM, asked_for, big, close, make_pipeline, now, states
from hatir.foundation.audit.undo import undo
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.bulk import BulkChange, change_selected
from hatir.foundation.savedviews.selection import Selection
from hatir.foundation.staff.models import TeamLead
from tests.world.cast import Cast, Member, actor_of, make_cast

pytestmark = pytest.mark.django_db
DROP = {"HX-Request": "true", "X-Board": "1"}


@pytest.fixture
def cast() -> Cast:
    """Let Zeynep lead the sales team, above Ayşe's."""
    made = make_cast()
    TeamLead.objects.create(team=made.sales, user=made.zeynep.user)
    return made


@pytest.fixture
def stages(cast: Cast) -> dict[str, Stage]:
    """Let deals above 5,000 into the negotiation only with the approval of the team's lead."""
    made = make_pipeline()
    close(made["Pazarlık"], approval_rule="amount > 5000")
    return made


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    return client


class TestAWayRound:
    """Whoever writes, a deal above the limit stays out until somebody lets it in."""

    def refused(self, deal: Deal, write: Any) -> str:
        with pytest.raises(actions.NeedsApproval) as problem:
            write()
        assert now(deal) == "Teklif"
        assert not DealApproval.objects.exists()
        return str(problem.value)

    def test_is_no_plain_edit(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal, rt = big(cast, stages), record_type("sales.deal")

        said = self.refused(
            deal, lambda: generic.update(rt, [(deal, {"stage": stages["Pazarlık"].pk})], actor=cast.ayse.actor)
        )

        assert "Pazarlık" in said

    def test_is_no_import(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = big(cast, stages)
        importer = cast.ayse.actor.acting_as("import", "dosya.csv")

        self.refused(deal, lambda: actions.update_deals([(deal, {"stage": stages["Pazarlık"].pk})], actor=importer))

    def test_is_no_new_deal(self, cast: Cast, stages: dict[str, Stage]) -> None:
        row = {"name": "Yeni", "amount": Decimal(9000), "stage": stages["Pazarlık"].pk, "team": cast.shop.pk}

        with pytest.raises(actions.NeedsApproval):
            actions.create_deals([row], actor=cast.ayse.actor)

        assert not Deal.objects.exists()

    def test_is_no_change_of_many(self, cast: Cast, stages: dict[str, Stage]) -> None:
        small, large = big(cast, stages, amount=100), big(cast, stages)
        selection = Selection("sales.deal", (small.pk, large.pk))

        outcome = change_selected(
            selection, BulkChange(values={"stage": stages["Pazarlık"].public_id}), actor=cast.ayse.actor
        )

        assert (outcome.changed_count, outcome.refused_count) == (1, 1)
        assert (now(small), now(large)) == ("Pazarlık", "Teklif")

    def test_is_no_move_of_the_house(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = big(cast, stages)

        self.refused(deal, lambda: actions.move_deal(deal, stages["Pazarlık"], actor=SYSTEM))

    def test_is_no_automation_in_the_name_of_who_decides(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal, flow = big(cast, stages), cast.zeynep.actor.acting_as("flow", "Kural")

        self.refused(deal, lambda: actions.move_deal(deal, stages["Pazarlık"], actor=flow))

    def test_is_no_undo(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = actions.move_deal(big(cast, stages, amount=100), stages["Pazarlık"], actor=cast.ayse.actor)
        mover = cast.ayse.actor
        actions.move_deal(deal, stages["Teklif"], actor=mover)
        actions.update_deals([(Deal.objects.get(pk=deal.pk), {"amount": Decimal(9000)})], actor=cast.ayse.actor)

        result = undo(mover.operation, cast.ayse.actor)

        assert (result.undone_count, now(deal)) == (0, "Teklif")

    def test_is_no_growing_afterwards(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = actions.move_deal(big(cast, stages, amount=100), stages["Pazarlık"], actor=cast.ayse.actor)

        actions.update_deals([(deal, {"amount": Decimal(9000)})], actor=cast.ayse.actor)

        asked = DealApproval.objects.get(deal=deal)
        assert (asked.is_standing, asked.state, asked.asked_by_id) == (True, "asked", cast.ayse.user.pk)
        with pytest.raises(Invalid):
            actions.win_deal(Deal.objects.get(pk=deal.pk), actor=cast.ayse.actor)
        assert now(deal) == "Pazarlık"

    def test_is_no_growing_by_lines(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = actions.move_deal(big(cast, stages, amount=100), stages["Pazarlık"], actor=cast.ayse.actor)

        line = {"deal": deal.pk, "name": "Koltuk", "quantity": Decimal(10), "unit_price": Decimal(900)}
        actions.create_deal_lines([line], actor=cast.ayse.actor)

        assert DealApproval.objects.get(deal=deal).is_standing

    def test_is_for_who_may_decide_himself_and_is_kept(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = big(cast, stages)

        actions.move_deal(deal, stages["Pazarlık"], actor=cast.zeynep.actor)

        kept = DealApproval.objects.get(deal=deal)
        assert (now(deal), kept.state, kept.decided_by_id) == ("Pazarlık", "approved", cast.zeynep.user.pk)


class TestAChangeMeanwhile:
    def test_that_makes_it_larger_asks_anew(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)
        seen = f"/sales/approvals/{asked.public_id}/approval/"

        actions.update_deals([(Deal.objects.get(), {"amount": Decimal(90000)})], actor=cast.ayse.actor)

        assert states(asked.deal) == ["lapsed", "asked"]
        assert client_of(cast.zeynep).post(seen, headers={"HX-Request": "true"}).status_code == 422
        assert now(asked.deal) == "Teklif"

    def test_that_makes_it_smaller_keeps_the_asking(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        actions.update_deals([(Deal.objects.get(), {"amount": Decimal(8000)})], actor=cast.ayse.actor)

        assert states(asked.deal) == ["asked"]

    def test_that_makes_it_needless_ends_the_asking(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        actions.update_deals([(Deal.objects.get(), {"amount": Decimal(10)})], actor=cast.ayse.actor)

        assert states(asked.deal) == ["lapsed"]

    def test_of_the_stage_ends_the_asking(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        actions.move_deal(Deal.objects.get(), stages["Yeni"], actor=cast.ayse.actor)

        assert states(asked.deal) == ["lapsed"]

    def test_behind_the_back_of_the_room_is_seen_when_it_is_decided(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)
        Deal.objects.update(amount=Decimal(90000))

        with pytest.raises(Invalid):
            actions.approve(asked, actor=cast.zeynep.actor)

        assert (now(asked.deal), states(asked.deal)) == ("Teklif", ["asked"])


class TestGrowingAfterwards:
    def grown(self, cast: Cast, stages: dict[str, Stage]) -> Deal:
        """Let a deal in, then let it grow beyond what was approved."""
        asked = asked_for(cast, stages)
        actions.approve(asked, actor=cast.zeynep.actor)
        actions.update_deals([(Deal.objects.get(), {"amount": Decimal(20000)})], actor=cast.ayse.actor)
        return Deal.objects.get()

    def test_within_what_was_approved_is_free(self, cast: Cast, stages: dict[str, Stage]) -> None:
        actions.approve(asked_for(cast, stages), actor=cast.zeynep.actor)

        actions.update_deals([(Deal.objects.get(), {"amount": Decimal(8999)})], actor=cast.ayse.actor)

        assert states(Deal.objects.get()) == ["approved"]

    def test_is_asked_where_it_stands_and_left_there_when_approved(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = self.grown(cast, stages)
        assert states(deal) == ["approved", "asked"]

        actions.approve(DealApproval.objects.get(state="asked"), actor=cast.zeynep.actor)
        actions.win_deal(Deal.objects.get(), actor=cast.ayse.actor)

        assert (now(deal), states(deal)) == ("Kazanıldı", ["approved", "approved"])

    def test_goes_back_when_refused(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = self.grown(cast, stages)

        actions.refuse(DealApproval.objects.get(state="asked"), actor=cast.zeynep.actor, reason="Fazla")

        assert (now(deal), states(deal)) == ("Teklif", ["approved", "refused"])

    def test_back_to_the_approved_amount_ends_it(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = self.grown(cast, stages)

        actions.update_deals([(deal, {"amount": Decimal(9000)})], actor=cast.ayse.actor)

        assert states(deal) == ["approved", "lapsed"]

    def test_may_go_back_or_be_lost_meanwhile(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = self.grown(cast, stages)

        actions.lose_deal(deal, actor=cast.ayse.actor)

        assert (now(deal), states(deal)) == ("Kaybedildi", ["approved", "lapsed"])


class TestAnApiKey:
    def test_of_who_may_not_decide_gets_no_further(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = big(cast, stages)
        key: Actor = actor_of(cast.ayse.user, kind="api_key", permissions=frozenset({"*:*"}))

        with pytest.raises(actions.NeedsApproval):
            actions.update_deals([(deal, {"stage": stages["Pazarlık"].pk})], actor=key)

        assert now(deal) == "Teklif"
