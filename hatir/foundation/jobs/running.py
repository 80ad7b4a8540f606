"""Run one claimed job to its end, whatever that end is."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import socket
import threading
import traceback
from typing import Any

from django.db import transaction

from hatir.foundation.jobs import claiming
from hatir.foundation.jobs.context import JobContext, ShowProgress
from hatir.foundation.jobs.declaration import Task, task_of
from hatir.foundation.jobs.errors import Cancelled, HandedBack, LeaseLost, NeverAgain, UnknownTask, told
from hatir.foundation.jobs.models import Job
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.memory import piece_of_work

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS = 10.0
SELDOM = (200_000, 20, 50)


def worker_name() -> str:
    """Make a name that no other worker has, alive or dead."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def collect_seldom() -> None:
    """Let this process look for cycles among its objects seldom: rows make many small objects and hardly a cycle."""
    gc.set_threshold(*SELDOM)


def run_job(job: Job, *, stopping: threading.Event | None = None, show: ShowProgress | None = None) -> None:
    """Run a job that this worker has claimed, and note how it ended. Never raises for what the task does."""
    context = JobContext(job, stopping=stopping, show=show)
    try:
        with piece_of_work(), claiming.speaking_to_starter(job):
            task = task_of(job.key)
            if task.kind == "atomic":
                _run_atomic(task, job, context)
            else:
                claiming.finish(job, _call(task, job, context))
    except LeaseLost:
        log.warning("Job %s was taken over by another worker", job)
    except Exception as problem:  # noqa: BLE001 — the queue notes every end
        _note_end(job, problem)


def _run_atomic(task: Task, job: Job, context: JobContext) -> None:
    """Commit the body and the finish together, so that effects in our database happen exactly once."""
    with transaction.atomic():
        claiming.hold(job.pk, job.worker)
        claiming.finish(job, _call(task, job, context))


def _call(task: Task, job: Job, context: JobContext) -> Any:
    return task.body(context, **job.kwargs) if task.takes_context else task.body(**job.kwargs)


def _note_end(job: Job, problem: Exception) -> None:
    try:
        with claiming.speaking_to_starter(job):
            _note(job, problem)
    except LeaseLost:
        log.warning("Job %s was taken over by another worker", job)


def _note(job: Job, problem: Exception) -> None:
    if isinstance(problem, Cancelled):
        claiming.cancelled(job)
    elif isinstance(problem, HandedBack):
        claiming.hand_back(job)
    elif isinstance(problem, NeverAgain):
        claiming.fail(job, told(problem), for_good=True)
    else:
        log.exception("Job %s failed (attempt %s)", job, job.attempts, exc_info=problem)
        trace = "".join(traceback.format_exception(problem))
        claiming.fail(job, told(problem), for_good=isinstance(problem, UnknownTask), trace=trace)


def run_here(task: Task, *, actor: Actor, show: ShowProgress | None = None, **kwargs: Any) -> Job:
    """Run a task in this process, as a job that outlives it: killed in the middle, a worker takes it over.

    For the command line. Gives the job as it ended.
    """
    collect_seldom()
    job = task.enqueue_for(worker_name(), actor=actor, **kwargs)
    with Heartbeat(job.worker):
        run_job(job, show=show)
    job.refresh_from_db()
    return job


def run_due(limit: int = 1000) -> int:
    """Run due jobs one after another in this process until none is left; give how many. For tests and tools."""
    from hatir.foundation.jobs.declaration import task_keys

    name, count = worker_name(), 0
    while count < limit and (jobs := claiming.claim(name, task_keys(), 1)):
        run_job(jobs[0])
        count += 1
    return count


class Heartbeat:
    """A thread that keeps a worker's leases alive while its jobs run."""

    def __init__(self, worker: str, seconds: float = HEARTBEAT_SECONDS) -> None:
        self.worker, self.seconds = worker, seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._ended.set()
        self._thread.join(timeout=5)

    def _beat(self) -> None:
        from django.db import connection

        try:
            while not self._ended.wait(self.seconds):
                try:
                    claiming.extend(self.worker)
                except Exception:  # a locked database must not end the heartbeat; the lease has room for two misses
                    log.exception("The heartbeat of %s failed", self.worker)
        finally:
            connection.close()
