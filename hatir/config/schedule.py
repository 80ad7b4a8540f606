"""What happens by the clock: the only list. Each line names a task of a room and when it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scheduled:
    """A task by its dotted key, every so many seconds or daily at an hour of the company's zone."""

    task: str
    every_seconds: int | None = None
    daily_at_hour: int | None = None


SCHEDULE: tuple[Scheduled, ...] = ()
