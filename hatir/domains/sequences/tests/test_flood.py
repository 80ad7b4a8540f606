"""Large selections and many enrolments: batches, counted refusals, one way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hatir.domains.leads.actions import create_leads
from hatir.domains.leads.models import Lead
from hatir.domains.planning.models import Task
from hatir.domains.sequences import actions
from hatir.domains.sequences.actions import running, selecting
from hatir.domains.sequences.models import Enrolment, StepRun
from hatir.domains.sequences.tests.factories import CALL, MAIL, MONDAY, SYSTEM, WAIT, make_sequence, make_willing_lead
from hatir.foundation.audit.undo import undo
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.savedviews.selection import Selection
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
EVERY = Selection("leads.lead", across=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def leads(count: int, **values: Any) -> list[Lead]:
    return create_leads([{"name": f"Aday {number}", **values} for number in range(count)], actor=SYSTEM)


class TestASelection:
    def test_begins_at_once_and_counts_who_was_refused(self, cast: Cast) -> None:
        leads(3)
        willing = make_willing_lead()
        sequence = make_sequence(MAIL)

        outcome = actions.enrol_selected(EVERY, sequence.pk, actor=cast.admin.actor)

        assert (outcome.count, outcome.refused, outcome.job_id) == (1, {"no_address": 3}, None)
        assert Enrolment.objects.get().lead == willing

    def test_that_is_large_begins_by_a_job_and_is_taken_back_whole(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selecting, "AT_ONCE", 4)
        leads(9)
        sequence = make_sequence(CALL)

        outcome = actions.enrol_selected(EVERY, sequence.pk, actor=cast.admin.actor)
        before = Enrolment.objects.count()
        run_due()

        job = Job.objects.get(key="sequences.enrol_many")
        assert (before, job.state, job.pk) == (0, "done", outcome.job_id)
        assert job.result == {"enrolled": 9, "refused": {}, "operation": outcome.operation}
        assert undo(outcome.operation, cast.admin.actor).undone_count == 9
        assert Enrolment.objects.filter(archived_at=None).count() == 0

    def test_run_again_enrols_nobody_twice(self, cast: Cast) -> None:
        leads(5)
        sequence = make_sequence(CALL)
        first = actions.enrol_all(EVERY, sequence.pk, actor=cast.admin.actor)
        second = actions.enrol_all(EVERY, sequence.pk, actor=cast.admin.actor)
        assert (first.count, second.count, second.refused) == (5, 0, {"already_in": 5})

    def test_of_another_kind_is_not_there(self, cast: Cast) -> None:
        leads(1)
        with pytest.raises(NotFoundHere):
            actions.enrol_selected(EVERY, make_sequence(CALL, carries="deals").pk, actor=cast.admin.actor)

    def test_takes_only_what_the_actor_may_change(self, cast: Cast) -> None:
        leads(2, owner=cast.ayse.user.pk, team=cast.shop.pk)
        leads(1, owner=cast.zeynep.user.pk, team=cast.sales.pk)
        outcome = actions.enrol_selected(EVERY, make_sequence(CALL).pk, actor=cast.ayse.actor)
        assert (outcome.count, outcome.refused) == (2, {})


class TestAFlood:
    def test_goes_in_batches_with_a_fixed_number_of_statements(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = []
        for size in (5, 50):
            rows = [{"sequence": make_sequence(WAIT, name=f"S{size}").pk, "lead": lead.pk} for lead in leads(size)[:1]]
            sequence_id = rows[0]["sequence"]
            many = [{"sequence": sequence_id, "lead": lead.pk} for lead in leads(size)]
            actions.create_enrolments(many, actor=SYSTEM)
            Enrolment.objects.update(due_at=MONDAY)
            with CaptureQueriesContext(connection) as seen:
                assert actions.run_due(MONDAY) == Enrolment.objects.filter(step__sequence=sequence_id).count()
            counts.append(len(seen))
            Enrolment.objects.all().delete()
        assert counts[0] == counts[1]

    def test_of_calls_becomes_tasks_batch_by_batch(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "BATCH", 20)
        sequence = make_sequence(CALL)
        rows = [{"sequence": sequence.pk, "lead": lead.pk} for lead in leads(65)]
        actions.create_enrolments(rows, actor=SYSTEM)
        Enrolment.objects.update(due_at=MONDAY)
        seen: list[int] = []

        assert actions.run_due(MONDAY, between=seen.append) == 65

        assert seen == [20, 40, 60, 65]
        assert (Task.objects.count(), StepRun.objects.filter(state="open").count()) == (65, 65)
