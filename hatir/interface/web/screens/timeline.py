"""The timeline of a record: its pages, the composer, and what its authors do with their entries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.records.errors import Denied, EditConflict, Invalid, NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import declared_types, fields_of, record_type
from hatir.foundation.search.queries import search
from hatir.foundation.timeline import actions
from hatir.foundation.timeline.models import TimelineEntry
from hatir.foundation.timeline.planner import Wanted, plan_on
from hatir.foundation.timeline.queries import NO_PICK, entry_seen, linked_text, text_to_edit
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, panel, toast, trigger, undo_url
from hatir.interface.web.inputs import Option, options
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, open_record, record_id_of
from hatir.interface.web.timelines import composer_of, next_tasks, timeline_of
from hatir.kit.ids import decode_id, encode_id

PLANS = ("task", "meeting")
MOST_MENTIONS = 20
MOST_SUGGESTED = 8
LONGEST_WAIT = timedelta(days=30)


@screen(":view")
@require_safe
def timeline(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show the timeline as asked, or its next page; without JavaScript the whole record page."""
    opened = open_record(request, type_key, record_id)
    context = {"timeline": timeline_of(opened, request.GET.dict(), NO_PICK), "back": opened.url}
    template = "web/record/_entries.html" if request.GET.get("after") else "web/record/_timeline.html"
    if not is_fragment(request):
        template = "web/record/_timeline.html"
    return panel(request, template, context, title=opened.rt.title_of(opened.record))


@screen(":view")
@require_POST
def compose(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Write what the composer sends; answers with the timeline, the pinned tasks and an empty composer."""
    opened = open_record(request, type_key, record_id)
    kind = request.POST.get("kind", "note")
    text = request.POST.get("text", "")
    try:
        entry: TimelineEntry | None = None
        if kind in PLANS:
            _plan(request, opened, kind, text)
        else:
            entry = _write(request, opened, kind, text)
    except Invalid as problem:
        context = {"composer": composer_of(opened, kind=kind, text=text, error=str(problem))}
        if is_fragment(request):
            return render(request, "web/record/_composer.html", context, status=422)
        return done(request, str(problem), back=opened.url, kind="warn")
    except NotFoundHere:
        raise Http404 from None
    if not is_fragment(request):
        return HttpResponseRedirect(f"{opened.url}#e-{encode_id(entry.pk)}" if entry else opened.url)
    return _written(request, opened, entry)


def _written(request: HttpRequest, opened: Opened, entry: TimelineEntry | None) -> HttpResponse:
    context = {
        "timeline": timeline_of(opened, {}, NO_PICK, new_id=entry.pk if entry else 0),
        "composer": composer_of(opened),
        "next_tasks": next_tasks(opened),
        "oob": True,
    }
    response = render(request, "web/record/_written.html", context)
    undo = f"{opened.url}entries/{encode_id(entry.pk)}/archive/" if entry else undo_url(opened.actor)
    return trigger(toast(response, _("Saved"), undo=undo), {"draft:sent": {}})


def _plan(request: HttpRequest, opened: Opened, kind: str, text: str) -> None:
    """Plan a task or a meeting: the first line says what, the first colleague named gets it."""
    about, actor, sent = opened.rt.ref(opened.record), opened.actor, request.POST
    title, _line, rest = text.replace("\x00", "").strip().partition("\n")
    due_at = _instant(sent.get("at", ""))
    if kind == "meeting" and due_at is None:
        raise Invalid({"at": [_("Say when the meeting is.")]})
    mentions, key = _mentions(request), request.headers.get("Idempotency-Key", "")[:80]
    wanted = Wanted(
        kind=kind,
        title=title,
        due_at=due_at or timezone.now(),
        text=rest.strip(),
        place=sent.get("place", ""),
        owner_id=mentions[0] if mentions and kind == "task" else None,
    )
    plan_on(about, wanted, actor=actor, once=key)


def _write(request: HttpRequest, opened: Opened, kind: str, text: str) -> TimelineEntry:
    about, actor, sent = opened.rt.ref(opened.record), opened.actor, request.POST
    text = linked_text(actor, text, sent.getlist("links")[:MOST_MENTIONS])
    mentions = _mentions(request)
    once, at = request.headers.get("Idempotency-Key", "")[:80], _written_at(request)
    if kind == "call":
        minutes = sent.get("minutes", "")
        return actions.log_call(
            about,
            text,
            actor=actor,
            direction=actions.known_direction(sent.get("direction", "out")) or "out",
            minutes=int(minutes) if minutes.isascii() and minutes.isdigit() else None,
            outcome=sent.get("outcome", ""),
            at=at,
            mentions=mentions,
            once=once,
        )
    return actions.post_note(about, text, actor=actor, mentions=mentions, at=at, once=once)


def _written_at(request: HttpRequest) -> datetime | None:
    """Give when something was written that waited for a connection; what is older than a month counts as now."""
    at = _instant(request.headers.get("X-Written-At", ""))
    now = timezone.now()
    return at if at is not None and now - LONGEST_WAIT < at < now else None


def _mentions(request: HttpRequest) -> list[int]:
    found = []
    for public in request.POST.getlist("mentions")[:MOST_MENTIONS]:
        try:
            found.append(decode_id(public))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _instant(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if moment.tzinfo else timezone.make_aware(moment)


@screen(":view")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_entry(request: HttpRequest, type_key: str, record_id: str, entry_id: str) -> HttpResponse:
    """Show the editor of one's own entry in the dialog, or save it."""
    opened = open_record(request, type_key, record_id)
    entry = _entry(opened, entry_id)
    error = ""
    if request.method == "POST":
        try:
            actions.edit_entry(
                entry.pk,
                actor=opened.actor,
                text=request.POST.get("text", ""),
                title=request.POST.get("title") if entry.title else None,
                expected_version=int(request.POST.get("version") or entry.version),
            )
        except (Invalid, EditConflict, ValueError) as problem:
            error = str(problem)
        except Denied as problem:
            raise PermissionDenied from problem
        else:
            events: dict[str, Any] = {"dialog:close": {}, "timeline:refresh": {}}
            return done(request, _("Saved"), back=opened.url, events=events)
    else:
        _own(opened, entry)
    context = {
        "entry": entry,
        "text": request.POST.get("text", text_to_edit(entry)),
        "title": request.POST.get("title", entry.title),
        "url": request.path,
        "error": error,
        "back": opened.url,
    }
    return panel(request, "web/record/_entry_edit.html", context, title=_("Edit"), status=422 if error else 200)


def _entry(opened: Opened, entry_id: str) -> TimelineEntry:
    found = entry_seen(opened.actor, opened.rt.ref(opened.record), record_id_of(entry_id))
    if found is None:
        raise Http404
    return found


def _own(opened: Opened, entry: TimelineEntry) -> None:
    try:
        actions.own_entry(entry.pk, actor=opened.actor)
    except Denied as problem:
        raise PermissionDenied from problem


def _verb(act: Callable[..., TimelineEntry], back: str, text: Any) -> Callable[..., HttpResponse]:
    """Make the screen of one verb on an entry; `back` is the verb that undoes it."""

    @screen(":view")
    @require_POST
    def run(request: HttpRequest, type_key: str, record_id: str, entry_id: str) -> HttpResponse:
        opened = open_record(request, type_key, record_id)
        entry = _entry(opened, entry_id)
        try:
            act(entry.pk, actor=opened.actor)
        except Denied as problem:
            raise PermissionDenied from problem
        undo = f"{opened.url}entries/{entry_id}/{back}/"
        return done(request, text(), back=opened.url, undo=undo, events={"timeline:refresh": {}})

    return run


@screen()
@require_safe
def mentions(request: HttpRequest) -> HttpResponse:
    """Suggest colleagues for what stands behind an @."""
    actor = actor_of(request)
    found = options(actor, record_type("staff.user"), request.GET.get("q", ""), 8)
    return render(request, "web/form/_options.html", {"options": found})


@screen()
@require_safe
def references(request: HttpRequest) -> HttpResponse:
    """Suggest records and tags for what stands behind a #."""
    actor = actor_of(request)
    typed = request.GET.get("q", "")
    hits = search(actor, typed, limit=MOST_SUGGESTED) if typed else []
    found = [Option(str(hit.ref), hit.title, note=hit.subtitle, icon=hit.type.icon) for hit in hits]
    for rt in declared_types():
        if "hue" in fields_of(rt):
            tags = options(actor, rt, typed, MOST_SUGGESTED - len(found))
            found += [replace(tag, value=str(RecordRef(rt.key, decode_id(tag.value)))) for tag in tags]
    return render(request, "web/form/_options.html", {"options": found[:MOST_SUGGESTED]})


PLACE = "records/<str:type_key>/<str:record_id>/"
ENTRY = f"{PLACE}entries/<str:entry_id>/"
urlpatterns = [
    path("mentions/", mentions, name="mentions"),
    path("references/", references, name="references"),
    path(f"{PLACE}timeline/", timeline, name="record_timeline"),
    path(f"{PLACE}entries/", compose, name="record_entries"),
    path(f"{ENTRY}edit/", edit_entry, name="entry_edit"),
    path(f"{ENTRY}archive/", _verb(actions.archive_entry, "restore", lambda: _("Archived")), name="entry_archive"),
    path(f"{ENTRY}restore/", _verb(actions.restore_entry, "archive", lambda: _("Brought back")), name="entry_restore"),
]
