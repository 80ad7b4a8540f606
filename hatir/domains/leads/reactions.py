"""What the room does when others report: a call or a message is the first answer, everything is activity."""

from __future__ import annotations

from hatir.domains.leads import actions
from hatir.domains.planning.events import TaskCompleted
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.timeline.events import NotePosted

LEAD = "leads.lead"
ANSWERS = frozenset({"call", "message", "meeting"})


@on(NotePosted)
def follow_notes(event: NotePosted, delivery: Delivery) -> None:
    """Remember that somebody wrote on a lead; a call or a message by a colleague is the first answer."""
    ids = [ref.id for ref in event.about if ref.type_key == LEAD]
    if ids:
        answered = event.kind in ANSWERS and delivery.user_id is not None
        actions.note_activity(ids, at=delivery.at, answered=answered)


@on(TaskCompleted)
def follow_tasks(event: TaskCompleted, delivery: Delivery) -> None:
    """A call that was made is the first answer too, reached or not: somebody cared."""
    ids = [ref.id for ref in event.about if ref.type_key == LEAD]
    if ids:
        actions.note_activity(ids, at=delivery.at, answered=event.kind in ("call", "meeting", "visit"))
