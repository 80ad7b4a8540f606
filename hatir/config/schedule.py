"""What happens by the clock: the only list. Each line names a task of a room and when it runs."""

from __future__ import annotations

from hatir.foundation.jobs.schedule import Entry

SCHEDULE: tuple[Entry, ...] = ()
