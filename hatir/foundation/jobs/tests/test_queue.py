from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from hatir.foundation.jobs import actions, claiming, queries
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.errors import HandedBack, LeaseLost, NotRetryable
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.rules import next_attempt, next_daily, next_every
from hatir.foundation.jobs.running import run_due, run_here, run_job
from hatir.foundation.jobs.schedule import daily, every, start_due
from hatir.foundation.jobs.tests import sample_tasks as tasks
from hatir.foundation.jobs.tests import tasks_of_others
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.staff.models import User

pytestmark = pytest.mark.django_db
HOUSE = system_actor("test")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def claim_one(worker: str = "w1") -> Job:
    jobs = claiming.claim(worker, ["test.mark", "test.mark_other", "test.count", "test.break", "test.refuse"], 1)
    return jobs[0]


class TestEnqueue:
    def test_stores_a_waiting_job_that_keeps_who_asked(self) -> None:
        ayse = User.objects.create_user("ayse@lale.test", name="Ayşe")
        actor = Actor(kind="api_key", label="Kasa", user_id=ayse.pk, permissions=frozenset({"view:*"}))

        job = tasks.mark.enqueue(name="a", actor=actor)

        assert (job.state, job.created_by_id, job.operation) == ("waiting", ayse.pk, actor.operation)
        assert actions.actor_of(job) == actor

    def test_gives_the_live_job_of_the_same_unique_key(self) -> None:
        first = tasks.mark.using(unique_key="once").enqueue(name="a")

        second = tasks.mark.using(unique_key="once").enqueue(name="b")

        assert second.pk == first.pk
        assert Job.objects.count() == 1

    def test_adds_a_job_when_the_one_of_that_key_has_ended(self) -> None:
        first = tasks.mark.using(unique_key="once").enqueue(name="a")
        run_due()

        second = tasks.mark.using(unique_key="once").enqueue(name="b")

        assert second.pk != first.pk

    def test_waits_until_its_time(self) -> None:
        tasks.mark.using(run_after=timezone.now() + timedelta(hours=1)).enqueue(name="later")

        assert run_due() == 0


class TestClaim:
    def test_gives_a_job_to_one_worker_only(self) -> None:
        tasks.mark.enqueue(name="a")

        assert len(claiming.claim("w1", ["test.mark"], 20)) == 1
        assert claiming.claim("w2", ["test.mark"], 20) == []

    def test_lets_task_keys_take_turns(self) -> None:
        for at in range(30):
            tasks.mark.enqueue(name=f"many{at}")
        few = tasks.mark_other.enqueue(name="few")

        jobs = claiming.claim("w1", ["test.mark", "test.mark_other"], 20)

        assert len(jobs) == 20
        assert few.pk in [job.pk for job in jobs[:2]]

    def test_takes_higher_priority_first(self) -> None:
        tasks.mark.enqueue(name="usual")
        urgent = tasks.mark.using(priority=5).enqueue(name="urgent")

        assert claim_one().pk == urgent.pk

    def test_returns_a_job_whose_worker_vanished(self) -> None:
        tasks.mark.enqueue(name="a")
        job = claim_one()
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

        assert claiming.recover_expired() == 1
        assert claim_one("w2").attempts == 2

    def test_fails_a_job_that_keeps_killing_its_workers(self) -> None:
        tasks.break_down.enqueue(name="a")
        for worker in ("w1", "w2"):
            claim_one(worker)
            Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            claiming.recover_expired()

        assert Job.objects.get().state == "failed"


class TestAtomicJob:
    def test_commits_its_work_with_its_end(self) -> None:
        tasks.mark.enqueue(name="a")

        run_due()

        job = Job.objects.get()
        assert (job.state, job.result, tasks.marks("a")) == ("done", "a", ["a"])

    def test_leaves_nothing_when_it_fails_and_waits_for_another_try(self) -> None:
        tasks.break_down.enqueue(name="a")

        run_due()

        job = Job.objects.get()
        assert (job.state, job.attempts, tasks.marks("a")) == ("waiting", 1, [])
        assert "RuntimeError: broken" in job.trace
        assert job.error == "Beklenmeyen bir şey bu işi durdurdu. Ayrıntıları bir yönetici görür."
        assert job.run_after > timezone.now() + timedelta(seconds=3)

    def test_is_kept_as_failed_when_attempts_are_used_up(self) -> None:
        tasks.break_down.enqueue(name="a")
        run_due()
        Job.objects.update(run_after=timezone.now())

        run_due()

        assert Job.objects.get().state == "failed"
        assert queries.queue_state().failed == 1

    def test_fails_at_once_when_no_retry_can_mend_it(self) -> None:
        tasks.refuse.enqueue()

        run_due()

        job = Job.objects.get()
        assert (job.state, job.attempts, job.error) == ("failed", 1, "The file holds nothing.")

    def test_writes_nothing_when_another_worker_has_taken_it_over(self) -> None:
        tasks.mark.enqueue(name="a")
        late = claim_one("w1")
        Job.objects.update(worker="w2")

        run_job(late)

        assert tasks.marks("a") == []
        assert Job.objects.get().state == "running"


class TestLongJob:
    def test_shows_its_progress(self) -> None:
        seen: list[tuple[int, int | None, str]] = []

        job = run_here(tasks.count, actor=HOUSE, to=3, show=lambda *step: seen.append(step))

        assert seen == [(1, 3, "step 1"), (2, 3, "step 2"), (3, 3, "step 3")]
        assert (job.state, job.percent, job.result) == ("done", 100, 3)

    def test_stops_when_asked(self) -> None:
        tasks.count.enqueue(to=5, prefix="c")
        job = claim_one()
        actions.cancel(job.pk, actor=HOUSE)

        run_job(job)

        assert Job.objects.get().state == "cancelled"
        assert tasks.marks("c") == []

    def test_ends_at_once_when_cancelled_while_waiting(self) -> None:
        job = tasks.count.enqueue(to=5)

        assert actions.cancel(job.pk, actor=HOUSE).state == "cancelled"
        assert run_due() == 0

    def test_goes_back_to_the_queue_when_the_worker_stops(self) -> None:
        tasks.count.enqueue(to=5, prefix="c")
        stopping = threading.Event()
        stopping.set()

        run_job(claim_one(), stopping=stopping)

        job = Job.objects.get()
        assert (job.state, job.attempts, job.worker) == ("waiting", 0, "")

    def test_rolls_its_batch_back_when_the_lease_is_lost(self) -> None:
        tasks.count.enqueue(to=1)
        job = claim_one("w1")
        Job.objects.update(worker="w2")

        with pytest.raises(LeaseLost):
            JobContext(job).progress(1)

    def test_tells_a_task_that_its_worker_stops(self) -> None:
        tasks.count.enqueue(to=1)
        stopping = threading.Event()
        stopping.set()

        with pytest.raises(HandedBack):
            JobContext(claim_one(), stopping=stopping).check_cancelled()


class TestSchedule:
    def test_starts_each_beat_once(self) -> None:
        entries = (every("test.mark", minutes=1),)
        start_due(entries, NOON)
        assert start_due(entries, NOON + timedelta(seconds=59)) == 0

        assert start_due(entries, NOON + timedelta(seconds=61)) == 1
        assert start_due(entries, NOON + timedelta(seconds=61)) == 0
        assert Job.objects.count() == 1

    def test_does_not_make_up_for_missed_beats(self) -> None:
        entries = (every("test.mark", minutes=1),)
        start_due(entries, NOON)

        start_due(entries, NOON + timedelta(hours=2))

        assert Job.objects.count() == 1

    def test_runs_daily_at_the_company_clock(self) -> None:
        entries = (daily("test.mark", at="15:30"),)  # 12:30 in UTC
        start_due(entries, NOON)

        assert start_due(entries, NOON + timedelta(minutes=29)) == 0
        assert start_due(entries, NOON + timedelta(minutes=31)) == 1


class TestRetry:
    def test_runs_a_failed_job_again(self) -> None:
        tasks.refuse.enqueue()
        run_due()
        job = Job.objects.get()

        again = actions.retry(job.pk, actor=HOUSE)

        assert (again.state, again.attempts, again.error) == ("waiting", 0, "")

    def test_refuses_a_job_that_is_done(self) -> None:
        job = tasks.mark.enqueue(name="a")
        run_due()

        with pytest.raises(NotRetryable):
            actions.retry(job.pk, actor=HOUSE)


class TestWhoSeesJobs:
    def test_hides_other_peoples_jobs(self) -> None:
        ayse, mehmet = (User.objects.create_user(f"{name}@lale.test", name=name) for name in ("ayse", "mehmet"))
        job = tasks.mark.enqueue(name="a", actor=Actor(kind="user", label="Ayşe", user_id=ayse.pk))
        stranger = Actor(kind="user", label="Mehmet", user_id=mehmet.pk)

        with pytest.raises(NotFoundHere):
            actions.cancel(job.pk, actor=stranger)
        assert Job.objects.get().state == "waiting"
        assert list(queries.jobs_of(stranger)) == []

    def test_shows_an_administrator_all(self) -> None:
        zeynep = User.objects.create_user("zeynep@lale.test", name="Zeynep", is_admin=True)
        job = tasks.mark.enqueue(name="a")

        assert queries.job(Actor(kind="user", label="Zeynep", user_id=zeynep.pk), job.pk) == job


class TestRules:
    def test_doubles_the_pause_up_to_an_hour(self) -> None:
        pauses = [int((next_attempt(n, NOON) - NOON).total_seconds()) for n in (1, 2, 3, 10, 20)]

        assert pauses == [5, 10, 20, 2560, 3600]

    def test_moves_to_the_next_day_after_the_hour(self) -> None:
        istanbul = ZoneInfo("Europe/Istanbul")

        assert next_daily(time(3, 10), istanbul, NOON) == datetime(2026, 3, 3, 3, 10, tzinfo=istanbul)

    def test_skips_beats_that_passed(self) -> None:
        assert next_every(60, NOON, NOON + timedelta(seconds=150)) == NOON + timedelta(seconds=180)


class TestDjangoTasks:
    def test_runs_a_function_declared_with_their_decorator(self) -> None:
        result = tasks_of_others.double.enqueue(21)

        run_due()

        result.refresh()
        assert result.return_value == 42
