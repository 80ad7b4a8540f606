"""The verbs of the room."""

from hatir.domains.sequences.actions.answers import (
    pause_enrolment,
    record_bounce,
    record_meeting,
    record_opened,
    record_reply,
    record_unsubscribed,
    resume_enrolment,
    stop_enrolment,
    take_answer,
)
from hatir.domains.sequences.actions.enrolments import create_enrolments, keep_places, update_enrolments
from hatir.domains.sequences.actions.following import (
    follow_owners,
    follow_tasks,
    go_on_for_restored,
    go_on_with_sender,
    pass_over,
    rest_for_archived,
    stop_for,
    stop_for_meeting,
)
from hatir.domains.sequences.actions.moving import call_off_of_gone
from hatir.domains.sequences.actions.outbox import gateway
from hatir.domains.sequences.actions.running import run_due
from hatir.domains.sequences.actions.selecting import ENROL_MANY, Enrolled, enrol_all, enrol_selected
from hatir.domains.sequences.actions.sending import send_due
from hatir.domains.sequences.actions.sequences import (
    copy_sequence,
    create_sequences,
    pause_sequence,
    start_sequence,
    update_sequences,
)
from hatir.domains.sequences.actions.steps import (
    create_steps,
    insert_step,
    move_step,
    remove_step,
    update_steps,
    wrong_words,
)

__all__ = [
    "ENROL_MANY", "Enrolled", "call_off_of_gone", "copy_sequence", "create_enrolments", "create_sequences",
    "create_steps", "enrol_all", "enrol_selected", "follow_owners", "follow_tasks", "gateway", "go_on_for_restored",
    "go_on_with_sender", "insert_step", "keep_places", "move_step", "pass_over", "pause_enrolment", "pause_sequence",
    "record_bounce", "record_meeting", "record_opened", "record_reply", "record_unsubscribed", "remove_step",
    "rest_for_archived", "resume_enrolment", "run_due", "send_due", "start_sequence", "stop_enrolment", "stop_for",
    "stop_for_meeting", "take_answer", "update_enrolments", "update_sequences", "update_steps", "wrong_words",
]  # fmt: skip
