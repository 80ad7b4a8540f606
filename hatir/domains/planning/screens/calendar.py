"""The calendar: a day, a week, a month or a list of what comes, of oneself or of the team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.planning import actions, queries
from hatir.domains.planning.models import DONE, Task
from hatir.domains.planning.queries import Slot
from hatir.domains.planning.screens.today import HUES, ICONS
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused, safe_next, undo_url
from hatir.interface.web.nav import Page, add_page
from hatir.interface.web.permission import screen
from hatir.interface.web.types import record_or_404, type_or_404
from hatir.kit.formats_tr import format_date, format_full_date, format_weekday

VIEWS = ("day", "week", "month", "agenda")
FIRST_HOUR, LAST_HOUR = 8, 20
AGENDA_DAYS, MOST_IN_DAY = 30, 4
HALF_HOURS = 48
add_page("today", Page("calendar", gettext_lazy("Calendar"), "/calendar/", type_key="planning.task", order=10))


@dataclass(frozen=True)
class Asked:
    """Which part of the calendar is wanted."""

    view: str
    on: date
    who: str

    @property
    def days(self) -> tuple[date, date]:
        """Give the first day and the day after the last."""
        if self.view == "day":
            return self.on, self.on + timedelta(days=1)
        if self.view == "week":
            monday = self.on - timedelta(days=self.on.weekday())
            return monday, monday + timedelta(days=7)
        if self.view == "month":
            first = self.on.replace(day=1)
            monday = first - timedelta(days=first.weekday())
            return monday, monday + timedelta(days=42)
        return self.on, self.on + timedelta(days=AGENDA_DAYS)

    def url(self, **other: Any) -> str:
        said = {"view": self.view, "on": f"{self.on:%Y-%m-%d}", "who": self.who, **other}
        return f"/calendar/?{urlencode(said)}"

    def stepped(self, by: int) -> date:
        if self.view == "month":
            month = self.on.month - 1 + by
            return date(self.on.year + month // 12, month % 12 + 1, 1)
        return self.on + timedelta(days=by * {"day": 1, "week": 7}.get(self.view, AGENDA_DAYS))


@screen(":view")
@require_safe
def calendar(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show a part of the calendar."""
    actor = actor_of(request)
    type_or_404(actor, type_key)
    asked = _asked(request)
    first, last = asked.days
    people = queries.colleagues_in_calendar(actor) if asked.who == "team" else []
    ids = [user.pk for user in people] or [actor.user_id or 0]
    slots = queries.calendar_of(actor, ids, _midnight(first), _midnight(last))
    context = {
        "page_title": _("Calendar"),
        "page_count": _title(asked, first, last),
        "view": asked.view,
        "views": [(view, label, asked.url(view=view)) for view, label in _labels()],
        "whose": [(who, label, asked.url(who=who), who == asked.who) for who, label in _whose()],
        "before_url": asked.url(on=f"{asked.stepped(-1):%Y-%m-%d}"),
        "after_url": asked.url(on=f"{asked.stepped(1):%Y-%m-%d}"),
        "today_url": asked.url(on=f"{timezone.localdate():%Y-%m-%d}"),
        "is_team": asked.who == "team",
    }
    if asked.view in ("day", "week"):
        columns = _by_person(actor, people, slots, first) if people and asked.view == "day" else _by_day(
            actor, slots, first, last
        )  # fmt: skip
        context |= _grid(columns)
    elif asked.view == "month":
        context["weeks"] = _weeks(asked, actor, slots, first)
    else:
        context["days"] = [day for day in _by_day(actor, slots, first, last) if day["slots"] or day["all_day"]]
    return render(request, "planning/calendar.html", context)


def _asked(request: HttpRequest) -> Asked:
    view = request.GET.get("view", "week")
    try:
        on = parse_date(request.GET.get("on", "")) or timezone.localdate()
    except ValueError:
        on = timezone.localdate()
    on = min(max(on, date(1990, 1, 1)), date(2200, 1, 1))
    return Asked(view if view in VIEWS else "week", on, "team" if request.GET.get("who") == "team" else "me")


def _labels() -> list[tuple[str, str]]:
    return [("day", _("Day")), ("week", _("Week")), ("month", _("Month")), ("agenda", _("Agenda"))]


def _whose() -> list[tuple[str, str]]:
    return [("me", _("Mine")), ("team", _("Team"))]


def _title(asked: Asked, first: date, last: date) -> str:
    language = get_language() or "tr"
    if asked.view == "day":
        return format_full_date(asked.on, language=language)
    if asked.view == "month":
        return date_format(asked.on, "F Y")
    return f"{format_date(first, language=language)} – {format_date(last - timedelta(days=1), language=language)}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


# --- drawing ---------------------------------------------------------------------------------------


def _by_day(actor: Actor, slots: Sequence[Slot], first: date, last: date) -> list[dict[str, Any]]:
    """Give a column for each day; what goes on over midnight stands in the day in which it begins."""
    days = [first + timedelta(days=at) for at in range((last - first).days)]
    columns = {day: _column(format_weekday(day, language=get_language() or "tr"), day) for day in days}
    for slot in slots:
        day = max(first, localtime(slot.starts_at).date())
        if day in columns:
            _put(columns[day], _drawn(slot, actor))
    return list(columns.values())


def _by_person(actor: Actor, people: Sequence[Any], slots: Sequence[Slot], day: date) -> list[dict[str, Any]]:
    """Give a column for each colleague of one day: what the actor may see, and where the others are busy."""
    columns = {user.pk: _column(user.name, day) for user in people}
    shown = {(slot.task.owner_id, slot.starts_at) for slot in slots}
    for slot in slots:
        if slot.task.owner_id in columns:
            _put(columns[slot.task.owner_id], _drawn(slot, actor))
    for busy in queries.busy_of(list(columns), _midnight(day), _midnight(day + timedelta(days=1))):
        if (busy.user_id, busy.starts_at) not in shown:
            _put(columns[busy.user_id], _block(_("Busy"), busy.starts_at, busy.ends_at))
    return list(columns.values())


def _column(label: str, day: date) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "label": label,
        "number": day.day,
        "on": f"{day:%Y-%m-%d}",
        "full": format_full_date(day, language=get_language() or "tr"),
        "is_today": day == today,
        "is_weekend": day.weekday() >= 5,
        "slots": [],
        "all_day": [],
    }


def _put(column: dict[str, Any], drawn: dict[str, Any]) -> None:
    column["all_day" if drawn["is_all_day"] else "slots"].append(drawn)


def _drawn(slot: Slot, actor: Actor) -> dict[str, Any]:
    task = slot.task
    name = task.customer.name if task.customer is not None and task.owner_id == actor.user_id else ""
    found = _block(f"{name}: {task.title}" if name else task.title, slot.starts_at, slot.ends_at)
    return found | {
        "is_all_day": task.is_all_day,
        "icon": ICONS[task.kind],
        "hue": HUES[task.kind],
        "url": f"/records/planning.task/{task.public_id}/",
        "move_url": "" if slot.is_repeat or task.status == DONE else f"/tasks/{task.public_id}/move/",
        "is_done": task.status == DONE,
        "repeats": bool(task.repeat_rule),
        "place": task.place,
        "owner": task.owner.name if task.owner else "",
    }


def _block(title: str, starts_at: datetime, ends_at: datetime) -> dict[str, Any]:
    start, end = localtime(starts_at), localtime(ends_at)
    row = start.hour * 2 + start.minute // 30
    minutes = max(30, (ends_at - starts_at).total_seconds() / 60)
    return {
        "title": title,
        "time": f"{start:%H:%M}" if end == start else f"{start:%H:%M}–{end:%H:%M}",
        "at": f"{start:%Y-%m-%dT%H:%M}",
        "row": row,
        "span": int(min(HALF_HOURS - row, -(-minutes // 30))),
        "is_all_day": False,
        "hue": 0,
    }


def _grid(columns: list[dict[str, Any]]) -> dict[str, Any]:
    """Show the hours of work, and more where something lies outside of them."""
    blocks = [block for column in columns for block in column["slots"]]
    first = min([FIRST_HOUR, *(block["row"] // 2 for block in blocks)])
    last = max([LAST_HOUR, *(-(-(block["row"] + block["span"]) // 2) for block in blocks)])
    for block in blocks:
        block["line"] = block["row"] - first * 2 + 1
    hours = [{"label": f"{hour:02d}:00", "line": (hour - first) * 2 + 1} for hour in range(first, last)]
    return {"columns": columns, "hours": hours, "first_hour": first, "rows": (last - first) * 2}


def _weeks(asked: Asked, actor: Actor, slots: Sequence[Slot], first: date) -> list[list[dict[str, Any]]]:
    days = _by_day(actor, slots, first, first + timedelta(days=42))
    for day in days:
        every = day["all_day"] + day["slots"]
        day["shown"], day["more"] = every[:MOST_IN_DAY], max(0, len(every) - MOST_IN_DAY)
        day["is_other"] = not day["on"].startswith(f"{asked.on:%Y-%m}")
        day["url"] = asked.url(view="day", on=day["on"])
    weeks = [days[at : at + 7] for at in range(0, 42, 7)]
    return weeks if not all(day["is_other"] for day in weeks[-1]) else weeks[:-1]


# --- moving ----------------------------------------------------------------------------------------


@screen(":edit")
@require_POST
def move(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Move a task to another time, by dragging or by key."""
    actor = actor_of(request)
    task: Task = record_or_404(actor, type_or_404(actor, type_key), record_id)
    back = safe_next(request, "/calendar/")
    try:
        moved = actions.postpone(task.pk, due_at=_instant(request.POST.get("to", "")), actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=back)
    assert moved.due_at is not None
    when = date_format(localtime(moved.due_at), "d.m.Y H:i")
    text = _("Moved to %(when)s: %(title)s") % {"title": moved.title, "when": when}
    return done(request, text, back=back, undo=undo_url(actor), events={"record:refresh": {}})


def _instant(text: str) -> datetime:
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None:
        raise Invalid({"to": [_("Say when.")]})
    return moment if moment.tzinfo else timezone.make_aware(moment)
