"""Claim jobs under a lease, hold it, and give it up: the statements that must never let a job run twice at once.

Every write to a claimed job names the worker that holds it; when it matches no row, the lease is lost.
SQLite writes under IMMEDIATE transactions, one at a time; PostgreSQL skips rows that others hold locked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from hatir.foundation.events.bus import publish
from hatir.foundation.jobs.actions import LEASE_SECONDS, actor_of
from hatir.foundation.jobs.declaration import keys_that_tell
from hatir.foundation.jobs.errors import LeaseLost, lost_its_worker
from hatir.foundation.jobs.events import JobEnded
from hatir.foundation.jobs.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job
from hatir.foundation.jobs.rules import fair_share, next_attempt

LONGEST_ERROR = 8_000


def claim(worker: str, keys: Sequence[str], count: int) -> list[Job]:
    """Take up to `count` due jobs of these tasks for a worker; the task keys share the batch fairly."""
    now = timezone.now()
    due = Job.objects.filter(state=WAITING, key__in=keys, run_after__lte=now)
    if count < 1 or not due.exists():
        return []
    with transaction.atomic():
        chosen = fair_share(_candidates(now, due.values_list("key", flat=True).distinct(), count), count)
        for job in chosen:
            job.state, job.worker, job.attempts = RUNNING, worker, job.attempts + 1
            job.started_at, job.lease_until = job.started_at or now, now + timedelta(seconds=LEASE_SECONDS)
        Job.objects.filter(pk__in=[job.pk for job in chosen]).update(
            state=RUNNING, worker=worker, attempts=F("attempts") + 1, lease_until=now + timedelta(seconds=LEASE_SECONDS)
        )
        Job.objects.filter(pk__in=[job.pk for job in chosen], started_at=None).update(started_at=now)
    return chosen


def _candidates(now: datetime, keys: Collection[str], count: int) -> list[Job]:
    found: list[Job] = []
    for key in keys:
        rows = Job.objects.filter(state=WAITING, key=key, run_after__lte=now).order_by("-priority", "run_after", "id")
        found.extend(rows.select_for_update(skip_locked=True)[:count])
    return found


def extend(worker: str) -> set[int]:
    """Move all leases of a worker on; give the ids that it still holds."""
    held = Job.objects.filter(worker=worker, state=RUNNING)
    held.update(lease_until=timezone.now() + timedelta(seconds=LEASE_SECONDS))
    return set(held.values_list("pk", flat=True))


def hold(job_id: int, worker: str) -> None:
    """Make sure, inside a transaction, that the job is still this worker's until the end of it. Raises LeaseLost."""
    if not Job.objects.select_for_update().filter(pk=job_id, worker=worker, state=RUNNING).exists():
        raise LeaseLost(job_id)


def note_progress(job_id: int, worker: str, done: int, total: int | None, note: str) -> bool:
    """Store how far a job is and move its lease on; give whether somebody asked to stop it. Raises LeaseLost."""
    mine = Job.objects.filter(pk=job_id, worker=worker, state=RUNNING)
    until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    if not mine.update(progress_done=done, progress_total=total, progress_note=note[:300], lease_until=until):
        raise LeaseLost(job_id)
    return bool(mine.values_list("cancel_requested", flat=True).get())


def asked_to_stop(job_id: int, worker: str) -> bool:
    """Ask whether somebody wants the job to stop. Raises LeaseLost."""
    flag = (
        Job.objects.filter(pk=job_id, worker=worker, state=RUNNING).values_list("cancel_requested", flat=True).first()
    )
    if flag is None:
        raise LeaseLost(job_id)
    return flag


def finish(job: Job, result: Any) -> None:
    """Mark a job as done. Raises LeaseLost, which must roll back whatever was done with it."""
    _end(job, state=DONE, result=_json(result), error="")


def cancelled(job: Job) -> None:
    """Mark a job as cancelled. Raises LeaseLost."""
    _end(job, state=CANCELLED, cancel_requested=True)


def fail(job: Job, error: str, *, for_good: bool, trace: str = "") -> None:
    """Note a failure: tried again after a pause, or kept as failed when attempts are used up. Raises LeaseLost."""
    noted = {"error": error[:LONGEST_ERROR], "trace": trace[-LONGEST_ERROR:]}
    if for_good or job.attempts >= job.max_attempts:
        _end(job, state=FAILED, **noted)
        return
    again = next_attempt(job.attempts, timezone.now())
    _change(job, state=WAITING, run_after=again, worker="", lease_until=None, **noted)


def hand_back(job: Job) -> None:
    """Return a job unfinished because the worker stops; the attempt does not count. Raises LeaseLost."""
    _change(job, state=WAITING, attempts=max(job.attempts - 1, 0), worker="", lease_until=None)


def recover_expired() -> int:
    """Return jobs whose worker vanished to the queue; give how many. One that kills its workers fails at last."""
    now = timezone.now()
    expired = Job.objects.filter(state=RUNNING, lease_until__lt=now)
    if not expired.exists():
        return 0
    ended = {"worker": "", "lease_until": None, "finished_at": now}
    count = expired.filter(cancel_requested=True).update(state=CANCELLED, **ended)
    for job in expired.filter(attempts__gte=F("max_attempts")).select_related("created_by"):
        with transaction.atomic(), speaking_to_starter(job):
            job.state, job.error = FAILED, lost_its_worker()
            if expired.filter(pk=job.pk).update(state=job.state, error=job.error, **ended):
                _tell(job)
                count += 1
    return count + expired.update(state=WAITING, worker="", lease_until=None, run_after=now)


def _end(job: Job, **values: Any) -> None:
    with transaction.atomic():
        _change(job, finished_at=timezone.now(), lease_until=None, **values)
        _tell(job)


def _tell(job: Job) -> None:
    """Tell that a job which a person started has ended, in the transaction that notes it."""
    if job.created_by_id is None or job.key not in keys_that_tell():
        return
    ended = JobEnded(about=(), task=job.key, job_id=job.public_id, state=job.state, told=job.error[:300])
    publish(ended, actor=actor_of(job))


@contextmanager
def speaking_to_starter(job: Job) -> Iterator[None]:
    """Speak the language of whoever started a job until the block ends."""
    starter = job.created_by if job.created_by_id else None
    with translation.override(starter.language if starter else settings.LANGUAGE_CODE):
        yield


def _change(job: Job, **values: Any) -> None:
    if not Job.objects.filter(pk=job.pk, worker=job.worker, state=RUNNING).update(**values):
        raise LeaseLost(job.pk)
    for name, value in values.items():
        setattr(job, name, value)


def _json(result: Any) -> Any:
    return json.loads(json.dumps(result, default=str))
