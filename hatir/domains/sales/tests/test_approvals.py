"""Stages that a deal enters only when somebody lets it: asking, deciding, and every way round it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.planning.queries import todays_queue
from hatir.domains.sales import actions
from hatir.domains.sales.models import Deal, DealApproval, Stage, StageStay
from hatir.domains.sales.rules import covers
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from hatir.foundation.audit.undo import undo
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.bulk import BulkChange, change_selected
from hatir.foundation.savedviews.selection import Selection
from hatir.foundation.staff.models import TeamLead
from hatir.foundation.timeline.models import TimelineEntry
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


def close(stage: Stage, **values: Any) -> None:
    values = {"approval_by": "lead", **values}
    stage = Stage.objects.get(pk=stage.pk)
    actions.update_stages([(stage, values)], actor=SYSTEM)


def big(cast: Cast, stages: dict[str, Stage], at: str = "Teklif", amount: int = 9000, **values: Any) -> Deal:
    """Open a deal of Ayşe above the limit."""
    row = {"owner": cast.ayse.user.pk, "team": cast.shop.pk, "amount": Decimal(amount), **values}
    return make_deal(stage=stages[at], **row)


def asked_for(cast: Cast, stages: dict[str, Stage], **values: Any) -> DealApproval:
    return actions.ask_approval(big(cast, stages, **values), stages["Pazarlık"], actor=cast.ayse.actor)


def now(deal: Deal) -> str:
    return Deal.objects.get(pk=deal.pk).stage.name


def states(deal: Deal) -> list[str]:
    return list(DealApproval.objects.filter(deal=deal).order_by("pk").values_list("state", flat=True))


def queue_of(member: Member) -> list[str]:
    at = timezone.now()
    return [item.press.url for item in todays_queue(member.actor, at, at) if item.press]


def client_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    return client


class TestCovers:
    @pytest.mark.parametrize(
        ("now", "holds"),
        [
            ({"amount": "900", "currency": "TRY"}, True),
            ({"amount": "1000.00", "currency": "TRY"}, True),
            ({"amount": "1000.01", "currency": "TRY"}, False),
            ({"amount": "900", "currency": "USD"}, False),
            ({"amount": None, "currency": "TRY"}, True),
        ],
    )
    def test_what_did_not_grow(self, now: dict[str, Any], holds: bool) -> None:
        assert covers({"amount": "1000", "currency": "TRY"}, now) is holds

    def test_no_amount_where_none_was_known(self) -> None:
        assert not covers({"amount": None}, {"amount": "1"})


class TestAsking:
    def test_leaves_the_deal_where_it_is_and_stands_in_the_days_of_who_decides(
        self, cast: Cast, stages: dict[str, Stage]
    ) -> None:
        asked = asked_for(cast, stages)

        assert now(asked.deal) == "Teklif"
        assert queue_of(cast.zeynep) == [f"/sales/approvals/{asked.public_id}/approval/"]
        assert queue_of(cast.ayse) == queue_of(cast.mehmet) == queue_of(cast.admin) == []

    def test_twice_is_asking_once(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        again = actions.ask_approval(asked.deal, stages["Pazarlık"], actor=cast.ayse.actor)

        assert (again.pk, DealApproval.objects.count()) == (asked.pk, 1)

    def test_is_refused_where_it_is_not_needed(self, cast: Cast, stages: dict[str, Stage]) -> None:
        with pytest.raises(Invalid):
            asked_for(cast, stages, amount=5000)

        assert not DealApproval.objects.exists()

    def test_comes_after_what_the_stage_needs_besides(self, cast: Cast, stages: dict[str, Stage]) -> None:
        close(stages["Pazarlık"], needed_fields="expected_on")

        with pytest.raises(Invalid) as refused:
            asked_for(cast, stages)

        assert list(refused.value.errors) == ["expected_on"]

    def test_goes_to_the_administrators_where_nobody_named_sees_the_deal(
        self, cast: Cast, stages: dict[str, Stage]
    ) -> None:
        close(stages["Pazarlık"], approval_by="people", approvers=[cast.mehmet.user.pk])

        asked = asked_for(cast, stages)

        assert asked.asked_ids == [cast.admin.user.pk]
        assert len(queue_of(cast.admin)) == 1
        assert queue_of(cast.mehmet) == []

    def test_is_told_to_who_decides_and_on_the_timeline(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        deliver_waiting()

        told = Notification.objects.filter(user=cast.zeynep.user).values_list("text", flat=True)
        assert any("Otel lobisi" in text for text in told)
        assert TimelineEntry.objects.filter(about_id=asked.deal_id, data__approval=asked.public_id).count() == 1


class TestWhoDecides:
    def test_the_lead_of_the_nearest_team_upwards(self, cast: Cast, stages: dict[str, Stage]) -> None:
        TeamLead.objects.create(user=cast.mehmet.user, team=cast.shop)

        asked = asked_for(cast, stages)

        assert asked.asked_ids == [cast.admin.user.pk]  # Mehmet leads the shop, but sees only his own deals
        with pytest.raises(actions.NotYours):
            actions.approve(asked, actor=cast.zeynep.actor)

    def test_whoever_has_the_role(self, cast: Cast, stages: dict[str, Stage]) -> None:
        role = cast.zeynep.user.role_assignments.get().role
        close(stages["Pazarlık"], approval_by="role", approval_role=role.pk)

        asked = asked_for(cast, stages)

        assert asked.asked_ids == [cast.zeynep.user.pk]

    def test_named_people(self, cast: Cast, stages: dict[str, Stage]) -> None:
        close(stages["Pazarlık"], approval_by="people", approvers=[cast.zeynep.user.pk, cast.mehmet.user.pk])

        asked = asked_for(cast, stages)

        assert asked.asked_ids == [cast.zeynep.user.pk]

    def test_has_to_be_said(self, cast: Cast, stages: dict[str, Stage]) -> None:
        for values, name in (({"approval_by": "role"}, "approval_role"), ({"approval_by": "people"}, "approvers")):
            with pytest.raises(Invalid) as refused:
                close(stages["Teklif"], **values)

            assert list(refused.value.errors) == [name]


class TestDeciding:
    def test_lets_the_deal_in_at_once(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        actions.approve(asked, actor=cast.zeynep.actor)

        assert (now(asked.deal), states(asked.deal)) == ("Pazarlık", ["approved"])
        assert StageStay.objects.get(deal=asked.deal, left_at=None).user_label == "Zeynep Acar"
        assert queue_of(cast.zeynep) == []

    def test_keeps_it_out_with_a_reason(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        actions.refuse(asked, actor=cast.zeynep.actor, reason="  Marj düşük  ")
        deliver_waiting()

        asked.refresh_from_db()
        assert (now(asked.deal), asked.state, asked.reason) == ("Teklif", "refused", "Marj düşük")
        assert Notification.objects.filter(user=cast.ayse.user, detail="Marj düşük").count() == 1

    def test_needs_a_reason_to_refuse(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        with pytest.raises(Invalid):
            actions.refuse(asked, actor=cast.zeynep.actor, reason="  ")

        assert states(asked.deal) == ["asked"]

    def test_is_done_by_the_first_of_two(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)
        actions.refuse(asked, actor=cast.zeynep.actor, reason="Marj düşük")

        with pytest.raises(actions.AlreadyDecided):
            actions.approve(asked, actor=cast.admin.actor)

        assert (now(asked.deal), states(asked.deal)) == ("Teklif", ["refused"])

    def test_is_not_for_who_sees_but_may_not_decide(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        with pytest.raises(actions.NotYours):
            actions.approve(asked, actor=cast.ayse.actor)

        assert (now(asked.deal), states(asked.deal)) == ("Teklif", ["asked"])

    def test_is_not_there_for_who_does_not_see_the_deal(self, cast: Cast, stages: dict[str, Stage]) -> None:
        close(stages["Pazarlık"], approval_by="people", approvers=[cast.mehmet.user.pk])
        asked = asked_for(cast, stages)

        with pytest.raises(NotFoundHere):
            actions.approve(asked, actor=cast.mehmet.actor)

        assert states(asked.deal) == ["asked"]

    def test_can_be_taken_back_by_who_asked(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        actions.withdraw(asked, actor=cast.ayse.actor)

        assert (states(asked.deal), queue_of(cast.zeynep)) == (["withdrawn"], [])

    def test_waits_until_the_stage_has_what_it_needs(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)
        close(stages["Pazarlık"], needed_fields="expected_on")

        with pytest.raises(Invalid):
            actions.approve(asked, actor=cast.zeynep.actor)

        assert (now(asked.deal), states(asked.deal)) == ("Teklif", ["asked"])


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


class TestOnScreen:
    def test_a_drop_on_the_board_asks_and_the_card_stays(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = big(cast, stages)
        sent = {"to": stages["Pazarlık"].public_id, "from": stages["Teklif"].public_id}

        answer = client_of(cast.ayse).post(f"/sales/deals/{deal.public_id}/stage/", sent, headers=DROP)

        said = json.loads(answer["HX-Trigger"])["toast"]
        assert (answer.status_code, said["kind"], now(deal)) == (200, "warn", "Teklif")
        assert states(deal) == ["asked"]
        assert f'data-stage="{stages["Teklif"].public_id}"' in answer.content.decode() or deal.public_id in (
            answer.content.decode()
        )

    def test_one_press_in_the_queue_lets_it_in(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)
        client = client_of(cast.zeynep)
        [url] = queue_of(cast.zeynep)
        assert url in client.get("/today").content.decode()

        answer = client.post(url, headers={"HX-Request": "true"})

        assert (answer.status_code, now(asked.deal)) == (200, "Pazarlık")

    def test_the_page_shows_what_waits_and_refuses_with_a_reason(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)
        page = f"/records/sales.deal/{asked.deal.public_id}/"
        url = f"/sales/approvals/{asked.public_id}/"

        seen = client_of(cast.zeynep).get(page).content.decode()
        own = client_of(cast.ayse).get(page).content.decode()
        client_of(cast.zeynep).post(f"{url}refusal/", {"reason": "Marj düşük"})

        assert f"{url}approval/" in seen
        assert f"{url}approval/" not in own
        assert f"{url}withdrawal/" in own
        assert "Marj düşük" in client_of(cast.ayse).get(page).content.decode()

    def test_a_stranger_finds_nothing_and_changes_nothing(self, cast: Cast, stages: dict[str, Stage]) -> None:
        asked = asked_for(cast, stages)

        answers = [
            client_of(who).post(f"/sales/approvals/{asked.public_id}/approval/") for who in (cast.mehmet, cast.can)
        ]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert states(asked.deal) == ["asked"]


class TestAnApiKey:
    def test_of_who_may_not_decide_gets_no_further(self, cast: Cast, stages: dict[str, Stage]) -> None:
        deal = big(cast, stages)
        key: Actor = actor_of(cast.ayse.user, kind="api_key", permissions=frozenset({"*:*"}))

        with pytest.raises(actions.NeedsApproval):
            actions.update_deals([(deal, {"stage": stages["Pazarlık"].pk})], actor=key)

        assert now(deal) == "Teklif"
