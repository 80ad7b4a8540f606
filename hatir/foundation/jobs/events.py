"""What the queue tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class JobEnded(Event):
    """A job that a person started is done, failed for good or cancelled.

    `job_id` is its public id, `told` the reason of a failure in the starter's language.
    """

    key: ClassVar[str] = "jobs.ended"
    task: str = ""
    job_id: str = ""
    state: str = ""
    told: str = ""
