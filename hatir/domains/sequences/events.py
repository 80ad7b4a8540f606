"""What the room tells the house. `about` is the enrolment, then the record that it carries, then its customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class RecordEnrolled(Event):
    """A lead, deal or customer began a sequence."""

    key: ClassVar[str] = "sequences.record_enrolled"
    sequence: str = ""


@dataclass(frozen=True, kw_only=True)
class EnrolmentStopped(Event):
    """An enrolment ended before its last step; `reason` is a key such as replied, meeting, won."""

    key: ClassVar[str] = "sequences.enrolment_stopped"
    sequence: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class EnrolmentPaused(Event):
    """An enrolment rests until somebody looks at it; `reason` is a key such as no_consent."""

    key: ClassVar[str] = "sequences.enrolment_paused"
    sequence: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class EnrolmentFinished(Event):
    """An enrolment went through all steps."""

    key: ClassVar[str] = "sequences.enrolment_finished"
    sequence: str = ""
