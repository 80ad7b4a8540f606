"""Load a run for its task, and note how a task ended."""

from __future__ import annotations

from django.utils import timezone

from hatir.foundation.transfer.models import REVERTED, ImportRun


def load_run(run_id: int) -> ImportRun:
    """Fetch the run of a task with its file."""
    return ImportRun.objects.select_related("file").get(pk=run_id)


def settle(run: ImportRun, state: str, error: str = "") -> None:
    """Store the state in which a run was left."""
    ImportRun.objects.filter(pk=run.pk).update(state=state, error=error[:2000], finished_at=timezone.now())


def note_reverted(run: ImportRun, notes: dict[str, object]) -> None:
    """Store that a run was taken back, and what could not be."""
    ImportRun.objects.filter(pk=run.pk).update(state=REVERTED, check_notes=notes)
