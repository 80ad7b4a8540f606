"""Long jobs cut off after any batch: another worker goes on, nothing is lost and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from hatir.foundation.access import handover
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.jobs import claiming
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due, run_job
from hatir.foundation.records import actions
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews import bulk, selection
from hatir.foundation.savedviews.tasks import change_many
from hatir.interface.web import sample_data
from hatir.interface.web.tasks import hand_over_records, remove_sample_records
from tests.world.cast import SYSTEM, Cast, Customer, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"
MANY = 6


class Killed(BaseException):
    """The process is gone: nobody notes anything."""


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Give a company of which every long job makes batches of two."""
    monkeypatch.setattr(handover, "BATCH", 2)
    monkeypatch.setattr(selection, "BATCH", 2)
    monkeypatch.setattr(sample_data, "BATCH", 2)
    made = make_cast()
    rows = [{"name": f"Kişi {number}", "owner": made.can.user.pk} for number in range(MANY)]
    actions.create(record_type(KEY), rows, actor=SYSTEM)
    samples = [{"name": f"Örnek {number}"} for number in range(MANY)]
    actions.create(record_type(KEY), samples, actor=sample_data.sample_actor())
    return made


def change_stages(cast: Cast) -> tuple[Job, Callable[[], int]]:
    chosen = {"type_key": KEY, "ids": [], "across": True, "filter": {}, "archived": False}
    change = {"verb": bulk.EDIT, "values": {"stage": "loyal"}, "add": None, "remove": None}
    job = change_many.enqueue(actor=cast.admin.actor, selection=chosen, change=change)
    return job, lambda: Customer.objects.exclude(stage="loyal").count()


def give_away(cast: Cast) -> tuple[Job, Callable[[], int]]:
    job = hand_over_records.enqueue(
        actor=cast.admin.actor, user_id=cast.can.user.pk, receiver_ids=[cast.mehmet.user.pk]
    )
    return job, lambda: Customer.objects.filter(owner=cast.can.user).count()


def take_samples_out(cast: Cast) -> tuple[Job, Callable[[], int]]:
    job = remove_sample_records.enqueue(actor=cast.admin.actor)
    return job, lambda: Customer.objects.filter(name__startswith="Örnek", archived_at=None).count()


class TestAJobCutOff:
    @pytest.mark.parametrize("start", [change_stages, give_away, take_samples_out])
    @pytest.mark.parametrize("batches", [1, 2])
    def test_is_finished_by_another_worker(
        self,
        cast: Cast,
        monkeypatch: pytest.MonkeyPatch,
        start: Callable[[Cast], tuple[Job, Callable[[], int]]],
        batches: int,
    ) -> None:
        job, left = start(cast)
        before, trail = left(), AuditEntry.objects.count()
        shown: list[int] = []
        progress = JobContext.progress

        def dies(context: JobContext, done: int, total: int | None = None, note: str = "") -> None:
            progress(context, done, total, note)
            shown.append(done)
            if len(shown) == batches:
                raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(JobContext, "progress", dies)
            with pytest.raises(Killed):
                run_job(claiming.claim("killed", [job.key], 1)[0])
        halfway = left()
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now().replace(year=2020))
        claiming.recover_expired()
        run_due()
        job.refresh_from_db()

        assert 0 < halfway <= before
        assert (job.state, job.attempts, left()) == ("done", 2, 0)
        assert AuditEntry.objects.count() == trail + before
