"""The worker process: deliver events, start what the clock asks for, run jobs.

The main thread delivers events and runs atomic jobs in batches; each long job has a thread of its own, so
that an import of an hour does not hold up the notification of a second.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection

from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.jobs import claiming
from hatir.foundation.jobs.declaration import task_keys
from hatir.foundation.jobs.errors import LeaseLost
from hatir.foundation.jobs.leases import RoleLease
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import Heartbeat, collect_seldom, run_job, worker_name
from hatir.foundation.jobs.schedule import Entry, start_due
from hatir.foundation.records.memory import piece_of_work

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.25
HOUSEKEEPING_SECONDS = 2.0
TIMED_SECONDS = 1.0
BATCH = 20
LONG_LANES = 2
LONG_NICENESS = 10
STOP_SECONDS = 6.0


class Worker:
    """One worker process; `run` returns after the stop event is set and the work at hand is finished or returned."""

    def __init__(self, stop: threading.Event, schedule: Sequence[Entry] = (), name: str = "") -> None:
        self.stop = stop
        self.schedule = schedule
        self.name = name or worker_name()
        self.dispatcher = RoleLease("events.dispatcher", self.name)
        self._lanes: list[threading.Thread] = []
        self._housekeeping_at = 0.0
        self._seen_version, self._look_at, self._was_busy = -1, 0.0, False

    def run(self) -> None:
        """Work until the stop event."""
        collect_seldom()
        with Heartbeat(self.name):
            while not self.stop.is_set():
                if not self._guarded(self.turn):
                    self.stop.wait(IDLE_SECONDS)
            self._wind_up()

    def turn(self) -> bool:
        """Do one round of everything that is due; give whether there was anything."""
        close_old_connections()
        if self._nothing_new():
            return False
        delivered = deliver_waiting() if self.dispatcher.is_mine() else 0
        self._keep_house()
        started = self._start_long()
        self._was_busy = bool(self._run_atomic() or delivered or started)
        return self._was_busy

    def _nothing_new(self) -> bool:
        """On SQLite, see by one number whether anybody has written since; what waits for its time is looked at each
        second. Full rounds every quarter of a second cost 6 % of a processor, this well under one."""
        if connection.vendor != "sqlite":
            return False
        with connection.cursor() as cursor:
            version = cursor.execute("PRAGMA data_version").fetchone()[0]
        now = time.monotonic()
        if version == self._seen_version and not self._was_busy and now < self._look_at:
            return True
        self._seen_version, self._look_at = version, now + TIMED_SECONDS
        return False

    def _keep_house(self) -> None:
        if time.monotonic() < self._housekeeping_at:
            return
        self._housekeeping_at = time.monotonic() + HOUSEKEEPING_SECONDS
        claiming.recover_expired()
        with piece_of_work():  # the clock of the schedule is the company's
            start_due(self.schedule)

    def _run_atomic(self) -> int:
        jobs = claiming.claim(self.name, task_keys("atomic"), BATCH)
        for place, job in enumerate(jobs):
            if self.stop.is_set():
                self._return(jobs[place:])
                break
            run_job(job, stopping=self.stop)
        return len(jobs)

    def _return(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            try:
                claiming.hand_back(job)
            except LeaseLost:
                log.warning("Job %s was taken over before it could be returned", job)

    def _start_long(self) -> int:
        self._lanes = [lane for lane in self._lanes if lane.is_alive()]
        jobs = claiming.claim(self.name, task_keys("long"), LONG_LANES - len(self._lanes))
        for job in jobs:
            lane = threading.Thread(target=self._run_long, args=(job,), name=f"job-{job.key}", daemon=True)
            self._lanes.append(lane)
            lane.start()
        return len(jobs)

    def _run_long(self, job: Job) -> None:
        stand_back()
        try:
            run_job(job, stopping=self.stop)
        except DatabaseError:  # noting the end failed; the lease ends and the job is tried again
            log.exception("The end of job %s could not be noted", job)
        finally:
            connection.close()

    def _guarded(self, turn: Callable[[], bool]) -> bool:
        """A locked or vanished database pauses the worker; it does not end it."""
        try:
            return turn()
        except DatabaseError:
            log.exception("The worker could not reach the database; it tries again")
            connection.close()
            self.stop.wait(1.0)
            return False

    def _wind_up(self) -> None:
        """Give long jobs time to return themselves; what does not is taken over when its lease ends."""
        until = time.monotonic() + STOP_SECONDS
        for lane in self._lanes:
            lane.join(timeout=max(0.0, until - time.monotonic()))
        self._guarded(self.dispatcher.release)


def stand_back() -> None:
    """Let the system run this thread, and the processes that it starts, after those that answer people."""
    if sys.platform == "linux":  # elsewhere a priority belongs to the whole process
        with suppress(OSError):
            own = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, own, os.getpriority(os.PRIO_PROCESS, own) + LONG_NICENESS)


def run_forever(stop_event: threading.Event | None = None, schedule: Sequence[Entry] = ()) -> None:
    """Work on events, schedule and jobs until the event is set, or SIGTERM or Ctrl-C comes."""
    stop = stop_event or threading.Event()
    if threading.current_thread() is threading.main_thread():

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, end)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, end)
    Worker(stop, schedule).run()
