"""Claim jobs under a lease, hold it, and give it up: the statements that must never let a job run twice at once.

Every write to a claimed job names the worker that holds it; when it matches no row, the lease is lost.
SQLite writes under IMMEDIATE transactions, one at a time; PostgreSQL skips rows that others hold locked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hatir.foundation.jobs.actions import LEASE_SECONDS
from hatir.foundation.jobs.errors import LeaseLost
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


def fail(job: Job, error: str, *, for_good: bool) -> None:
    """Note a failure: tried again after a pause, or kept as failed when attempts are used up. Raises LeaseLost."""
    if for_good or job.attempts >= job.max_attempts:
        _end(job, state=FAILED, error=error[-LONGEST_ERROR:])
        return
    again = next_attempt(job.attempts, timezone.now())
    _change(job, state=WAITING, run_after=again, error=error[-LONGEST_ERROR:], worker="", lease_until=None)


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
    told = "The worker ended in the middle of this job, each time it was tried."
    count += expired.filter(attempts__gte=F("max_attempts")).update(state=FAILED, error=told, **ended)
    return count + expired.update(state=WAITING, worker="", lease_until=None, run_after=now)


def _end(job: Job, **values: Any) -> None:
    _change(job, finished_at=timezone.now(), lease_until=None, **values)


def _change(job: Job, **values: Any) -> None:
    if not Job.objects.filter(pk=job.pk, worker=job.worker, state=RUNNING).update(**values):
        raise LeaseLost(job.pk)
    for name, value in values.items():
        setattr(job, name, value)


def _json(result: Any) -> Any:
    return json.loads(json.dumps(result, default=str))
