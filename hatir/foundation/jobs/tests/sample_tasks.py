"""Tasks that the tests run; declared when a test imports this module."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.jobs.errors import NeverAgain
from hatir.foundation.jobs.models import Beat


def leave_mark(name: str) -> None:
    """Leave a row behind; a second one of the same name is an error of the database."""
    Beat.objects.create(name=name, due_at=timezone.now() + timedelta(days=3650))


def marks(prefix: str) -> list[str]:
    """List the rows left behind."""
    return list(Beat.objects.filter(name__startswith=prefix).order_by("name").values_list("name", flat=True))


@task(key="test.mark")
def mark(name: str) -> str:
    leave_mark(name)
    return name


@task(key="test.mark_other")
def mark_other(name: str) -> str:
    leave_mark(name)
    return name


@task(key="test.break", max_attempts=2)
def break_down(name: str) -> None:
    leave_mark(name)
    raise RuntimeError("broken")


@task(key="test.refuse")
def refuse() -> None:
    raise NeverAgain("The file holds nothing.")


@task(key="test.count", kind="long")
def count(job: JobContext, to: int, pause_seconds: float = 0.0, prefix: str = "") -> int:
    """Count from where the last attempt stopped, one mark and one transaction a step."""
    for step in range(job.job.progress_done, to):
        with transaction.atomic():
            if prefix:
                leave_mark(f"{prefix}{step:03}")
            job.progress(step + 1, to, f"step {step + 1}")
        time.sleep(pause_seconds)
    return to
