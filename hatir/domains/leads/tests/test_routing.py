"""Rules of assignment: who gets a lead, in which order, until when it is answered; leads that nobody touches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hatir.domains.leads import actions
from hatir.domains.leads.models import AssignmentRule, Lead
from hatir.domains.leads.rules import least_loaded, next_in_turn
from hatir.domains.leads.tests.factories import SYSTEM, fresh, make_lead
from hatir.domains.planning.models import Task
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.staff.models import Team
from hatir.foundation.timeline.actions import post_note
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import Cast, make_cast, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def rule(name: str = "Kural", **values: Any) -> AssignmentRule:
    return actions.create_rules([{"name": name, **values}], actor=SYSTEM)[0]


def owners(*leads: Lead) -> list[int | None]:
    deliver_waiting()
    return [fresh(lead).owner_id for lead in leads]


class TestRules:
    def test_the_first_that_fits_counts(self, cast: Cast) -> None:
        rule("İzmir", position=1, rule='city is "İzmir"', way="person", user=cast.ayse.user.pk)
        rule("Kalanlar", position=2, way="person", user=cast.mehmet.user.pk)
        here, there = make_lead(city="izmir"), make_lead(city="Ankara")
        assert owners(here, there) == [cast.ayse.user.pk, cast.mehmet.user.pk]

    def test_leave_their_name_on_the_timeline_and_tell_the_owner(self, cast: Cast) -> None:
        rule("Ege", way="person", user=cast.ayse.user.pk)
        lead = make_lead()
        deliver_waiting()
        deliver_waiting()
        entries = TimelineEntry.objects.filter(about_id=lead.pk, kind="system", title__contains="Ege")
        assert [entry.title.count("Ayşe Yıldırım") for entry in entries] == [1]
        assert OutboxEvent.objects.get(key="leads.lead_assigned").payload["rule"] == "Ege"
        assert Notification.objects.filter(user=cast.ayse.user, kind="assigned", text__startswith="Ege").count() == 1

    def test_do_nothing_twice_and_nothing_to_what_has_an_owner(self, cast: Cast) -> None:
        own = make_lead(owner=cast.mehmet.user.pk)
        rule(way="person", user=cast.ayse.user.pk)
        lead = make_lead()
        assert owners(own, lead) == [cast.mehmet.user.pk, cast.ayse.user.pk]
        assert actions.assign_leads([own.pk, lead.pk]) == 0

    def test_give_in_turn(self, cast: Cast) -> None:
        second = make_user("Bora Tan", "bora@ornek.com.tr", teams=[cast.shop])
        make_user("Gitti Artık", "gitti@ornek.com.tr", teams=[cast.shop], is_active=False)
        rule(way="turns", team=cast.shop.pk)
        leads = [make_lead(f"Aday {at}") for at in range(3)]
        turn = sorted([cast.ayse.user.pk, second.pk])
        assert owners(*leads) == [turn[0], turn[1], turn[0]]

    def test_give_to_who_has_the_least(self, cast: Cast) -> None:
        second = make_user("Bora Tan", "bora@ornek.com.tr", teams=[cast.shop])
        for _n in range(2):
            make_lead(owner=cast.ayse.user.pk)
        rule(way="load", team=cast.shop.pk)
        leads = [make_lead(f"Aday {at}") for at in range(3)]
        assert owners(*leads)[:2] == [second.pk, second.pk]

    def test_give_by_territory_and_skill(self, cast: Cast) -> None:
        Team.objects.filter(pk=cast.service.pk).update(skill="montaj, klinik")
        rule("Bölge", position=1, way="territory")
        rule("Beceri", position=2, way="skill")
        in_place, by_skill, nobody = make_lead(city="İzmir"), make_lead(need="Klinik koltuğu"), make_lead(city="Van")
        assert owners(in_place, by_skill, nobody) == [cast.ayse.user.pk, cast.mehmet.user.pk, None]
        assert fresh(in_place).team_id == cast.shop.pk

    def test_to_a_team_leave_it_there(self, cast: Cast) -> None:
        rule(way="team", team=cast.sales.pk)
        lead = make_lead()
        assert (owners(lead), fresh(lead).team_id) == ([None], cast.sales.pk)

    def test_may_ask_for_a_quicker_answer(self, cast: Cast) -> None:
        zone = timezone.get_current_timezone()
        rule(way="person", user=cast.ayse.user.pk, response_minutes=15)
        lead = make_lead(captured_at=datetime(2026, 11, 20, 10, tzinfo=zone))
        owners(lead)
        assert fresh(lead).response_due_at == datetime(2026, 11, 20, 10, 15, tzinfo=zone)

    def test_that_cannot_be_are_refused(self, cast: Cast) -> None:
        for wrong in ({"way": "person"}, {"way": "turns"}, {"way": "territory", "rule": "yok is 3"}):
            with pytest.raises(Invalid):
                rule(**wrong)
        kept = rule(way="territory", rule='city is "İzmir"')
        assert kept.rule == 'city is "İzmir"'


class TestSilence:
    def test_makes_one_task_for_its_owner(self, cast: Cast) -> None:
        then = timezone.now() - timedelta(days=9)
        quiet = make_lead("Sessiz", owner=cast.ayse.user.pk, captured_at=then)
        make_lead("Yeni", owner=cast.ayse.user.pk)
        make_lead("Sahipsiz", captured_at=then)

        assert (actions.follow_silent(), actions.follow_silent()) == (1, 0)

        task = Task.objects.get()
        assert (task.about, task.owner_id, task.kind) == (RecordRef("leads.lead", quiet.pk), cast.ayse.user.pk, "call")

    def test_is_over_when_something_happens(self, cast: Cast) -> None:
        lead = make_lead(owner=cast.ayse.user.pk, team=cast.shop.pk, captured_at=timezone.now() - timedelta(days=9))
        post_note(RecordRef("leads.lead", lead.pk), "Yazdım", actor=cast.ayse.actor)
        deliver_waiting()
        assert actions.follow_silent() == 0

    def test_of_the_same_length_is_told_once_even_when_the_task_is_done(self, cast: Cast) -> None:
        make_lead(owner=cast.ayse.user.pk, captured_at=timezone.now() - timedelta(days=9))
        actions.follow_silent()
        Task.objects.update(status="cancelled")
        actions.follow_silent()
        assert Task.objects.count() == 1


def test_turns_and_loads() -> None:
    assert [next_in_turn([3, 1, 2], last) for last in (None, 1, 2, 3, 9)] == [1, 2, 3, 1, 1]
    assert next_in_turn([], 1) is None
    assert least_loaded([1, 2, 3], {1: 2, 2: 1}) == 3
    assert least_loaded([2, 1], {}) == 1
    assert least_loaded([], {}) is None
