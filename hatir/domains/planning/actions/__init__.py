"""The verbs of the room."""

from hatir.domains.planning.actions.booking import (
    Booked,
    Guest,
    TimeTaken,
    book,
    cancel_booking,
    create_booking_pages,
    invitation_of,
    rebook,
    update_booking_pages,
)
from hatir.domains.planning.actions.calendars import (
    ImportedEvents,
    delete_object,
    import_events,
    make_feed_link,
    put_object,
    revoke_feed_links,
)
from hatir.domains.planning.actions.tasks import (
    Done,
    call_off,
    complete_task,
    create_tasks,
    note_reminded,
    plan,
    postpone,
    reassign,
    reopen,
    update_tasks,
)

__all__ = [
    "Booked", "Done", "Guest", "ImportedEvents", "TimeTaken", "book", "call_off", "cancel_booking", "complete_task",
    "create_booking_pages", "create_tasks", "delete_object", "import_events", "invitation_of", "make_feed_link",
    "note_reminded", "plan", "postpone", "put_object", "reassign", "rebook", "reopen", "revoke_feed_links",
    "update_booking_pages", "update_tasks",
]  # fmt: skip
