"""Load a run for its task, and note how a task ended."""

from __future__ import annotations

from django.utils import timezone

from hatir.foundation.transfer.models import CANCELLED, DONE, REVERTED, RUNNING, ImportRun


def load_run(run_id: int) -> ImportRun:
    """Fetch the run of a task with its file."""
    return ImportRun.objects.select_related("file").get(pk=run_id)


def runs_of(bundle: int) -> list[ImportRun]:
    """List the runs of files that were given together, in their order."""
    return list(ImportRun.objects.select_related("file").filter(bundle=bundle).order_by("position", "id"))


def of_operation(run: ImportRun) -> list[ImportRun]:
    """List the runs that are one operation with this one: it alone, or all files of its bundle."""
    return runs_of(run.bundle) if run.bundle is not None else [run]


def settle(run: ImportRun, state: str, error: str = "") -> None:
    """Store the state in which a run was left; a bundle stops with it."""
    if run.bundle is not None and state != DONE:
        ImportRun.objects.filter(bundle=run.bundle, state=RUNNING).exclude(pk=run.pk).update(state=CANCELLED)
    ImportRun.objects.filter(pk=run.pk).update(state=state, error=error[:2000], finished_at=timezone.now())


def note_reverted(run: ImportRun, notes: dict[str, object]) -> None:
    """Store that a run was taken back, and what could not be."""
    ImportRun.objects.filter(pk__in=[each.pk for each in of_operation(run)]).update(state=REVERTED, check_notes=notes)
