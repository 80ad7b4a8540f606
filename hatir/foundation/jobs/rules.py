"""The arithmetic of the queue: pauses between attempts, fair shares, times of the schedule. No clock, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Protocol, TypeVar

FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 3600


class Queued(Protocol):
    key: str
    priority: int
    run_after: datetime
    id: int


Q = TypeVar("Q", bound=Queued)


def next_attempt(attempts: int, now: datetime) -> datetime:
    """Find when a job that failed `attempts` times is tried again: 5 s, 10 s, 20 s … at most an hour."""
    pause = min(FIRST_PAUSE_SECONDS * 2 ** max(attempts - 1, 0), LONGEST_PAUSE_SECONDS)
    return now + timedelta(seconds=pause)


def fair_share(due: Sequence[Q], count: int) -> list[Q]:
    """Choose `count` jobs: higher priority first, and within one priority the task keys take turns."""
    turns: dict[tuple[int, str], int] = defaultdict(int)
    ranked: list[tuple[int, int, datetime, int, Q]] = []
    for job in sorted(due, key=lambda job: (job.run_after, job.id)):
        turn = turns[job.priority, job.key]
        turns[job.priority, job.key] += 1
        ranked.append((-job.priority, turn, job.run_after, job.id, job))
    ranked.sort(key=lambda row: row[:4])
    return [row[4] for row in ranked[:count]]


def next_daily(at: time, zone: tzinfo, now: datetime) -> datetime:
    """Find the next instant after `now` at which the clock of the zone shows `at`."""
    local = now.astimezone(zone)
    moment = datetime.combine(local.date(), at, tzinfo=zone)
    return moment if moment > now else datetime.combine(local.date() + timedelta(days=1), at, tzinfo=zone)


def next_every(seconds: int, last: datetime, now: datetime) -> datetime:
    """Find the next beat after `now`; beats missed while nothing ran are not made up for."""
    missed = max(0, int((now - last).total_seconds() // seconds))
    return last + timedelta(seconds=seconds * (missed + 1))
