"""Tasks by the clock. The list stands in `config/schedule.py`; each beat is claimed once, however many workers run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from hatir.foundation.jobs.declaration import task_of
from hatir.foundation.jobs.models import Beat
from hatir.foundation.jobs.rules import next_daily, next_every


@dataclass(frozen=True)
class Entry:
    """One line of the schedule: a task by its key, every so many seconds or daily at a time of the company's zone."""

    task: str
    every_seconds: int | None = None
    daily_at: time | None = None

    @property
    def name(self) -> str:
        return f"{self.task}@{self.daily_at:%H:%M}" if self.daily_at else f"{self.task}/{self.every_seconds}"

    def after(self, last: datetime, now: datetime) -> datetime:
        """Find the next beat after `now`."""
        if self.daily_at is not None:
            return next_daily(self.daily_at, timezone.get_current_timezone(), now)
        return next_every(self.every_seconds or 60, last, now)


def every(task: str, *, minutes: float) -> Entry:
    """Run a task every so many minutes (parts of a minute are allowed)."""
    return Entry(task, every_seconds=max(1, round(minutes * 60)))


def daily(task: str, *, at: str) -> Entry:
    """Run a task once a day at "HH:MM" of the company's zone."""
    return Entry(task, daily_at=time.fromisoformat(at))


def start_due(entries: Sequence[Entry], now: datetime | None = None) -> int:
    """Enqueue the tasks whose beat has come; give how many. A task still running is not enqueued twice."""
    moment = now or timezone.now()
    known = dict(Beat.objects.values_list("name", "due_at"))
    for entry in entries:
        if entry.name not in known:
            Beat.objects.get_or_create(name=entry.name, defaults={"due_at": entry.after(moment, moment)})
    return sum(_start(entry, known[entry.name], moment) for entry in entries if known.get(entry.name, moment) < moment)


def _start(entry: Entry, due_at: datetime, now: datetime) -> bool:
    """Whoever moves the beat on from exactly this instant enqueues the job; all others find it moved."""
    with transaction.atomic():
        moved = Beat.objects.filter(name=entry.name, due_at=due_at).update(due_at=entry.after(due_at, now))
        if moved:
            task_of(entry.task).using(unique_key=f"schedule:{entry.task}").enqueue()
    return bool(moved)
