"""Questions about the queue. A person sees his own jobs; who manages settings sees all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.jobs.models import FAILED, LIVE, RUNNING, WAITING, Job
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere

STALLED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class QueueState:
    """How the queue stands; `is_stalled` when due work has found no worker for two minutes."""

    waiting: int
    running: int
    failed: int
    is_stalled: bool


def jobs_of(actor: Actor) -> QuerySet[Job]:
    """List the jobs that the actor asked for, newest first; all of them for whoever manages settings."""
    rows = Job.objects.order_by("-id")
    if may_see_all(actor):
        return rows
    return rows.filter(created_by=actor.user_id) if actor.user_id is not None else rows.none()


def own_jobs(actor: Actor) -> QuerySet[Job]:
    """List only the jobs that the actor asked for, newest first."""
    return Job.objects.order_by("-id").filter(created_by=actor.user_id)


def failed_jobs(actor: Actor) -> QuerySet[Job]:
    """List the dead letters that the actor may see."""
    return jobs_of(actor).filter(state=FAILED)


def may_see_all(actor: Actor) -> bool:
    """Ask whether the actor may look at everybody's jobs."""
    return has_permission(actor, MANAGE)


def job(actor: Actor, job_id: int) -> Job:
    """Fetch one job. Raises NotFoundHere when it is not the actor's."""
    found = jobs_of(actor).filter(pk=job_id).first()
    if found is None:
        raise NotFoundHere(str(job_id))
    return found


def running_jobs(user_ids: Collection[int], keys: Collection[str]) -> list[Job]:
    """List the running jobs of these tasks that these people started; one statement. For the live stream."""
    running = Job.objects.filter(state=RUNNING, key__in=keys, created_by__in=user_ids).order_by("id")
    return list(running.only("key", "created_by", "progress_done", "progress_total", "progress_note"))


def live_job(unique_key: str) -> Job | None:
    """Find the waiting or running job of a unique key."""
    return Job.objects.filter(unique_key=unique_key, state__in=LIVE).first()


def queue_state() -> QueueState:
    """Count waiting and failed jobs, and see whether a worker takes them (for `hatir check`)."""
    now = timezone.now()
    due = Q(state=WAITING, run_after__lte=now)
    row = Job.objects.aggregate(
        waiting=Count("pk", filter=Q(state=WAITING)),
        running=Count("pk", filter=Q(state=RUNNING)),
        failed=Count("pk", filter=Q(state=FAILED)),
        oldest=Min("run_after", filter=due),
        leases=Count("pk", filter=Q(state=RUNNING, lease_until__gt=now)),
    )
    late = row["oldest"] is not None and now - row["oldest"] > STALLED_AFTER
    return QueueState(row["waiting"], row["running"], row["failed"], is_stalled=late and not row["leases"])
