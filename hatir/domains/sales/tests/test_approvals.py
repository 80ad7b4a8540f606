"""Stages that a deal enters only when somebody lets it: asking, deciding, and every way round it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hatir.domains.planning.queries import todays_queue
from hatir.domains.sales import actions
from hatir.domains.sales.models import DealApproval, Stage, StageStay
from hatir.domains.sales.rules import covers
from hatir.domains.sales.tests.factories import asked_for, big, close, make_pipeline, now, states
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.staff.models import TeamLead
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import Cast, Member, make_cast

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
