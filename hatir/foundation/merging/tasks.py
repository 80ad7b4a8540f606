"""The long work of this room, run by the job queue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.merging import bulk_merging, scanning, starting
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.registry import record_type


@task(
    key=starting.SCAN,
    kind="long",
    label=_("Search for duplicates"),
    titled=_("Searching for duplicates: %(subject)s"),
    max_attempts=5,
)
def scan(job: JobContext, type_key: str) -> dict[str, int]:
    """Compare all records of a type."""
    return scanning.scan(starting.scan_of_job(type_key, job.job).pk, job)


@task(key=starting.CATCH_UP, kind="long", label=_("Compare changed records"), tells_starter=False)
def catch_up(job: JobContext) -> dict[str, int]:
    """Compare what changed; after an import of most of a company's customers all of them are looked through."""
    house = system_actor("merging")
    for type_key in scanning.waiting_types():
        if starting.is_rather_a_scan(type_key):
            scanning.forget_changed(type_key)
            starting.start_scan(type_key, actor=house)
    return {"compared": scanning.catch_up(job)}


@task(
    key=starting.MERGE_ABOVE,
    kind="long",
    label=_("Merge duplicates"),
    titled=_("Merging duplicates: %(subject)s"),
    max_attempts=5,
)
def merge_above(job: JobContext, type_key: str, score: int) -> dict[str, int]:
    """Merge all pairs above a score."""
    return bulk_merging.merge_above(record_type(type_key), score, job)
