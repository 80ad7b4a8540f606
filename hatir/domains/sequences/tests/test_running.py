"""Enrolments on their way: waits, calls, mails, answers; each step once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hatir.domains.leads.models import Holiday
from hatir.domains.planning.actions import call_off, complete_task
from hatir.domains.planning.models import Task
from hatir.domains.sequences import actions
from hatir.domains.sequences.models import EnrolmentMove, KeptMessage, StepRun
from hatir.domains.sequences.tests.factories import (
    CALL,
    ISTANBUL,
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
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.records import actions as generic
from hatir.foundation.records import writing
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def lead_of(cast: Cast, **values: Any) -> Any:
    return make_willing_lead(owner=cast.ayse.user.pk, team=cast.shop.pk, **values)


def states(one: Any) -> list[tuple[str, str]]:
    return list(StepRun.objects.filter(enrolment=one).order_by("at", "pk").values_list("step__kind", "state"))


class TestAMail:
    def test_goes_out_with_its_words_and_stands_on_the_timeline(self, cast: Cast) -> None:
        lead = lead_of(cast)
        one = enrol(make_sequence(MAIL, WAIT, CALL), lead)

        assert tick(MONDAY) == (1, 1)

        message = KeptMessage.objects.get()
        assert (message.subject, message.body) == ("Merhaba Işıl", "Sizi aramak isterim.\n\nAyşe Yıldırım")
        assert (message.to, message.sender) == (lead.email, cast.ayse.user)
        entry = TimelineEntry.objects.get(about_id=lead.pk, kind="message")
        assert (entry.channel, entry.direction, entry.body) == ("email", "out", message.body)
        assert entry.title == "Merhaba Işıl (giden kutusunda duruyor, gönderilmedi)"
        assert states(one) == [("email", "sent")]
        assert (fresh(one).sent_count, str(fresh(one).last_step)) == (1, "Merhaba değerli ilgili")

    def test_waits_for_working_time(self, cast: Cast) -> None:
        one = enrol(make_sequence(MAIL), lead_of(cast), at=MONDAY - timedelta(hours=2))

        early = tick(MONDAY - timedelta(hours=2))
        in_time = tick(MONDAY)

        assert (early, in_time) == ((1, 0), (0, 1))
        assert fresh(one).status == "finished"

    def test_is_not_sent_on_a_holiday(self, cast: Cast) -> None:
        rows = [{"name": "Tatil", "day": date(2026, 11, 23)}]
        generic.create(record_type("leads.holiday"), rows, actor=SYSTEM)
        assert Holiday.objects.count() == 1
        enrol(make_sequence(MAIL), lead_of(cast))

        assert tick(MONDAY) == (1, 0)
        assert tick(MONDAY + timedelta(days=1)) == (0, 1)

    def test_is_never_sent_without_consent_asked_at_the_last_moment(self, cast: Cast) -> None:
        person = make_person(owner=cast.ayse.user.pk)
        one = enrol(make_sequence(MAIL, carries="customers"), person)
        agree(person, "refused", MONDAY - HOUR)

        tick(MONDAY)

        assert kept() == []
        assert (fresh(one).status, fresh(one).reason) == ("paused", "no_consent")
        agree(person, "given", MONDAY)
        actions.resume_enrolment(one.pk, actor=SYSTEM)
        tick(MONDAY + HOUR)
        assert kept() == ["Merhaba Işıl"]

    def test_that_may_not_go_is_skipped_where_the_step_says_so(self, cast: Cast) -> None:
        person = make_person(owner=cast.ayse.user.pk, consent="")
        sequence = make_sequence({**MAIL, "if_refused": "skip"}, CALL, carries="customers")
        one = enrol(sequence, person)

        tick(MONDAY)

        assert states(one) == [("email", "skipped"), ("call", "open")]
        assert StepRun.objects.get(state="skipped").note == "E-posta izni yok"
        assert TimelineEntry.objects.filter(about_id=person.pk, title__contains="E-posta izni yok").count() == 1

    def test_that_lacks_a_word_pauses_with_that_word(self, cast: Cast) -> None:
        one = enrol(make_sequence({**MAIL, "text": "Sayın {{firma}}"}), lead_of(cast))

        tick(MONDAY)

        assert kept() == []
        assert (fresh(one).status, fresh(one).reason, fresh(one).reason_text) == ("paused", "lacks_word", "firma")

    def test_pauses_when_its_sender_is_gone_and_goes_on_with_the_next_owner(self, cast: Cast) -> None:
        one = enrol(make_sequence(MAIL), lead_of(cast))
        type(cast.ayse.user).objects.filter(pk=cast.ayse.user.pk).update(is_active=False)

        tick(MONDAY)
        assert (fresh(one).status, fresh(one).reason) == ("paused", "sender_gone")
        actions.update_enrolments([(fresh(one), {"owner": cast.zeynep.user.pk})], actor=SYSTEM)
        deliver_waiting()
        tick(MONDAY + HOUR)

        assert KeptMessage.objects.get().sender == cast.zeynep.user


class TestAWait:
    def test_counts_working_days_and_keeps_the_hour(self, cast: Cast) -> None:
        friday = datetime(2026, 11, 27, 15, tzinfo=ISTANBUL)
        one = enrol(make_sequence(WAIT, CALL), lead_of(cast), at=friday)

        tick(friday)
        assert fresh(one).due_at == datetime(2026, 12, 1, 15, tzinfo=ISTANBUL)
        tick(datetime(2026, 12, 1, 14, 59, tzinfo=ISTANBUL))
        assert states(one) == []
        tick(datetime(2026, 12, 1, 15, tzinfo=ISTANBUL))

        assert states(one) == [("wait", "done"), ("call", "open")]

    def test_begins_when_the_step_before_was_done(self, cast: Cast) -> None:
        one = enrol(make_sequence(MAIL, WAIT, CALL), lead_of(cast))
        tick(MONDAY)
        assert fresh(one).due_at == MONDAY + timedelta(days=2)


class TestACall:
    def test_becomes_a_task_of_the_owner_about_the_record(self, cast: Cast) -> None:
        lead = lead_of(cast)
        enrol(make_sequence(CALL), lead)

        tick(MONDAY)

        task = Task.objects.get()
        assert (task.kind, task.title, task.owner) == ("call", "Ara: Işıl Çınar", cast.ayse.user)
        assert (task.about, task.due_at) == (("leads.lead", lead.pk), MONDAY)
        assert task.note == "Teklifi sor\n\nTakip dizisi: Yeni aday karşılama"
        assert task.remind_at is None

    def test_outside_working_hours_is_due_in_the_morning(self, cast: Cast) -> None:
        evening = datetime(2026, 11, 27, 21, tzinfo=ISTANBUL)
        enrol(make_sequence(CALL), lead_of(cast), at=evening)
        tick(evening)
        assert Task.objects.get().due_at == datetime(2026, 11, 30, 9, tzinfo=ISTANBUL)

    def test_that_is_done_lets_the_sequence_go_on(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL, MAIL), lead_of(cast))
        tick(MONDAY)
        tick(MONDAY + HOUR)
        assert states(one) == [("call", "open")]

        complete_task(Task.objects.get().pk, actor=SYSTEM, outcome="no_answer")
        deliver_waiting()
        tick(MONDAY + 2 * HOUR + timedelta(days=1))

        assert states(one) == [("call", "done"), ("email", "sent")]
        assert StepRun.objects.get(state="done").outcome == "no_answer"
        assert fresh(one).status == "finished"

    def test_that_is_called_off_counts_as_skipped(self, cast: Cast) -> None:
        one = enrol(make_sequence(CALL), lead_of(cast))
        tick(MONDAY)
        call_off(Task.objects.get().pk, actor=SYSTEM)
        deliver_waiting()
        tick(MONDAY + timedelta(days=1))
        assert states(one) == [("call", "skipped")]
        assert fresh(one).status == "finished"

    def test_that_is_not_done_in_time_is_left_behind(self, cast: Cast) -> None:
        one = enrol(make_sequence({**CALL, "limit_days": 2}, MAIL), lead_of(cast))
        tick(MONDAY)
        assert fresh(one).due_at == MONDAY + timedelta(days=2)

        tick(MONDAY + timedelta(days=2))

        assert states(one) == [("call", "late"), ("email", "sent")]
        assert Task.objects.get().status == "open"

    def test_of_somebody_else_goes_to_that_one(self, cast: Cast) -> None:
        enrol(make_sequence({**CALL, "assignee": cast.mehmet.user.pk}), lead_of(cast))
        tick(MONDAY)
        assert Task.objects.get().owner == cast.mehmet.user


class TestRunningTwice:
    def test_takes_no_step_twice(self, cast: Cast) -> None:
        one = enrol(make_sequence(MAIL, CALL), lead_of(cast))
        for _n in range(3):
            tick(MONDAY)
        assert (kept(), Task.objects.count()) == (["Merhaba Işıl"], 1)
        assert states(one) == [("email", "sent"), ("call", "open")] or states(one) == [("email", "sent")]

    def test_sends_a_key_once_even_where_the_run_is_forgotten(self, cast: Cast) -> None:
        one = enrol(make_sequence(MAIL, WAIT), lead_of(cast))
        tick(MONDAY)
        StepRun.objects.all().delete()
        type(one).objects.filter(pk=one.pk).update(step=None, due_at=MONDAY, awaits="time")
        tick(MONDAY + HOUR)
        assert kept() == ["Merhaba Işıl"]

    def test_leaves_a_paused_sequence_and_an_archived_one_alone(self, cast: Cast) -> None:
        sequence = make_sequence(CALL)
        enrol(sequence, lead_of(cast))
        actions.pause_sequence(sequence, actor=SYSTEM)
        assert tick(MONDAY) == (0, 0)
        actions.start_sequence(sequence, actor=SYSTEM)
        writing.archive_many([sequence], actor=SYSTEM)
        assert tick(MONDAY) == (0, 0)
        assert Task.objects.count() == 0


class TestTheEnd:
    def test_is_remembered_and_told(self, cast: Cast) -> None:
        lead = lead_of(cast)
        one = enrol(make_sequence(MAIL), lead)
        tick(MONDAY)
        assert list(EnrolmentMove.objects.order_by("at", "pk").values_list("status", flat=True)) == [
            "active",
            "finished",
        ]
        assert fresh(one).due_at is None
        told = "“Yeni aday karşılama” takip dizisi tüm adımlarını bitirdi"
        assert TimelineEntry.objects.filter(about_id=lead.pk, title=told).count() == 1
