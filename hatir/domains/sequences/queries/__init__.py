"""The questions of the room."""

from hatir.domains.sequences.queries.entering import refusals, sequences_for, words_of_refusal
from hatir.domains.sequences.queries.messages import kept_before, kept_messages, message_key
from hatir.domains.sequences.queries.panels import (
    enrolments_of_customer,
    enrolments_of_deal,
    enrolments_of_lead,
    log_of,
    owner_of,
    place_words,
    sees_places,
    standing_on,
    steps_of,
)
from hatir.domains.sequences.queries.previews import Preview, Trial, preview_of, trial_of, type_of
from hatir.domains.sequences.queries.report import lines_of, removed_steps, totals_of
from hatir.domains.sequences.queries.subjects import carried_by, link_of

__all__ = [
    "Preview", "Trial", "carried_by", "enrolments_of_customer", "enrolments_of_deal", "enrolments_of_lead",
    "kept_before", "kept_messages", "lines_of", "link_of", "log_of", "message_key", "owner_of", "place_words",
    "preview_of", "refusals", "removed_steps", "sees_places", "sequences_for", "standing_on", "steps_of", "totals_of",
    "trial_of", "type_of", "words_of_refusal",
]  # fmt: skip
