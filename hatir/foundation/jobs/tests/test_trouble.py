"""Real worker processes, killed and doubled: nothing is lost and nothing happens twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections
from django.utils import timezone

from hatir.foundation.jobs.models import Beat, Job, Lease
from hatir.foundation.jobs.tests import sample_tasks as tasks
from tests.world.databases import shared_database as shared_database

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("shared_database"),
]
WORKER = """
import os, threading
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
from django.db import connections
connections["default"].settings_dict["NAME"] = os.environ["TEST_DATABASE"]
import hatir.foundation.jobs.tests.sample_tasks
from hatir.foundation.jobs import worker
print("ready", flush=True)
worker.run_forever()
"""


@contextmanager
def worker_process() -> Iterator[subprocess.Popen[str]]:
    connections.close_all()
    environment = {**os.environ, "TEST_DATABASE": str(connection.settings_dict["NAME"])}
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=10)


def wait_for(what: str, seconds: float = 20.0, **state: object) -> Job:
    late = time.monotonic() + seconds
    while time.monotonic() < late:
        found = Job.objects.filter(**state).first()
        if found is not None:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen: {list(Job.objects.values())}")


def end_leases() -> None:
    """Let the dead worker's leases end now instead of in 30 s."""
    past = timezone.now().replace(year=2020)
    Job.objects.filter(state="running").update(lease_until=past)
    Lease.objects.update(until=past)


class TestKilledWorker:
    def test_loses_and_doubles_nothing(self) -> None:
        tasks.count.enqueue(to=40, pause_seconds=0.02, prefix="kill")
        with worker_process() as first:
            wait_for("progress", progress_done__gte=5)
            first.send_signal(signal.SIGKILL)
            first.wait(timeout=5)
        assert Job.objects.get().state == "running"
        end_leases()

        with worker_process():
            job = wait_for("the end", state="done")

        assert tasks.marks("kill") == [f"kill{step:03}" for step in range(40)]
        assert job.attempts == 2

    def test_keeps_its_lease_from_others_while_it_lives(self) -> None:
        tasks.count.enqueue(to=30, pause_seconds=0.02, prefix="live")

        with worker_process(), worker_process():
            job = wait_for("the end", state="done")

        assert job.attempts == 1


class TestTwoWorkers:
    def test_double_nothing(self) -> None:
        for at in range(200):
            tasks.mark.enqueue(name=f"two{at:03}")

        with worker_process(), worker_process():
            late = time.monotonic() + 20
            while Job.objects.exclude(state="done").exists() and time.monotonic() < late:
                time.sleep(0.05)

        assert Beat.objects.filter(name__startswith="two").count() == 200
        assert list(Job.objects.exclude(state="done", attempts=1)) == []


class TestSigterm:
    def test_returns_the_job_at_hand_and_ends(self) -> None:
        tasks.count.enqueue(to=500, pause_seconds=0.02, prefix="term")

        with worker_process() as process:
            wait_for("progress", progress_done__gte=3)
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=8)

        job = Job.objects.get()
        assert (code, job.state, job.attempts, job.worker) == (0, "waiting", 0, "")
        assert len(tasks.marks("term")) == job.progress_done
