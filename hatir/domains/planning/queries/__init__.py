"""The questions of the room."""

from hatir.domains.planning.queries.booking import booking_of, booking_page, open_bookings_of, times_of
from hatir.domains.planning.queries.calendar import (
    Busy,
    Slot,
    busy_of,
    calendar_of,
    colleagues_in_calendar,
    lies_in,
)
from hatir.domains.planning.queries.ical import calendar_text, invitation_text, object_text
from hatir.domains.planning.queries.objects import (
    CalendarEntry,
    calendar_entries,
    calendar_tag,
    calendar_tasks,
    entry_named,
    feed_links_of,
    user_of_feed,
)
from hatir.domains.planning.queries.queue import (
    QueueItem,
    QueuePress,
    Worth,
    add_queue_source,
    add_worth,
    todays_queue,
)
from hatir.domains.planning.queries.steps import NextStep, add_step_form, next_step_of, step_form_of
from hatir.domains.planning.queries.tasks import (
    due_reminders,
    is_overdue,
    open_tasks_about,
    task_of_key,
    tasks_about,
    tasks_of_customer,
)
from hatir.domains.planning.rules import in_working_days

__all__ = [
    "Busy",
    "CalendarEntry",
    "NextStep",
    "QueueItem",
    "QueuePress",
    "Slot",
    "Worth",
    "add_queue_source",
    "add_step_form",
    "add_worth",
    "booking_of",
    "booking_page",
    "busy_of",
    "calendar_entries",
    "calendar_of",
    "calendar_tag",
    "calendar_tasks",
    "calendar_text",
    "colleagues_in_calendar",
    "due_reminders",
    "entry_named",
    "feed_links_of",
    "in_working_days",
    "invitation_text",
    "is_overdue",
    "lies_in",
    "next_step_of",
    "object_text",
    "open_bookings_of",
    "open_tasks_about",
    "step_form_of",
    "task_of_key",
    "tasks_about",
    "tasks_of_customer",
    "times_of",
    "todays_queue",
    "user_of_feed",
]  # fmt: skip
