"""What can be done with jobs: enqueue, cancel, run again, forget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hatir.foundation.jobs.errors import NotRetryable
from hatir.foundation.jobs.models import CANCELLED, DONE, FAILED, LIVE, RUNNING, WAITING, Job
from hatir.foundation.jobs.queries import job as visible_job
from hatir.foundation.records.actor import Actor, new_operation, system_actor

LEASE_SECONDS = 30
KEPT_DAYS = 30


def enqueue(
    key: str,
    kwargs: Mapping[str, Any],
    *,
    actor: Actor | None = None,
    priority: int = 0,
    max_attempts: int = 5,
    run_after: datetime | None = None,
    unique_key: str = "",
    subject: str = "",
    claimed_by: str = "",
) -> Job:
    """Store a job of a task; with `claimed_by` that worker has it already and must run it at once.

    A live job of the same unique key is given instead. Rooms use `Task.enqueue`.
    """
    acting = actor or system_actor(key)
    now = timezone.now()
    job = Job(
        key=key,
        kwargs=dict(kwargs),
        priority=priority,
        max_attempts=max_attempts,
        run_after=run_after or now,
        unique_key=unique_key,
        subject=subject[:120],
        created_by_id=acting.user_id,
        actor=_kept(acting),
        operation=acting.operation or new_operation(),
        created_at=now,
    )
    if claimed_by:
        job.state, job.worker, job.attempts = RUNNING, claimed_by, 1
        job.started_at, job.lease_until = now, now + timedelta(seconds=LEASE_SECONDS)
    return _store_once(job) if unique_key else _store(job)


def _store(job: Job) -> Job:
    job.save(force_insert=True)
    return job


def _store_once(job: Job) -> Job:
    live = Job.objects.filter(unique_key=job.unique_key, state__in=LIVE)
    found = live.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _store(job)
    except IntegrityError:  # somebody enqueued it between the two statements
        return live.first() or job


def _kept(actor: Actor) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(actor).items() if name not in ("memory", "operation")}
    kept["permissions"] = None if actor.permissions is None else sorted(actor.permissions)
    return kept


def actor_of(job: Job) -> Actor:
    """Give the actor as whom the job acts, in the job's own operation."""
    kept = dict(job.actor)
    permissions = kept.pop("permissions", None)
    return Actor(**kept, operation=job.operation, permissions=None if permissions is None else frozenset(permissions))


def cancel(job_id: int, *, actor: Actor) -> Job:
    """Ask a job to stop: a waiting one ends at once, a running one at its next look.

    Raises NotFoundHere when the job is not the actor's.
    """
    job = visible_job(actor, job_id)
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=WAITING)
    if not waiting.update(state=CANCELLED, cancel_requested=True, finished_at=now):
        Job.objects.filter(pk=job.pk, state=RUNNING).update(cancel_requested=True)
    job.refresh_from_db()
    return job


def retry(job_id: int, *, actor: Actor) -> Job:
    """Put a failed or cancelled job back into the queue with fresh attempts. Raises NotFoundHere, NotRetryable."""
    job = visible_job(actor, job_id)
    ended = Job.objects.filter(pk=job.pk, state__in=(FAILED, CANCELLED))
    fresh = {"attempts": 0, "error": "", "trace": "", "cancel_requested": False, "finished_at": None}
    try:
        with transaction.atomic():
            moved = ended.update(state=WAITING, run_after=timezone.now(), **fresh)
    except IntegrityError:  # the same work is already under way under its unique key
        raise NotRetryable from None
    if not moved:
        raise NotRetryable
    job.refresh_from_db()
    return job


def forget_finished(days: int = KEPT_DAYS) -> int:
    """Delete jobs that were done or cancelled long ago; failed ones stay until somebody looks."""
    before = timezone.now() - timedelta(days=days)
    gone, _per_table = Job.objects.filter(state__in=(DONE, CANCELLED), finished_at__lt=before).delete()
    return gone
