"""Tasks written as iCalendar (RFC 5545): for feeds, for phones, for guests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from hatir.domains.planning.models import CANCELLED, DONE, OPEN, TO_DO, CalendarObject, Task
from hatir.domains.planning.rules import zone_named
from hatir.foundation.records.refs import RecordRef

if TYPE_CHECKING:
    from icalendar import Calendar

PRODUCT = "-//Hatir//Planning//TR"
KNOWN = (
    "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "SUMMARY", "DESCRIPTION", "LOCATION", "DTSTART", "DTEND",
    "DUE", "DURATION", "RRULE", "EXDATE", "STATUS", "COMPLETED", "PERCENT-COMPLETE", "PRIORITY", "X-HATIR-KIND",
)  # fmt: skip
PRIORITIES = {"high": 1, "normal": 5, "low": 9}


def uid_of(task: Task, stored: CalendarObject | None = None) -> str:
    """Give the UID of a task: the one that a calendar program chose, else one of ours."""
    return stored.uid if stored else f"{task.public_id}@hatir"


def calendar_text(tasks: Iterable[Task], *, name: str, with_customers: bool = True) -> str:
    """Write a whole calendar to be read: to-dos stand in it as events, because few programs show the others."""
    from icalendar import Event  # read late: it is a tenth of a start

    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", "PT30M")
    for task in tasks:
        if task.due_at is None:
            continue
        event = _filled(Event(), task, uid_of(task), as_event=True)
        if with_customers and task.customer is not None:
            event["SUMMARY"] = f"{task.customer.name}: {task.title}"
        event.add("url", f"{settings.HATIR_BASE_URL}{RecordRef('planning.task', task.pk).url}")
        calendar.add_component(event)
    return _text(calendar)


def object_text(task: Task, stored: CalendarObject | None) -> str:
    """Write one task for a calendar program: as it was sent while nobody changed it, else with its own extras."""
    from icalendar import Event, Todo  # read late: it is a tenth of a start

    if stored is not None and stored.text and stored.text_version == task.version:
        return stored.text
    as_event = task.kind != TO_DO
    component = _own_component(stored, "VEVENT" if as_event else "VTODO") or (Event() if as_event else Todo())
    for name in KNOWN:
        component.pop(name, None)
    component.subcomponents = [part for part in component.subcomponents if part.name != "VALARM"]
    calendar = _calendar()
    calendar.add_component(_filled(component, task, uid_of(task, stored), as_event=as_event))
    return _text(calendar)


def invitation_text(task: Task, *, uid: str, organizer: str, guest: str, cancelled: bool = False) -> str:
    """Write a booked meeting for the guest's own calendar."""
    from icalendar import Event  # read late: it is a tenth of a start

    calendar = _calendar()
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = _filled(Event(), task, uid, as_event=True)
    event.subcomponents = []
    event.add("organizer", f"mailto:{organizer}")
    event.add("attendee", f"mailto:{guest}")
    if cancelled:
        event["STATUS"] = "CANCELLED"
    calendar.add_component(event)
    return _text(calendar)


def _own_component(stored: CalendarObject | None, name: str) -> Any:
    """Give what the calendar program sent, to keep what Hatır does not know; None when there is nothing."""
    from icalendar import Calendar  # read late: it is a tenth of a start

    if stored is None or not stored.text:
        return None
    try:
        parts = Calendar.from_ical(stored.text).walk(name)
    except ValueError:
        return None
    return next((part for part in parts if "RECURRENCE-ID" not in part), None)


def _calendar() -> Calendar:
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _text(calendar: Calendar) -> str:
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())


def _filled(component: Any, task: Task, uid: str, *, as_event: bool) -> Any:
    component.add("uid", uid)
    component.add("dtstamp", task.updated_at.astimezone(UTC))
    component.add("created", task.created_at.astimezone(UTC))
    component.add("last-modified", task.updated_at.astimezone(UTC))
    component.add("sequence", task.version - 1)
    component.add("summary", task.title)
    if task.note:
        component.add("description", task.note)
    if task.place:
        component.add("location", task.place)
    component.add("priority", PRIORITIES[task.priority])
    component.add("x-hatir-kind", task.kind)
    _add_times(component, task, as_event=as_event)
    _add_status(component, task, as_event=as_event)
    if task.remind_at is not None and task.status == OPEN:
        from icalendar import Alarm

        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", task.title)
        alarm.add("trigger", task.remind_at.astimezone(UTC))
        component.add_component(alarm)
    return component


def _add_times(component: Any, task: Task, *, as_event: bool) -> None:
    if task.due_at is None:
        return
    repeats = bool(task.repeat_rule) and task.status == OPEN
    zone = zone_named(task.zone, timezone.get_current_timezone()) if repeats else UTC
    begins, ends = "dtstart", "dtend" if as_event else "due"
    if task.is_all_day:
        day = task.due_at.astimezone(zone_named(task.zone, timezone.get_current_timezone())).date()
        component.add(begins, day)
        if as_event:
            last = task.ends_at or task.due_at
            length = max(1, (last - task.due_at).days or 1)
            component.add("dtend", day + timedelta(days=length))
        else:
            component.add("due", day + timedelta(days=1))
    else:
        start = task.due_at.astimezone(zone)
        if as_event:
            component.add(begins, start)
            component.add(ends, (task.ends_at or task.due_at).astimezone(zone))
        else:
            if repeats:
                component.add(begins, start)
            component.add(ends, start)
    if repeats:
        component["RRULE"] = _rule(task.repeat_rule)
        for text in task.repeat_except:
            component.add("exdate", datetime.fromisoformat(str(text)).astimezone(zone))


def _rule(rule: str) -> Any:
    from icalendar import vRecur

    return vRecur.from_ical(rule)


def _add_status(component: Any, task: Task, *, as_event: bool) -> None:
    if as_event:
        component.add("status", "CANCELLED" if task.status == CANCELLED else "CONFIRMED")
        return
    names = {OPEN: "NEEDS-ACTION", DONE: "COMPLETED", CANCELLED: "CANCELLED"}
    component.add("status", names[task.status])
    if task.status == DONE and task.done_at is not None:
        component.add("completed", task.done_at.astimezone(UTC))
