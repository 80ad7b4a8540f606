"""Put the room's long work into the queue."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from hatir.foundation.access.queries import may
from hatir.foundation.jobs.actions import enqueue
from hatir.foundation.jobs.models import Job
from hatir.foundation.merging.candidates import live_rows
from hatir.foundation.merging.models import ChangedRecord, LearntWeights, Scan
from hatir.foundation.merging.queries import chosen_rules
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied
from hatir.foundation.records.registry import record_type

SCAN, CATCH_UP, MERGE_ABOVE = "merging.scan", "merging.catch_up", "merging.merge_above"
SOON = timedelta(seconds=15)
MANY = 5_000
"""From so many changed records on a whole scan may be the quicker way."""


def start_scan(type_key: str, *, actor: Actor) -> Job:
    """Look through all records of a type; a scan that is under way is given instead. Raises NotFoundHere or Denied."""
    rt = record_type(type_key)
    chosen_rules(rt)
    if not may(actor, "merge", rt):
        raise Denied("merge", rt.key)
    label = str(rt.plural_label)
    return enqueue(SCAN, {"type_key": rt.key}, actor=actor, unique_key=f"{SCAN}:{rt.key}", subject=label)


def scan_of_job(type_key: str, job: Job) -> Scan:
    """Give the scan of a job: the one it began before it was stopped, or a new one."""
    found = Scan.objects.filter(type_key=type_key, job_id=job.pk, finished_at=None).first()
    return found or Scan.objects.create(type_key=type_key, job_id=job.pk, started_at=timezone.now())


def catch_up_soon() -> None:
    """Have changed records compared in a moment, in one job however many there are."""
    enqueue(CATCH_UP, {}, unique_key=CATCH_UP, run_after=timezone.now() + SOON)


def is_rather_a_scan(type_key: str) -> bool:
    """Tell whether looking through everything is better: never done yet, grown to the double, or much changed."""
    rt = record_type(type_key)
    weights = LearntWeights.objects.filter(pk=rt.key).values_list("weights", flat=True).first()
    count = live_rows(rt).count()
    if weights is None or count > 2 * weights["count"]:
        return True
    changed = ChangedRecord.objects.filter(type_key=rt.root_key).count()
    return changed > MANY and changed * 3 > count


def start_merging_above(type_key: str, score: int, *, actor: Actor) -> Job:
    """Merge all pairs of at least this score that the actor sees, as one operation. Raises Denied."""
    rt = record_type(type_key)
    if not may(actor, "merge", rt):
        raise Denied("merge", rt.key)
    kwargs = {"type_key": rt.key, "score": score}
    return enqueue(MERGE_ABOVE, kwargs, actor=actor, unique_key=f"{MERGE_ABOVE}:{rt.key}", subject=str(rt.plural_label))
