"""Calendars outside: links to read, what a phone's calendar puts and deletes, and files of events."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.planning import rules
from hatir.domains.planning.actions.tasks import create_tasks, update_tasks
from hatir.domains.planning.models import CANCELLED, DONE, MEETING, OPEN, TO_DO, CalendarObject, FeedLink, Task
from hatir.domains.planning.queries.objects import CalendarEntry, hash_of
from hatir.foundation.access.queries import get_for
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid

LONGEST_TEXT = 1_000_000
MOST_IN_FILE = 20_000


@dataclass
class ImportedEvents:
    """What became of a file of events; `problems` names those that could not be read, by their UID or title."""

    made: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[str] = field(default_factory=list)


# --- links -----------------------------------------------------------------------------------------


def make_feed_link(*, actor: Actor) -> str:
    """Make a link to read the actor's calendar; the token is given this one time, earlier links close."""
    if actor.user_id is None:
        raise Denied("create", "planning.feed")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        revoke_feed_links(actor=actor)
        FeedLink.objects.create(user_id=actor.user_id, token_hash=hash_of(token), created_at=timezone.now())
    return token


def revoke_feed_links(*, actor: Actor) -> int:
    """Close all of the actor's links."""
    return FeedLink.objects.filter(user_id=actor.user_id or 0, revoked_at=None).update(revoked_at=timezone.now())


# --- what a calendar program does ------------------------------------------------------------------


def put_object(name: str, text: str, held: CalendarEntry | None, *, actor: Actor) -> Task:
    """Store what a calendar program sends under a name: a new task, or the one that it holds. Raises Invalid.

    Single ones of a series that were changed there become tasks of their own, and the series leaves them out.
    """
    components = read_components(text)
    main = next((part for part in components if "RECURRENCE-ID" not in part), None)
    if main is None:
        raise Invalid({"text": [_("There is no event or task in it.")]})
    values = values_of(main, held.task if held else None)
    changed = [part for part in components if "RECURRENCE-ID" in part]
    with transaction.atomic():
        task = _stored(values, held.task if held else None, actor)
        _leave_out(task, main, changed)
        for part in changed:
            own = {**values_of(part, None), "repeat_rule": ""}
            create_tasks([{**own, "owner": actor.user_id}], actor=actor)
        kept = {"name": name[:255], "uid": str(main.get("UID", ""))[:255], "user_id": actor.user_id, "text": text}
        kept["text_version"] = 0 if changed else task.version
        CalendarObject.objects.update_or_create(task=task, defaults=kept)
    return task


def _stored(values: Mapping[str, Any], held: Task | None, actor: Actor) -> Task:
    if held is None:
        return create_tasks([{**values, "owner": actor.user_id}], actor=actor)[0]
    task: Task = get_for(actor, Task, held.pk, "edit")
    return update_tasks([(task, values)], actor=actor)[0]


def _leave_out(task: Task, main: Any, changed: list[Any]) -> None:
    gone = {_iso(moment) for moment in _exdates(main)} | {_iso(part["RECURRENCE-ID"].dt) for part in changed}
    if sorted(gone) != sorted(task.repeat_except):
        task.repeat_except = sorted(gone)
        Task.objects.filter(pk=task.pk).update(repeat_except=task.repeat_except)


def delete_object(entry: CalendarEntry, *, actor: Actor) -> None:
    """Take off what was deleted in a calendar program; it can be restored here."""
    task: Task = get_for(actor, Task, entry.task.pk, "archive")
    writing.archive_many([task], actor=actor)


# --- reading ---------------------------------------------------------------------------------------


def import_events(text: str, *, actor: Actor) -> ImportedEvents:
    """Read a file of events and tasks into the actor's calendar; the same file again changes nothing.

    What cannot be read is named, the rest comes in.
    """
    done = ImportedEvents()
    components = [part for part in read_components(text) if "RECURRENCE-ID" not in part]
    held = _held_by_uid({str(part.get("UID", "")) for part in components}, actor)
    for part in components[:MOST_IN_FILE]:
        uid = str(part.get("UID", ""))[:255]
        try:
            with transaction.atomic():
                _import_one(part, uid, held.get(uid), done, actor)
        except (Invalid, ValueError, TypeError, AttributeError, KeyError, OverflowError) as problem:
            name = str(part.get("SUMMARY", "")) or uid or "?"
            done.problems.append(f"{name[:80]}: {problem}"[:300])
    return done


def _import_one(part: Any, uid: str, held: Task | None, done: ImportedEvents, actor: Actor) -> None:
    values = values_of(part, held)
    if held is None:
        task = create_tasks([{**values, "owner": actor.user_id}], actor=actor)[0]
        done.made += 1
    else:
        before = held.version
        task = update_tasks([(held, values)], actor=actor)[0]
        done.changed += task.version != before
        done.unchanged += task.version == before
    _leave_out(task, part, [])
    if uid:
        kept = {"name": f"{task.public_id}.ics", "uid": uid, "user_id": actor.user_id}
        CalendarObject.objects.get_or_create(task=task, defaults=kept)


def _held_by_uid(uids: set[str], actor: Actor) -> dict[str, Task]:
    rows = CalendarObject.objects.filter(user=actor.user_id, uid__in=uids - {""}, task__archived_at=None)
    return {row.uid: row.task for row in rows.select_related("task")}


def read_components(text: str) -> list[Any]:
    """Read the events and tasks of an iCalendar text. Raises Invalid when it is none, or too long."""
    from icalendar import Calendar  # read late: it is a tenth of a start

    if len(text) > LONGEST_TEXT * 20:
        raise Invalid({"text": [_("The file is too large.")]})
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        return [part for calendar in calendars for part in _wanted(calendar)]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise Invalid({"text": [_("This is no calendar file (iCalendar).")]}) from None


def _wanted(calendar: Any) -> Iterator[Any]:
    for name in ("VEVENT", "VTODO"):
        yield from calendar.walk(name)


def values_of(part: Any, held: Task | None) -> dict[str, Any]:
    """Give the fields of a task that an event or task of a calendar program says."""
    is_todo = part.name == "VTODO"
    start, end, all_day, zone = _times(part, is_todo=is_todo)
    rule = part.get("RRULE")
    if isinstance(rule, list):
        rule = rule[0]
    kind = str(part.get("X-HATIR-KIND", "")) or (held.kind if held else TO_DO if is_todo else MEETING)
    values: dict[str, Any] = {
        "kind": kind if kind in rules.RESULTS else MEETING,
        "title": " ".join(str(part.get("SUMMARY", "")).split())[:300] or _("Without a title"),
        "note": str(part.get("DESCRIPTION", ""))[:20_000].replace("\x00", ""),
        "place": " ".join(str(part.get("LOCATION", "")).split())[:200],
        "due_at": start,
        "ends_at": end,
        "is_all_day": all_day,
        "repeat_rule": rule.to_ical().decode() if rule is not None and start is not None else "",
        "priority": _priority(part),
        "remind_at": _alarm(part, start),
        "status": _status(part),
    }
    if zone and held is not None:
        held.zone = zone
    return values


def _times(part: Any, *, is_todo: bool) -> tuple[datetime | None, datetime | None, bool, str]:
    begins = part.get("DTSTART")
    due = part.get("DUE") if is_todo else None
    first = due if due is not None else begins
    if first is None:
        return None, None, False, ""
    raw = first.dt
    all_day = isinstance(raw, date) and not isinstance(raw, datetime)
    start = _instant(raw)
    end = None
    if not is_todo and part.get("DTEND") is not None:
        end = _instant(part["DTEND"].dt)
    elif not is_todo and part.get("DURATION") is not None:
        end = start + part["DURATION"].dt
    zone = str(getattr(raw, "tzinfo", "") or "")
    return start, end if end is not None and end > start else None if is_todo or all_day else start, all_day, zone


def _instant(moment: date | datetime) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    aware = moment if moment.tzinfo else timezone.make_aware(moment)
    return aware.astimezone(UTC)


def _iso(moment: Any) -> str:
    return _instant(moment).isoformat()


def _exdates(part: Any) -> list[Any]:
    found = part.get("EXDATE")
    if found is None:
        return []
    return [each.dt for group in (found if isinstance(found, list) else [found]) for each in group.dts]


def _priority(part: Any) -> str:
    number = int(part.get("PRIORITY", 5) or 5)
    return "high" if number < 5 else "normal" if number == 5 else "low"


def _status(part: Any) -> str:
    said = str(part.get("STATUS", ""))
    if said == "CANCELLED":
        return CANCELLED
    return DONE if said == "COMPLETED" or part.get("COMPLETED") is not None else OPEN


def _alarm(part: Any, start: datetime | None) -> datetime | None:
    for alarm in part.walk("VALARM"):
        trigger = alarm.get("TRIGGER")
        if trigger is None:
            continue
        if isinstance(trigger.dt, datetime):
            return _instant(trigger.dt)
        if start is not None:
            moment: datetime = start + trigger.dt
            return moment
    return None
