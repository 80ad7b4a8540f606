"""What happens by the clock: the only list. Each line names a task of a room and when it runs."""

from __future__ import annotations

from hatir.foundation.jobs.schedule import Entry, daily

SCHEDULE: tuple[Entry, ...] = (
    # every("room.verb", minutes=5) · daily("room.verb", at="03:00"), in the company's zone
    daily("jobs.forget_finished", at="03:10"),
)
