"""A record's timeline, composer and next tasks as plain values for templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.timeline.models import CHANNELS
from hatir.foundation.timeline.planner import Planned, planner
from hatir.foundation.timeline.queries import PAGE, Pick, entries_of
from hatir.interface.web.entrydrawing import DrawnEntry, EntryDrawer, outcomes
from hatir.interface.web.inputs import Input, Option, input_of
from hatir.interface.web.recordpages import Opened
from hatir.kit import formats_tr
from hatir.kit.ids import decode_id

KINDS: Mapping[str, tuple[str, ...]] = {
    "": (),
    "note": ("note",),
    "call": ("call",),
    "plan": ("meeting", "task"),
    "message": ("message",),
    "money": ("money",),
    "system": ("system",),
}

MOST_NEXT = 10
ASKED = ("kind", "q", "channel", "user", "since", "until", "people")


@dataclass(frozen=True)
class Pill:
    """A filter above the timeline."""

    label: str
    url: str
    is_active: bool


@dataclass(frozen=True)
class DrawnTimeline:
    """What `record/_timeline.html` shows."""

    filters: Sequence[Pill]
    entries: Sequence[DrawnEntry]
    next_url: str = ""
    search_url: str = ""
    text: str = ""
    kind: str = ""
    channels: Sequence[Option] = field(default_factory=tuple)
    since: str = ""
    until: str = ""
    people_url: str = ""
    user: Input | None = None
    with_people: bool = False
    is_narrowed: bool = False


@dataclass(frozen=True)
class ComposerKind:
    """One thing that can be written."""

    key: str
    label: str
    icon: str
    placeholder: str
    is_active: bool = False


@dataclass(frozen=True)
class Composer:
    """What `record/_composer.html` shows."""

    url: str
    draft: str
    kinds: Sequence[ComposerKind]
    mention_url: str
    reference_url: str
    directions: Sequence[Option]
    outcomes: Sequence[Option]
    text: str = ""
    error: str = ""


@dataclass(frozen=True)
class NextTask:
    """A task or meeting above the history."""

    title: str
    icon: str
    url: str
    done_url: str
    due: str
    tone: str
    owner: str


def timeline_of(
    opened: Opened, asked: Mapping[str, str], base: Pick, *, size: int = PAGE, new_id: int = 0
) -> DrawnTimeline:
    """Read and draw a page of the timeline as the address asks: kind, text, channel, dates, people, place."""
    pick = read_pick(asked, base)
    ref = opened.rt.ref(opened.record)
    page = entries_of(opened.actor, ref, pick, after=asked.get("after", ""), size=size)
    kind = asked.get("kind", "") if asked.get("kind", "") in KINDS else ""
    said = {name: asked[name] for name in ASKED if asked.get(name)}
    drawn = EntryDrawer(opened.actor, page.entries, new_id=new_id).draw(asked.get("day", ""))
    place = f"{opened.url}timeline/"
    last_day = next((entry.day for entry in reversed(drawn) if entry.day), asked.get("day", ""))
    following = {**said, "after": page.more, "day": last_day}
    has_people = opened.narrowed.icon.startswith("building")
    return DrawnTimeline(
        filters=_pills(place, said, kind),
        entries=drawn,
        next_url=f"{place}?{urlencode(following)}" if page.more else "",
        search_url=place,
        text=pick.text,
        kind=kind,
        channels=[Option(key, str(label), key == pick.channel) for key, label in CHANNELS],
        since=asked.get("since", ""),
        until=asked.get("until", ""),
        people_url=_with(place, said, people="" if pick.with_people else "1") if has_people else "",
        with_people=pick.with_people,
        user=_author(opened.actor, pick),
        is_narrowed=bool(pick.text or pick.channel or pick.user_id or pick.since or pick.until),
    )


def read_pick(asked: Mapping[str, str], base: Pick) -> Pick:
    """Read which entries are wanted; what cannot be read is left out."""
    user = asked.get("user", "")
    return replace(
        base,
        kinds=KINDS.get(asked.get("kind", ""), ()) or base.kinds,
        channel=asked.get("channel", ""),
        user_id=_id(user) if user else None,
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", ""), following=True),
        text=asked.get("q", "").strip()[:100],
        with_people=asked.get("people") == "1",
    )


def _author(actor: Actor, pick: Pick) -> Input:
    """Give the field that asks whose entries are wanted; it reads nobody until somebody types."""
    spec = FieldSpec(name="user", label=_("Colleague"), kind="user", target="staff.user")
    return input_of(actor, spec, pick.user_id, prefix="tl")


def _id(text: str) -> int | None:
    try:
        return decode_id(text)
    except ValueError:
        return None


def _day(text: str, *, following: bool = False) -> datetime | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    if day is None:
        return None
    if following:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _pills(place: str, said: Mapping[str, str], active: str) -> list[Pill]:
    labels = {
        "": _("All"),
        "note": _("Notes"),
        "call": _("Calls"),
        "plan": _("Plans"),
        "message": _("Messages"),
        "money": _("Money"),
        "system": _("Changes"),
    }
    return [Pill(label, _with(place, said, kind=key), key == active) for key, label in labels.items()]


def _with(place: str, said: Mapping[str, str], **changes: str) -> str:
    kept = {name: value for name, value in {**said, **changes}.items() if value}
    return f"{place}?{urlencode(kept)}" if kept else place


def composer_of(opened: Opened, *, kind: str = "note", text: str = "", error: str = "") -> Composer:
    """Give the composer, with what was typed when it comes back."""
    kinds = (
        ComposerKind("note", _("Note"), "note", _("Write a note. @ for a colleague, # for a record …")),
        ComposerKind("call", _("Call"), "phone", _("What was said?")),
        ComposerKind("task", _("Task"), "circle-check", _("What is to be done?")),
        ComposerKind("meeting", _("Meeting"), "calendar", _("What is the meeting about?")),
    )
    return Composer(
        url=f"{opened.url}entries/",
        draft=f"{opened.ref_text}/composer",
        kinds=[replace(each, is_active=each.key == kind) for each in kinds],
        mention_url="/mentions/",
        reference_url="/references/",
        directions=[Option("out", _("Outgoing")), Option("in", _("Incoming"))],
        outcomes=[Option("", "–"), *(Option(key, label) for key, label in outcomes().items())],
        text=text,
        error=error,
    )


def next_tasks(opened: Opened) -> list[NextTask]:
    """Give what is still to be done about the record, the earliest first."""
    now = timezone.localtime()
    found = planner().open_about(opened.actor, opened.rt.ref(opened.record), MOST_NEXT)
    return [_next(planned, now) for planned in found]


def _next(planned: Planned, now: datetime) -> NextTask:
    due = timezone.localtime(planned.due_at) if planned.due_at else None
    tone = "" if due is None else "bad" if due < now else "ok" if due.date() == now.date() else ""
    words = ""
    if due is not None and due.date() == now.date():
        words = _("today %(time)s") % {"time": f"{due:%H:%M}"}
    elif due is not None:
        words = formats_tr.format_date(due.date(), language=get_language() or "tr")
    return NextTask(planned.title, planned.icon, planned.url, planned.done_url, words, tone, planned.owner)
