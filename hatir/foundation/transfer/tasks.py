"""The long work of this room, run by the job queue."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.audit.undo import undo
from hatir.foundation.files.actions import sweep_half_files
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.jobs.errors import Cancelled, HandedBack, LeaseLost, told
from hatir.foundation.records.actor import Actor
from hatir.foundation.transfer import checking, running
from hatir.foundation.transfer.models import CANCELLED, DONE, DRAFT, FAILED, ImportRun
from hatir.foundation.transfer.steps import load_run, note_reverted, of_operation, runs_of, settle


@task(
    key="transfer.check", kind="long", label=_("Check of an import"), titled=_("Checking %(subject)s"), max_attempts=3
)
def check_import(job: JobContext, run_id: int) -> dict[str, Any]:
    """Try all rows of a run."""
    run = load_run(run_id)
    try:
        checking.check(run, job, _importer(run, job.actor))
    except (HandedBack, LeaseLost):
        raise
    except Cancelled:
        settle(run, DRAFT)
        raise
    except Exception as problem:
        settle(run, DRAFT, told(problem))
        raise
    return dict(run.check_counts)


@task(key="transfer.import", kind="long", label=_("Import"), titled=_("Importing %(subject)s"), max_attempts=5)
def import_file(job: JobContext, run_id: int) -> dict[str, Any]:
    """Write all rows of a run, from its checkpoint on."""
    return _import_run(load_run(run_id), job)


@task(key="transfer.import_all", kind="long", label=_("Import"), titled=_("Importing %(subject)s"), max_attempts=5)
def import_files(job: JobContext, bundle: int) -> dict[str, Any]:
    """Write the files of a bundle one after another; those that are done stay done."""
    totals: Counter[str] = Counter()
    for run in runs_of(bundle):
        totals.update(run.counts if run.state == DONE else _import_run(run, job))
    return dict(totals)


def _import_run(run: ImportRun, job: JobContext) -> dict[str, Any]:
    try:
        running.import_rows(run, job, _importer(run, job.actor.in_operation(run.operation)))
    except (HandedBack, LeaseLost):
        raise
    except Cancelled:
        settle(run, CANCELLED)
        raise
    except Exception as problem:
        if job.attempt >= job.job.max_attempts or not running.is_passing(problem):
            settle(run, FAILED, told(problem))
        raise
    return dict(run.counts)


@task(
    key="transfer.revert",
    kind="long",
    label=_("Import taken back"),
    titled=_("Taking back %(subject)s"),
    max_attempts=5,
)
def revert_import(job: JobContext, run_id: int) -> dict[str, Any]:
    """Take the run's operation back, latest change first."""
    run = load_run(run_id)
    total = sum(each.counts.get(name, 0) for each in of_operation(run) for name in ("new", "updated"))
    try:
        result = undo(run.operation, job.actor, progress=lambda done: job.progress(done, total))
    except Cancelled:
        settle(run, DONE)
        raise
    skipped = [{"record": str(s.ref), "title": s.title, "reason": s.reason} for s in result.skipped[:200]]
    notes = {"undone": result.undone_count, "skipped": skipped, "skipped_count": len(result.skipped)}
    note_reverted(run, notes)
    return {"undone": result.undone_count, "skipped": len(result.skipped)}


@task(key="transfer.sweep_half_files", kind="atomic", label=_("Tidy interrupted uploads"))
def sweep() -> int:
    """Remove what interrupted uploads left on disk."""
    return sweep_half_files()


def _importer(run: ImportRun, actor: Actor) -> Actor:
    """An import writes with its maker's rights, and audit shows that it was an import."""
    return actor if actor.is_system else actor.acting_as("import", run.file.name)
