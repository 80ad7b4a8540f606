"""What a running task is given: its job, its actor, and the means to show progress and to stop in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cached_property

from django.db import transaction

from hatir.foundation.jobs import claiming
from hatir.foundation.jobs.actions import actor_of
from hatir.foundation.jobs.errors import Cancelled, HandedBack
from hatir.foundation.jobs.models import Job
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.turns import give_way

ShowProgress = Callable[[int, int | None, str], None]


class JobContext:
    """The side of a job that its task sees."""

    def __init__(self, job: Job, *, stopping: threading.Event | None = None, show: ShowProgress | None = None) -> None:
        self.job = job
        self._stopping = stopping or threading.Event()
        self._show = show
        self._since = time.monotonic()

    @property
    def attempt(self) -> int:
        return self.job.attempts

    @cached_property
    def actor(self) -> Actor:
        """The one who asked for the job, in the job's operation."""
        return actor_of(self.job)

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show how far the work is. Call it inside a batch's transaction: it also guards the batch.

        Raises LeaseLost when another worker has the job (the batch rolls back), Cancelled when
        somebody asked to stop, HandedBack when the worker is stopping.
        """
        cancel = claiming.note_progress(self.job.pk, self.job.worker, done, total, note)
        transaction.on_commit(self._give_way)
        self.job.progress_done, self.job.progress_total, self.job.progress_note = done, total, note
        if self._show is not None:
            self._show(done, total, note)
        self._stop_if(cancel)

    def _give_way(self) -> None:
        """Leave the database to others who want it once the batch is stored, for a fifth of its time."""
        give_way((time.monotonic() - self._since) / 5)
        self._since = time.monotonic()

    def check_cancelled(self) -> None:
        """Look whether to stop; call it between batches. Raises Cancelled, HandedBack or LeaseLost."""
        self._stop_if(claiming.asked_to_stop(self.job.pk, self.job.worker))

    def _stop_if(self, cancel: bool) -> None:
        if cancel:
            raise Cancelled
        if self._stopping.is_set():
            raise HandedBack
