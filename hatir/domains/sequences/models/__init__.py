"""The tables of the room."""

from hatir.domains.sequences.models.enrolments import (
    REASONS,
    RUN_STATES,
    STATUSES,
    Enrolment,
    EnrolmentMove,
    StepRun,
)
from hatir.domains.sequences.models.sending import KeptMessage, SenderTurn
from hatir.domains.sequences.models.sequences import CARRIES, KINDS, REFUSALS, STATES, UNITS, Sequence, Step

__all__ = [
    "CARRIES", "KINDS", "REASONS", "REFUSALS", "RUN_STATES", "STATES", "STATUSES", "UNITS", "Enrolment",
    "EnrolmentMove", "KeptMessage", "SenderTurn", "Sequence", "Step", "StepRun",
]  # fmt: skip
