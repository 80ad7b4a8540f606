"""The page of any record, its peek, and what its head can do: follow, archive, bring back, walk on."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import INFO, SUCCESS, add_message
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.foundation.access.queries import visible
from hatir.foundation.merging.queries import successor
from hatir.foundation.notifications.actions import follow, unfollow
from hatir.foundation.records import writing
from hatir.foundation.records.errors import RecordError
from hatir.foundation.timeline.queries import NO_PICK
from hatir.interface.web.answers import done, is_fragment, panel, refused, safe_next, undo_url
from hatir.interface.web.factsheet import FactSheet
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import (
    Opened,
    head_of,
    kpis_of,
    list_address,
    open_record,
    tags_of,
    thumb_actions,
    walk_of,
)
from hatir.interface.web.recordscreen import record_context
from hatir.interface.web.related import panels_of
from hatir.interface.web.timelines import timeline_of

PEEKED_ENTRIES = 5


@screen(":view")
@require_safe
def record_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show a record whole: facts, timeline, related."""
    opened = open_record(request, type_key, record_id)
    moved = _merged_away(request, opened)
    if moved is not None:
        return moved
    return render(request, "web/record/screen.html", record_context(request, opened))


def _merged_away(request: HttpRequest, opened: Opened) -> HttpResponse | None:
    """Lead from a record that went into another one to that one; None for all others."""
    into = successor(opened.rt.ref(opened.record)) if opened.record.archived_at is not None else None
    if into is None or not visible(opened.actor, opened.rt).filter(pk=into.id).exists():
        return None
    told = _("“%(title)s” was merged into this record.") % {"title": opened.rt.title_of(opened.record)}
    add_message(request, INFO, told)
    return HttpResponseRedirect(into.url)


@screen(":view")
@require_safe
def peek(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show a record in the sheet beside the list."""
    opened = open_record(request, type_key, record_id)
    sheet = FactSheet(opened.actor, opened.narrowed, opened.record, editable=opened.editable)
    context: dict[str, Any] = {
        "record": head_of(opened, sheet.presenter),
        "tags": tags_of(opened, sheet.presenter),
        "actions": [action for action in thumb_actions(opened) if not action.compose],
        "sections": sheet.sections()[:2],
        "kpis": kpis_of(opened, sheet.presenter),
    }
    if opened.rt.timeline:
        context["timeline"] = timeline_of(opened, request.GET, NO_PICK, size=PEEKED_ENTRIES)
    if is_fragment(request):
        return render(request, "web/record/_peek.html", context)
    return record_page(request, type_key=type_key, record_id=record_id)


@screen(":view")
@require_safe
def related(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show the right column. It comes after the page, which so costs the same however many rooms there are."""
    opened = open_record(request, type_key, record_id)
    context = {
        "panels": panels_of(opened.actor, opened.rt, opened.narrowed, opened.record, editable=opened.editable),
        "related_url": f"{opened.url}related/",
        "record_url": opened.url,
    }
    return panel(request, "web/record/_related.html", context, title=opened.rt.title_of(opened.record))


@screen(":view")
@require_safe
def walk(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show the neighbours in the list from which the record was opened."""
    opened = open_record(request, type_key, record_id)
    address = list_address(request)
    found = walk_of(opened, address) if address else None
    return render(request, "web/record/_walk.html", {"walk": found})


@screen(":view")
@require_POST
def star(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Follow the record, or no longer; answers with the changed button."""
    opened = open_record(request, type_key, record_id)
    ref = opened.rt.ref(opened.record)
    if opened.is_star:
        unfollow(ref, actor=opened.actor)
    else:
        follow(ref, actor=opened.actor)
    if is_fragment(request):
        head = {"star_url": f"{opened.url}star/", "is_star": not opened.is_star}
        return render(request, "web/record/_star.html", {"record": head})
    return done(request, _("Saved"), back=opened.url)


@screen(":view")
@require_POST
def archive(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Take the record out of daily sight, with undo; `next` is the page of which it is a part."""
    opened = open_record(request, type_key, record_id)
    try:
        writing.archive_many([opened.record], actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    if request.POST.get("next"):
        back = safe_next(request, opened.url)
        return done(request, _("Archived"), back=back, undo=undo_url(opened.actor), events={"record:refresh": {}})
    return _moved(request, opened, _("Archived"))


@screen(":view")
@require_POST
def restore(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Bring an archived record back."""
    opened = open_record(request, type_key, record_id)
    try:
        writing.restore_many([opened.record], actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    return _moved(request, opened, _("Brought back"))


def _moved(request: HttpRequest, opened: Opened, text: str) -> HttpResponse:
    """Show the page anew, because its head and menu change; the message waits for it."""
    add_message(request, SUCCESS, text, extra_tags=undo_url(opened.actor))
    if is_fragment(request):
        response = HttpResponse(status=200)
        response["HX-Redirect"] = opened.url
        return response
    return HttpResponseRedirect(opened.url)


PLACE = "records/<str:type_key>/<str:record_id>/"
urlpatterns = [
    path(PLACE, record_page, name="record_page"),
    path(f"{PLACE}peek/", peek, name="record_peek"),
    path(f"{PLACE}related/", related, name="record_related"),
    path(f"{PLACE}walk/", walk, name="record_walk"),
    path(f"{PLACE}star/", star, name="record_star"),
    path(f"{PLACE}archive/", archive, name="record_archive"),
    path(f"{PLACE}restore/", restore, name="record_restore"),
]
