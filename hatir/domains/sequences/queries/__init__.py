"""The questions of the room."""

from hatir.domains.sequences.queries.entering import refusals, sequences_for, words_of_refusal
from hatir.domains.sequences.queries.messages import kept_messages, message_key
from hatir.domains.sequences.queries.panels import (
    enrolments_of_customer,
    enrolments_of_deal,
    enrolments_of_lead,
    log_of,
    owner_of,
    place_words,
    steps_of,
)
from hatir.domains.sequences.queries.report import lines_of, removed_steps, totals_of

__all__ = [
    "enrolments_of_customer", "enrolments_of_deal", "enrolments_of_lead", "kept_messages", "lines_of", "log_of",
    "message_key", "owner_of", "place_words", "refusals", "removed_steps", "sequences_for", "steps_of", "totals_of",
    "words_of_refusal",
]  # fmt: skip
