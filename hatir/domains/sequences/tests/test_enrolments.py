"""Who is let in and who is not, what can be done with an enrolment, and what is taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hatir.domains.leads.actions import disqualify_lead, update_leads
from hatir.domains.leads.tests.factories import make_lead
from hatir.domains.planning.actions import plan
from hatir.domains.planning.models import Task
from hatir.domains.privacy.queries import may_contact
from hatir.domains.sales.actions import win_deal
from hatir.domains.sales.models import DealContact
from hatir.domains.sales.tests.factories import make_deal, make_pipeline
from hatir.domains.sequences import actions
from hatir.domains.sequences.models import Enrolment, EnrolmentMove, StepRun
from hatir.domains.sequences.ports import MessageAnswer
from hatir.domains.sequences.queries import message_key
from hatir.domains.sequences.tests.factories import (
    CALL,
    MAIL,
    MONDAY,
    SYSTEM,
    WAIT,
    agree,
    enrol,
    fresh,
    kept,
    make_person,
    make_sequence,
    make_willing_lead,
    tick,
)
from hatir.foundation.access.handover import hand_over
from hatir.foundation.audit.undo import undo
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.merging.actions import merge
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records import actions as generic
from hatir.foundation.records import writing
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, make_cast, make_customer

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def refused(sequence: Any, link: str, record: Any, actor: Any = SYSTEM) -> str:
    before = Enrolment.objects.count()
    with pytest.raises(Invalid) as problem:
        actions.create_enrolments([{"sequence": sequence.pk, link: record.pk}], actor=actor)
    assert Enrolment.objects.count() == before
    return str(problem.value)


class TestEnrolling:
    def test_takes_owner_and_team_from_the_record(self, cast: Cast) -> None:
        lead = make_willing_lead(owner=cast.ayse.user.pk, team=cast.shop.pk)
        one = enrol(make_sequence(CALL), lead)
        assert (one.owner, one.team, one.status) == (cast.ayse.user, cast.shop, "active")

    def test_writes_about_a_deal_to_its_decision_maker(self, cast: Cast) -> None:
        make_pipeline()
        deal = make_deal(customer=cast.kuzey_lojistik.pk)
        user, chief = make_person("Ali Kullanır"), make_person("Oya Karar")
        rows = [
            {"deal": deal.pk, "person": user.pk, "role": "uses"},
            {"deal": deal.pk, "person": chief.pk, "role": "decides"},
        ]
        generic.create(record_type("sales.deal_contact"), rows, actor=SYSTEM)
        assert DealContact.objects.count() == 2
        assert enrol(make_sequence(MAIL, carries="deals"), deal).contact == chief

    def test_is_refused_without_an_address_or_consent(self, cast: Cast) -> None:
        mails = make_sequence(MAIL, carries="customers")
        silent = make_person(consent="")
        assert refused(mails, "customer", make_customer("Adressiz")) == "E-posta adresi yok."
        assert refused(mails, "customer", silent) == "E-posta izni yok."
        agree(silent)
        assert enrol(mails, silent).status == "active"

    def test_needs_no_consent_for_calls(self, cast: Cast) -> None:
        assert enrol(make_sequence(CALL, carries="customers"), make_customer("Adressiz")).status == "active"

    def test_of_a_lead_counts_a_refusal_of_a_customer_with_its_address(self, cast: Cast) -> None:
        lead = make_willing_lead()
        make_person("Aynı Kişi", email=lead.email, consent="refused")
        assert refused(make_sequence(MAIL), "lead", lead) == "E-posta izni yok."

    def test_is_refused_twice_but_not_after_the_end(self, cast: Cast) -> None:
        lead, sequence = make_willing_lead(), make_sequence(CALL)
        one = enrol(sequence, lead)
        assert refused(sequence, "lead", lead) == "Zaten bu takip dizisinde."
        actions.stop_enrolment(one.pk, actor=SYSTEM)
        assert enrol(sequence, lead).status == "active"
        with pytest.raises(Invalid):
            actions.resume_enrolment(one.pk, actor=SYSTEM)

    def test_is_refused_for_closed_archived_and_unfitting_records(self, cast: Cast) -> None:
        sequence = make_sequence(CALL, rule='city is "İzmir"')
        ankara, gone, lost = (make_lead("A", city="Ankara"), make_lead("B", city="İzmir"), make_lead("C", city="İzmir"))
        writing.archive_many([gone], actor=SYSTEM)
        disqualify_lead(lost, reason="Bütçesi yok", actor=SYSTEM)
        assert refused(sequence, "lead", ankara) == "Takip dizisi bu kayıt için değil."
        assert refused(sequence, "lead", gone) == "Kayıt kapanmış."
        assert refused(sequence, "lead", lost) == "Kayıt kapanmış."

    def test_is_refused_for_the_wrong_kind_and_an_unused_sequence(self, cast: Cast) -> None:
        lead = make_lead()
        assert "taşıdığı" in refused(make_sequence(CALL, carries="customers"), "lead", lead)
        draft = make_sequence(CALL, state="draft")
        assert refused(draft, "lead", lead) == "Takip dizisi kullanımda değil."

    def test_needs_the_right_to_change_the_record(self, cast: Cast) -> None:
        sequence = make_sequence(CALL)
        hers = make_lead(owner=cast.ayse.user.pk, team=cast.shop.pk)
        assert refused(sequence, "lead", hers, cast.mehmet.actor) == "Bu kaydı değiştirme yetkiniz yok."
        made = actions.create_enrolments([{"sequence": sequence.pk, "lead": hers.pk}], actor=cast.ayse.actor)
        assert made[0].owner == cast.ayse.user

    def test_needs_sight_of_the_sequence(self, cast: Cast) -> None:
        lead = make_lead(owner=cast.mehmet.user.pk)
        own = make_sequence(CALL, is_shared=False, owner=cast.ayse.user.pk)
        assert refused(own, "lead", lead, cast.mehmet.actor) == "Böyle bir takip dizisi yok ya da görme yetkiniz yok."

    def test_is_taken_back_with_its_tasks(self, cast: Cast) -> None:
        lead, sequence = make_willing_lead(owner=cast.admin.user.pk), make_sequence(CALL)
        actor = cast.admin.actor
        one = actions.create_enrolments([{"sequence": sequence.pk, "lead": lead.pk}], actor=actor)[0]
        Enrolment.objects.filter(pk=one.pk).update(due_at=MONDAY)
        tick(MONDAY)

        result = undo(actor.operation, cast.admin.actor)
        deliver_waiting()

        assert (result.undone_count, result.skipped) == (1, ())
        assert Enrolment.objects.filter(archived_at=None).count() == 0
        assert Task.objects.get().status == "cancelled"
        again = enrol(sequence, lead)
        with pytest.raises(Invalid):
            writing.restore_many([fresh(one)], actor=SYSTEM)
        assert fresh(again).archived_at is None


class TestAnAnswer:
    def test_stops_and_counts_as_contact(self, cast: Cast) -> None:
        person = make_person(owner=cast.ayse.user.pk)
        one = enrol(make_sequence(MAIL, CALL, carries="customers"), person)
        tick(MONDAY)

        actions.record_reply(one.pk, actor=cast.admin.actor, at=MONDAY + HOUR, text="Perşembe arayın")
        deliver_waiting()

        assert (fresh(one).status, fresh(one).reason, fresh(one).replied_at) == ("stopped", "replied", MONDAY + HOUR)
        person.refresh_from_db()
        assert (person.last_contact_at, person.last_contact_channel) == (MONDAY + HOUR, "email")
        assert Task.objects.get().status == "cancelled"
        assert Notification.objects.get(user=cast.ayse.user, kind="other").text == "Işıl Çınar: Yanıt verdi"
        move = EnrolmentMove.objects.get(reason="replied")
        assert (move.user_label, move.note) == ("Defne Koç", "Perşembe arayın")

    def test_is_only_noted_where_the_sequence_goes_on(self, cast: Cast) -> None:
        lead = make_willing_lead(owner=cast.ayse.user.pk)
        one = enrol(make_sequence(MAIL, CALL, stops_on_reply=False), lead)
        tick(MONDAY)
        actions.record_reply(one.pk, actor=SYSTEM, at=MONDAY + HOUR)
        assert (fresh(one).status, fresh(one).replied_at) == ("active", MONDAY + HOUR)

    def test_heard_twice_is_once(self, cast: Cast) -> None:
        one = enrol(make_sequence(MAIL, WAIT), make_willing_lead(owner=cast.ayse.user.pk))
        tick(MONDAY)
        key = message_key(one, StepRun.objects.get().step)
        for hours in (1, 5):
            actions.take_answer(MessageAnswer(key, "replied", MONDAY + hours * HOUR), actor=SYSTEM)
        assert fresh(one).replied_at == MONDAY + HOUR
        assert EnrolmentMove.objects.filter(reason="replied").count() == 1
        assert actions.take_answer(MessageAnswer("yok", "replied", MONDAY), actor=SYSTEM) is None

    def test_from_who_may_not_change_it_is_refused(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL), make_lead(owner=cast.ayse.user.pk, team=cast.shop.pk))
        for stranger in (cast.can, cast.mehmet):
            with pytest.raises((NotFoundHere, Denied)):
                actions.record_reply(one.pk, actor=stranger.actor)
        assert fresh(one).replied_at is None

    def test_that_bounces_stops_and_closes_the_address(self, cast: Cast) -> None:
        person = make_person(owner=cast.ayse.user.pk)
        sequence = make_sequence(MAIL, WAIT, carries="customers")
        one = enrol(sequence, person)
        tick(MONDAY)
        actions.record_bounce(one.pk, actor=SYSTEM, at=MONDAY + HOUR, text="550 no such user")
        assert (fresh(one).reason, StepRun.objects.get().state) == ("bounced", "bounced")
        assert refused(sequence, "customer", person) == "Bu adrese giden e-postalar geri döndü."

    def test_that_wants_no_more_is_a_refusal_for_good(self, cast: Cast) -> None:
        person, lead = make_person(), make_willing_lead()
        first = enrol(make_sequence(CALL, carries="customers"), person)
        second = enrol(make_sequence(CALL), lead)
        actions.record_unsubscribed(first.pk, actor=cast.admin.actor, at=MONDAY)
        actions.record_unsubscribed(second.pk, actor=cast.admin.actor, at=MONDAY)
        assert may_contact(SYSTEM, person.pk, "email") is False
        assert refused(make_sequence(MAIL), "lead", lead) == "E-posta izni yok."
        assert (fresh(first).reason, fresh(second).reason) == ("unsubscribed", "unsubscribed")


class TestElsewhere:
    def test_a_converted_or_disqualified_lead_stops(self, cast: Cast) -> None:
        lead, sequence = make_lead(), make_sequence(CALL)
        one = enrol(sequence, lead)
        disqualify_lead(lead, reason="Bütçesi yok", actor=SYSTEM)
        deliver_waiting()
        assert (fresh(one).status, fresh(one).reason) == ("stopped", "disqualified")

    def test_a_won_deal_stops(self, cast: Cast) -> None:
        make_pipeline()
        deal = make_deal(customer=cast.lale_market.pk)
        one = enrol(make_sequence(CALL, carries="deals"), deal)
        tick(MONDAY)
        win_deal(deal, actor=SYSTEM)
        deliver_waiting()
        assert (fresh(one).status, fresh(one).reason) == ("stopped", "won")
        assert Task.objects.get(title__startswith="Ara").status == "cancelled"

    def test_what_nobody_told_is_seen_when_the_time_comes(self, cast: Cast) -> None:
        lead = make_willing_lead(owner=cast.ayse.user.pk)
        one = enrol(make_sequence(MAIL), lead)
        disqualify_lead(lead, reason="Bütçesi yok", actor=SYSTEM)
        tick(MONDAY)
        assert (kept(), fresh(one).reason) == ([], "disqualified")

    @pytest.mark.parametrize("stops", [True, False])
    def test_a_booked_meeting_stops_where_it_is_set(self, cast: Cast, stops: bool) -> None:
        lead = make_willing_lead(owner=cast.ayse.user.pk)
        one = enrol(make_sequence(CALL, stops_on_meeting=stops), lead)
        plan("Keşif", actor=SYSTEM, about=RecordRef("leads.lead", lead.pk), kind="meeting", due_at=MONDAY)
        deliver_waiting()
        assert (fresh(one).status, fresh(one).reason) == (("stopped", "meeting") if stops else ("active", ""))

    def test_a_guest_who_books_is_known_by_his_address(self, cast: Cast) -> None:
        lead = make_willing_lead(owner=cast.ayse.user.pk)
        one = enrol(make_sequence(CALL), lead)
        guest = make_customer("Işıl Ç.", email=lead.email)
        plan("Görüşme", actor=SYSTEM, about=RecordRef("customers.customer", guest.pk), kind="meeting", due_at=MONDAY)
        deliver_waiting()
        assert fresh(one).reason == "meeting"

    def test_an_own_call_is_no_meeting(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL), make_willing_lead(owner=cast.ayse.user.pk))
        tick(MONDAY)
        deliver_waiting()
        assert fresh(one).status == "active"

    def test_an_archived_record_rests_and_goes_on_when_it_is_back(self, cast: Cast) -> None:
        lead = make_lead()
        one = enrol(make_sequence(CALL), lead)
        writing.archive_many([lead], actor=SYSTEM)
        deliver_waiting()
        assert (fresh(one).status, fresh(one).reason) == ("paused", "archived")
        writing.restore_many([lead], actor=SYSTEM)
        deliver_waiting()
        assert fresh(one).status == "active"

    def test_a_new_owner_of_the_record_sends_from_then_on(self, cast: Cast) -> None:
        lead = make_willing_lead(owner=cast.ayse.user.pk, team=cast.shop.pk)
        one = enrol(make_sequence(MAIL), lead)
        update_leads([(lead, {"owner": cast.mehmet.user.pk, "team": cast.service.pk})], actor=SYSTEM)
        deliver_waiting()
        assert (fresh(one).owner, fresh(one).team) == (cast.mehmet.user, cast.service)

    def test_a_leavers_enrolments_are_handed_over(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL, owner=cast.ayse.user.pk), make_lead(owner=cast.ayse.user.pk))
        result = hand_over(cast.ayse.user, cast.zeynep.user, actor=cast.admin.actor)
        deliver_waiting()
        assert result.moved[("sequences.enrolment", cast.zeynep.user.pk)] == 1
        assert fresh(one).owner == cast.zeynep.user

    def test_a_merged_customer_goes_on_as_the_winner_and_once(self, cast: Cast) -> None:
        winner, loser = make_person("Işıl Çınar"), make_person("Isil Cinar")
        both, only = make_sequence(CALL, carries="customers"), make_sequence(CALL, carries="customers", name="Diğer")
        kept_one, twin, moved = enrol(both, winner), enrol(both, loser), enrol(only, loser)

        merge("customers.customer", winner.pk, loser.pk, actor=SYSTEM)
        deliver_waiting()
        tick(MONDAY)

        assert fresh(moved).customer_id == winner.pk
        assert (fresh(twin).customer_id, fresh(twin).status) == (loser.pk, "paused")
        assert (fresh(kept_one).status, Task.objects.count()) == ("active", 2)

    def test_an_erased_customer_takes_enrolments_and_messages_along(self, cast: Cast) -> None:
        person = make_person(owner=cast.ayse.user.pk)
        enrol(make_sequence(MAIL, carries="customers"), person)
        tick(MONDAY)
        person.delete()
        assert (Enrolment.objects.count(), StepRun.objects.count(), len(kept())) == (0, 0, 0)


class TestStatus:
    def test_follows_its_table(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL), make_lead())
        actions.pause_enrolment(one.pk, actor=cast.admin.actor)
        actions.resume_enrolment(one.pk, actor=cast.admin.actor)
        tick(MONDAY)
        actions.stop_enrolment(one.pk, actor=cast.admin.actor)
        with pytest.raises(Invalid):
            actions.pause_enrolment(one.pk, actor=cast.admin.actor)
        moves = EnrolmentMove.objects.filter(enrolment=one).order_by("at", "pk")
        assert list(moves.values_list("status", flat=True)) == ["active", "paused", "active", "stopped"]

    def test_taken_up_again_goes_on_after_the_task_that_was_called_off(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL, {**CALL, "title": "İkinci arama"}), make_lead())
        tick(MONDAY)
        actions.stop_enrolment(one.pk, actor=SYSTEM)
        assert Task.objects.get().status == "cancelled"
        actions.resume_enrolment(one.pk, actor=SYSTEM)
        Enrolment.objects.filter(pk=one.pk).update(due_at=MONDAY)
        tick(MONDAY)
        assert list(Task.objects.order_by("pk").values_list("title", "status")) == [
            ("Ara: Işıl Çınar", "cancelled"), ("İkinci arama", "open"),
        ]  # fmt: skip

    def test_is_taken_back_with_the_task_that_was_called_off(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL), make_lead(owner=cast.admin.user.pk))
        tick(MONDAY)
        actor = cast.admin.actor
        actions.stop_enrolment(one.pk, actor=actor)

        result = undo(actor.operation, cast.admin.actor)

        assert (result.undone_count, result.skipped) == (2, ())
        assert (fresh(one).status, fresh(one).reason, Task.objects.get().status) == ("active", "", "open")
        assert EnrolmentMove.objects.filter(enrolment=one).count() == 1

    def test_keeps_its_record_and_sequence(self, cast: Cast) -> None:
        one, other = enrol(make_sequence(CALL), make_lead()), make_lead("Başka")
        with pytest.raises(Invalid):
            actions.update_enrolments([(fresh(one), {"lead": other.pk})], actor=SYSTEM)
        assert fresh(one).lead_id == one.lead_id
