"""What happens by the clock: the only list. Each line names a task of a room and when it runs."""

from __future__ import annotations

from hatir.foundation.jobs.schedule import Entry, daily, every

SCHEDULE: tuple[Entry, ...] = (
    every("audit.seal_waiting", minutes=0.25),
    daily("audit.let_go_of_old", at="03:40"),
    daily("webhooks.forget_old", at="03:50"),
)
