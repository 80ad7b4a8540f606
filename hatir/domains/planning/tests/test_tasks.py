from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from hatir.domains.customers.models import Customer
from hatir.domains.planning import actions, tasks
from hatir.domains.planning.models import Task
from hatir.domains.planning.queries import next_step_of, open_tasks_about
from hatir.foundation.audit.undo import undo
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.notifications.models import Notification
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.models import TimelineEntry
from hatir.foundation.timeline.queries import Pick, entries_of
from tests.world.cast import SYSTEM, Cast, actor_of, make_cast, make_role, make_user

pytestmark = pytest.mark.django_db
SOON = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def elif_of(cast: Cast) -> RecordRef:
    return RecordRef("customers.customer", cast.elif_kaya.pk)


def call(cast: Cast, **values: Any) -> Task:
    given = {"about": elif_of(cast), "kind": "call", "due_at": SOON, **values}
    return actions.plan(given.pop("title", "Ara"), actor=given.pop("actor", cast.ayse.actor), **given)


class TestPlanning:
    def test_fills_in_customer_owner_end_and_reminder(self, cast: Cast) -> None:
        task = call(cast)

        assert (task.customer_id, task.owner_id, task.team_id) == (
            cast.elif_kaya.pk, cast.ayse.user.pk, cast.shop.pk,
        )  # fmt: skip
        assert task.ends_at == SOON + timedelta(minutes=15)
        assert task.remind_at == SOON - timedelta(minutes=10)

    def test_the_same_key_plans_once(self, cast: Cast) -> None:
        assert call(cast, once=-5).pk == call(cast, once=-5).pk
        assert Task.objects.count() == 1

    def test_needs_sight_of_what_it_is_about(self, cast: Cast) -> None:
        with pytest.raises(NotFoundHere):
            call(cast, actor=cast.mehmet.actor)

        assert Task.objects.count() == 0

    def test_refuses_nothing_to_do_an_end_before_the_beginning_and_a_repetition_without_time(self, cast: Cast) -> None:
        for values, field in (
            ({"title": " "}, "title"),
            ({"ends_at": SOON - timedelta(minutes=1)}, "ends_at"),
            ({"due_at": None, "repeat_rule": "her gün"}, "due_at"),
            ({"repeat_rule": "bazen"}, "repeat_rule"),
        ):
            with pytest.raises(Invalid) as refused:
                call(cast, **values)
            assert list(refused.value.errors) == [field]
        assert Task.objects.count() == 0

    def test_tells_the_colleague_who_gets_it(self, cast: Cast) -> None:
        call(cast, actor=cast.zeynep.actor, owner_id=cast.ayse.user.pk)
        deliver_waiting()

        assert [item.kind for item in Notification.objects.filter(ref_type="planning.task")] == ["assigned"]


class TestCompleting:
    def test_keeps_the_result_and_stands_on_the_timeline(self, cast: Cast) -> None:
        task = call(cast)

        actions.complete_task(task.pk, actor=cast.ayse.actor, outcome="reached", result="Perşembe gelecek")
        deliver_waiting()

        [entry] = entries_of(cast.ayse.actor, elif_of(cast), Pick(kinds=("call",))).entries
        assert (entry.body, entry.data["outcome"], entry.user_id) == (
            "Ara\n\nPerşembe gelecek", "reached", cast.ayse.user.pk,
        )  # fmt: skip
        fresh = Customer.objects.get(pk=cast.elif_kaya.pk)
        assert (fresh.last_contact_at, fresh.last_contact_channel) == (Task.objects.get(pk=task.pk).done_at, "phone")

    def test_whom_nobody_reached_has_not_been_contacted(self, cast: Cast) -> None:
        actions.complete_task(call(cast).pk, actor=cast.ayse.actor, outcome="no_answer")
        deliver_waiting()

        assert Customer.objects.get(pk=cast.elif_kaya.pk).last_contact_at is None

    def test_is_taken_back_with_its_entry(self, cast: Cast) -> None:
        task, actor = call(cast), cast.ayse.actor
        actions.complete_task(task.pk, actor=actor, outcome="reached")
        deliver_waiting()

        undo(actor.operation, cast.ayse.actor)
        deliver_waiting()

        assert Task.objects.get(pk=task.pk).status == "open"
        assert TimelineEntry.objects.filter(kind="call", archived_at=None).count() == 0

    def test_twice_is_once(self, cast: Cast) -> None:
        task = call(cast, repeat_rule="her hafta")

        first = actions.complete_task(task.pk, actor=cast.ayse.actor)
        second = actions.complete_task(task.pk, actor=cast.zeynep.actor)

        assert (first.following, second.following) == (Task.objects.exclude(pk=task.pk).get(), None)

    def test_a_result_of_another_kind_is_refused(self, cast: Cast) -> None:
        task = call(cast)

        with pytest.raises(Invalid):
            actions.complete_task(task.pk, actor=cast.ayse.actor, outcome="held")

        assert Task.objects.get(pk=task.pk).status == "open"

    def test_who_only_sees_it_may_not(self, cast: Cast) -> None:
        task = call(cast, actor=cast.admin.actor)

        with pytest.raises(NotFoundHere):
            actions.complete_task(task.pk, actor=cast.mehmet.actor)

        assert Task.objects.get(pk=task.pk).status == "open"

    def test_of_a_series_makes_the_next_and_undo_takes_both_back(self, cast: Cast) -> None:
        due = datetime(2032, 2, 29, 6, 0, tzinfo=UTC)
        task, actor = call(cast, due_at=due, repeat_rule="her yıl"), cast.ayse.actor

        done = actions.complete_task(task.pk, actor=actor)

        assert done.following is not None
        assert done.following.due_at == datetime(2033, 2, 28, 6, 0, tzinfo=UTC)
        assert done.following.remind_at == datetime(2033, 2, 28, 5, 50, tzinfo=UTC)
        undo(actor.operation, cast.ayse.actor)
        assert [(t.pk, t.status) for t in Task.objects.filter(archived_at=None)] == [(task.pk, "open")]

    def test_is_told(self, cast: Cast) -> None:
        actions.complete_task(call(cast).pk, actor=cast.ayse.actor)

        told = OutboxEvent.objects.filter(key__startswith="planning.").order_by("pk")
        assert [event.key for event in told] == ["planning.task_planned", "planning.task_completed"]


class TestMoving:
    def test_takes_end_and_reminder_along(self, cast: Cast) -> None:
        task = actions.postpone(call(cast).pk, due_at=SOON + timedelta(days=1), actor=cast.ayse.actor)

        assert task.ends_at == SOON + timedelta(days=1, minutes=15)
        assert task.remind_at == SOON + timedelta(days=1, minutes=-10)

    def test_reopening_and_reassigning(self, cast: Cast) -> None:
        task = call(cast)
        actions.call_off(task.pk, actor=cast.ayse.actor)

        actions.reopen(task.pk, actor=cast.ayse.actor)
        actions.reassign(task.pk, owner_id=cast.zeynep.user.pk, actor=cast.ayse.actor)

        fresh = Task.objects.get(pk=task.pk)
        assert (fresh.status, fresh.done_at, fresh.owner_id) == ("open", None, cast.zeynep.user.pk)


class TestReminders:
    def test_come_once_and_again_after_a_move(self, cast: Cast) -> None:
        now = timezone.now()
        task = call(cast, due_at=now + timedelta(minutes=5))

        tasks.remind.body()
        tasks.remind.body()
        told = Notification.objects.filter(kind="reminder", user=cast.ayse.user)
        assert [item.text for item in told] == ["Ara"]

        actions.postpone(task.pk, due_at=now + timedelta(minutes=10, seconds=1), actor=cast.ayse.actor)
        assert Task.objects.get(pk=task.pk).remind_at == now + timedelta(seconds=1)


class TestNextStep:
    def test_of_many_records_is_one_statement(self, cast: Cast, django_assert_num_queries: Any) -> None:
        deal = RecordRef("sales.deal", 77)
        late, soon = call(cast, title="Sonra", due_at=SOON + timedelta(days=2)), call(cast, title="Önce")
        Task.objects.filter(pk=late.pk).update(about_type="sales.deal", about_id=77)
        refs = [elif_of(cast), deal, RecordRef("customers.customer", cast.lale_market.pk)]

        with django_assert_num_queries(1):
            found = next_step_of(SYSTEM, refs)

        assert {ref: step.title for ref, step in found.items()} == {elif_of(cast): "Önce", deal: "Sonra"}
        assert found[deal].is_late(SOON + timedelta(days=3))
        assert [task.pk for task in open_tasks_about(cast.admin.actor, elif_of(cast))] == [soon.pk, late.pk]

    def test_is_not_told_to_who_does_not_see_the_task(self, cast: Cast) -> None:
        call(cast)

        assert next_step_of(cast.mehmet.actor, [elif_of(cast)]) == {}


def test_a_colleague_who_may_only_see_gets_denied(cast: Cast) -> None:
    reader = make_user("Okur", "okur@ornek.com.tr", role=make_role("Okur", {"view": "all"}))
    task = call(cast)

    with pytest.raises(Denied):
        actions.complete_task(task.pk, actor=actor_of(reader))
