"""Steps are written, moved and removed while people stand on them; texts are judged; sequences keep their kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hatir.domains.leads.tests.factories import make_lead
from hatir.domains.planning.models import Task
from hatir.domains.sequences import actions
from hatir.domains.sequences.models import Enrolment, Step, StepRun
from hatir.domains.sequences.models import Sequence as ContactSequence
from hatir.domains.sequences.tests.factories import (
    CALL,
    MAIL,
    MONDAY,
    SYSTEM,
    WAIT,
    enrol,
    fresh,
    kept,
    make_sequence,
    make_willing_lead,
    tick,
)
from hatir.foundation.access.queries import visible
from hatir.foundation.audit.undo import undo
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.records.errors import Denied, Invalid
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def steps(sequence: ContactSequence) -> list[Step]:
    return list(Step.objects.filter(sequence=sequence, archived_at=None).order_by("position", "pk"))


def titles(sequence: ContactSequence) -> list[str]:
    return [step.title for step in steps(sequence)]


def call(title: str, **more: Any) -> dict[str, Any]:
    return {"kind": "call", "title": title, **more}


def wrong(step: dict[str, Any], carries: str = "leads") -> dict[str, list[str]]:
    sequence = make_sequence(CALL, carries=carries)
    with pytest.raises(Invalid) as problem:
        actions.insert_step(sequence, step, place=None, actor=SYSTEM)
    assert len(steps(sequence)) == 1
    return problem.value.errors


class TestTexts:
    def test_with_an_unknown_field_are_refused_with_what_was_meant(self) -> None:
        said = wrong({**MAIL, "text": "Sayın {{firmaa}}"})["text"]
        assert said == ["“firmaa” diye bir alan yok. {{firma}} mi demek istediniz?"]

    def test_of_leads_know_no_deal(self) -> None:
        assert wrong({**MAIL, "title": "{{fırsat}}"})["title"] == ["Burada “fırsat” diye bir alan yok."]

    def test_need_their_braces(self) -> None:
        assert "süslü ayraç" in wrong({**MAIL, "text": "Sayın {{ad"})["text"][0]

    def test_of_a_mail_need_subject_and_words(self) -> None:
        assert set(wrong({"kind": "email", "title": " ", "text": ""})) == {"title", "text"}

    @pytest.mark.parametrize("amount", [0, 366])
    def test_a_wait_is_a_day_to_a_year_long(self, amount: int) -> None:
        assert wrong({**WAIT, "wait_amount": amount})["wait_amount"] == ["1 ile 365 gün arasında olmalı."]

    def test_a_wait_says_its_length_itself(self) -> None:
        sequence = make_sequence(WAIT, {**WAIT, "wait_amount": 1, "wait_unit": "days"})
        assert titles(sequence) == ["2 iş günü bekle", "1 gün bekle"]


class TestTheOrder:
    def test_takes_a_new_step_in_its_place(self) -> None:
        sequence = make_sequence(call("A"), call("B"))
        actions.insert_step(sequence, call("C"), place=1, actor=SYSTEM)
        assert titles(sequence) == ["A", "C", "B"]

    def test_moves_a_step_up_and_down_and_back(self, cast: Cast) -> None:
        sequence = make_sequence(call("A"), call("B"), call("C"))
        actor = cast.admin.actor
        actions.move_step(steps(sequence)[2], place=0, actor=actor)
        assert titles(sequence) == ["C", "A", "B"]
        undo(actor.operation, cast.admin.actor)
        assert titles(sequence) == ["A", "B", "C"]

    def test_keeps_removed_steps_behind_what_they_stood_behind(self) -> None:
        sequence = make_sequence(call("A"), call("B"), call("C"), call("D"))
        a, b, _c, d = steps(sequence)
        actions.remove_step(b, actor=SYSTEM)
        actions.move_step(d, place=0, actor=SYSTEM)
        every = Step.objects.filter(sequence=sequence).order_by("position").values_list("title", flat=True)
        assert list(every) == ["D", "A", "B", "C"]
        assert a.pk in {step.pk for step in steps(sequence)}


class TestPeopleOnIt:
    def test_take_a_changed_step_as_it_stands_then(self, cast: Cast) -> None:
        sequence = make_sequence(WAIT, MAIL)
        enrol(sequence, make_willing_lead(owner=cast.ayse.user.pk))
        tick(MONDAY)
        actions.update_steps([(steps(sequence)[1], {"title": "Yeni konu"})], actor=SYSTEM)
        tick(MONDAY + 2 * DAY)
        assert kept() == ["Yeni konu"]

    def test_finish_a_wait_that_has_begun_as_it_was(self, cast: Cast) -> None:
        sequence = make_sequence(WAIT, call("B"))
        one = enrol(sequence, make_lead())
        tick(MONDAY)
        actions.update_steps([(steps(sequence)[0], {"wait_amount": 30})], actor=SYSTEM)
        assert fresh(one).due_at == MONDAY + 2 * DAY

    def test_go_on_from_the_place_of_a_removed_wait_not_sooner(self, cast: Cast) -> None:
        sequence = make_sequence(WAIT, call("B"))
        enrol(sequence, make_lead())
        tick(MONDAY)
        actions.remove_step(steps(sequence)[0], actor=SYSTEM)
        deliver_waiting()
        tick(MONDAY + DAY)
        assert Task.objects.count() == 0
        tick(MONDAY + 2 * DAY)
        assert Task.objects.get().title == "B"

    def test_do_not_wait_for_the_task_of_a_removed_step(self, cast: Cast) -> None:
        sequence = make_sequence(call("A"), call("B"))
        one = enrol(sequence, make_lead())
        tick(MONDAY)
        actions.remove_step(steps(sequence)[0], actor=SYSTEM)
        deliver_waiting()
        Enrolment.objects.filter(pk=one.pk, due_at__isnull=False).update(due_at=MONDAY)
        tick(MONDAY)
        assert list(Task.objects.order_by("pk").values_list("title", "status")) == [("A", "cancelled"), ("B", "open")]

    def test_in_the_sender_queue_of_a_removed_mail_go_on_without_it(self, cast: Cast) -> None:
        sequence = make_sequence(MAIL, call("B"))
        enrol(sequence, make_willing_lead(owner=cast.ayse.user.pk))
        actions.run_due(MONDAY)
        actions.remove_step(steps(sequence)[0], actor=SYSTEM)
        deliver_waiting()
        tick(MONDAY)
        assert (kept(), Task.objects.get().title) == ([], "B")

    def test_take_no_step_twice_when_it_moves_behind_them(self, cast: Cast) -> None:
        sequence = make_sequence(call("A"), WAIT, call("B"))
        one = enrol(sequence, make_lead())
        tick(MONDAY)
        actions.move_step(steps(sequence)[0], place=2, actor=SYSTEM)
        StepRun.objects.filter(enrolment=one).update(state="done")
        Enrolment.objects.filter(pk=one.pk).update(due_at=MONDAY)
        tick(MONDAY)
        assert Task.objects.count() == 1
        assert fresh(one).status == "finished"

    def test_take_a_mail_that_became_a_call_as_a_call(self, cast: Cast) -> None:
        sequence = make_sequence(MAIL)
        enrol(sequence, make_willing_lead(owner=cast.ayse.user.pk))
        actions.run_due(MONDAY)
        actions.update_steps([(steps(sequence)[0], {"kind": "call", "title": "Ara"})], actor=SYSTEM)
        tick(MONDAY)
        assert (kept(), Task.objects.get().title) == ([], "Ara")


class TestASequence:
    def test_is_used_only_with_steps(self) -> None:
        draft = actions.create_sequences([{"name": "Boş"}], actor=SYSTEM)[0]
        with pytest.raises(Invalid):
            actions.start_sequence(draft, actor=SYSTEM)
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_keeps_what_it_carries_once_somebody_went_in(self) -> None:
        sequence = make_sequence(CALL)
        enrol(sequence, make_lead())
        with pytest.raises(Invalid):
            actions.update_sequences([(sequence, {"carries": "deals"})], actor=SYSTEM)

    def test_refuses_a_rule_that_cannot_be_read(self) -> None:
        with pytest.raises(Invalid) as problem:
            make_sequence(CALL, rule="yok_boyle_alan > 3")
        assert "rule" in problem.value.errors

    def test_that_is_shared_is_read_by_all_and_changed_by_its_own(self, cast: Cast) -> None:
        own = make_sequence(CALL, owner=cast.ayse.user.pk, team=cast.shop.pk)
        closed = make_sequence(CALL, name="Kapalı", owner=cast.ayse.user.pk, is_shared=False)
        seen = set(visible(cast.mehmet.actor, ContactSequence).values_list("pk", flat=True))
        assert (own.pk in seen, closed.pk in seen) == (True, False)
        assert not visible(cast.mehmet.actor, ContactSequence, "edit").exists()
        assert not visible(cast.can.actor, ContactSequence).exists()
        with pytest.raises(Denied):
            actions.insert_step(own, call("X"), place=None, actor=cast.mehmet.actor)
        assert len(steps(own)) == 1

    def test_is_copied_with_its_steps_as_a_draft(self, cast: Cast) -> None:
        sequence = make_sequence(call("A", assignee=cast.mehmet.user.pk), WAIT, MAIL)
        made = actions.copy_sequence(sequence.pk, actor=cast.admin.actor)
        assert (made.state, made.owner_id) == ("draft", cast.admin.user.pk)
        assert titles(made) == titles(sequence)
        assert steps(made)[0].assignee == cast.mehmet.user
