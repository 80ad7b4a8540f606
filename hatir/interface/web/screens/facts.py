"""One fact of a record: its editor, saving it, opening a covered value, its history."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.access.queries import may_reveal
from hatir.foundation.audit.actions import record_revealed
from hatir.foundation.audit.queries import field_history, last_change_by
from hatir.foundation.live.actions import start_editing, stop_editing
from hatir.foundation.records.actions import update
from hatir.foundation.records.errors import Denied, EditConflict, Invalid, NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import clean_values
from hatir.interface.web.answers import done, is_fragment, panel, toast, undo_url
from hatir.interface.web.controls import control_of
from hatir.interface.web.factsheet import FactSheet
from hatir.interface.web.histories import operations_of
from hatir.interface.web.inputs import is_covered, read_sent
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.recordpages import Opened, open_record


@screen(":view")
@require_http_methods(["GET", "HEAD", "POST"])
def fact(request: HttpRequest, type_key: str, record_id: str, name: str) -> HttpResponse:
    """Show a fact's editor (`?show=1`: the fact itself), or save what it sends."""
    opened = open_record(request, type_key, record_id)
    sheet = _sheet(opened)
    if name not in sheet.fields:
        raise Http404
    if request.method != "POST" and request.GET.get("show"):
        stop_editing(opened.rt.ref(opened.record), actor=opened.actor)
        return _shown(request, sheet, name)
    if name not in sheet.writable:
        raise PermissionDenied
    spec = sheet.fields[name]
    if request.method != "POST":
        return _open_editor(request, opened, sheet, spec)
    return _save(request, opened, sheet, spec)


def _sheet(opened: Opened) -> FactSheet:
    return FactSheet(opened.actor, opened.narrowed, opened.record, editable=opened.editable)


def _shown(request: HttpRequest, sheet: FactSheet, name: str) -> HttpResponse:
    return render(request, "web/record/_fact.html", {"fact": sheet.fact(name)})


def _open_editor(request: HttpRequest, opened: Opened, sheet: FactSheet, spec: FieldSpec) -> HttpResponse:
    ref = opened.rt.ref(opened.record)
    start_editing(ref, actor=opened.actor)
    value = value_of(spec, opened.record)
    if spec.masked and value and not is_covered(opened.actor, spec):
        record_revealed(ref, [spec.name], actor=opened.actor, title=opened.rt.title_of(opened.record))
    return _editor(request, opened, sheet, spec, None if is_covered(opened.actor, spec) else value)


def _editor(
    request: HttpRequest,
    opened: Opened,
    sheet: FactSheet,
    spec: FieldSpec,
    value: Any,
    *,
    status: int = 200,
    error: str = "",
    conflict: dict[str, str] | None = None,
) -> HttpResponse:
    place = f"{opened.url}facts/{spec.name}/"
    context = {
        "fact": {"name": spec.name, "label": capital(spec.label), "edit_url": place, "cancel_url": f"{place}?show=1"},
        "input": control_of(
            opened.actor,
            opened.narrowed,
            spec,
            value,
            sent=request.POST if request.method == "POST" else None,
            autofocus=True,
        ),
        "version": opened.record.version,
        "error": error,
        "conflict": conflict,
        "back": opened.url,
    }
    return panel(request, "web/record/_fact_edit.html", context, title=capital(spec.label), status=status)


def _save(request: HttpRequest, opened: Opened, sheet: FactSheet, spec: FieldSpec) -> HttpResponse:
    raw: Any = request.POST.get(spec.name, "")
    if "do" in request.POST:
        return _editor(request, opened, sheet, spec, raw)
    ref = opened.rt.ref(opened.record)
    overwrite = request.POST.get("overwrite") == "1"
    try:
        raw = read_sent(opened.actor, {spec.name: spec}, request.POST).get(spec.name, raw)
        cleaned = clean_values({spec.name: spec}, {spec.name: raw}, complete=False)
        version = None if overwrite else _version(request)
        update(opened.rt, [(opened.record, cleaned)], actor=opened.actor, expected_version=version)
    except Invalid as problem:
        messages = [text for texts in problem.errors.values() for text in texts]
        return _editor(request, opened, sheet, spec, raw, status=422, error=" ".join(messages))
    except EditConflict as problem:
        return _conflict(request, type_key=opened.rt.key, raw=raw, spec=spec, opened=opened, problem=problem)
    except Denied as problem:
        raise PermissionDenied from problem
    except NotFoundHere:
        raise Http404 from None
    stop_editing(ref, actor=opened.actor)
    if not is_fragment(request):
        return done(request, _("Saved"), back=opened.url, undo=undo_url(opened.actor))
    fresh = open_record(request, opened.rt.key, opened.record.public_id)
    response = _shown(request, _sheet(fresh), spec.name)
    text = _("%(field)s saved") % {"field": capital(spec.label)}
    return toast(response, text, undo=undo_url(opened.actor))


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _conflict(
    request: HttpRequest, *, type_key: str, raw: Any, spec: FieldSpec, opened: Opened, problem: EditConflict
) -> HttpResponse:
    """Show both values: mine in the field, theirs above it."""
    fresh = open_record(request, type_key, opened.record.public_id)
    sheet = _sheet(fresh)
    who = last_change_by(fresh.actor, fresh.rt.ref(fresh.record), spec.name) or _("Somebody")
    theirs = sheet.fact(spec.name)
    told = {"who": who, "theirs": theirs.html if not theirs.is_empty else "–"}
    return _editor(request, fresh, sheet, spec, raw, status=409, conflict=told)


@screen(":view")
@require_POST
def reveal(request: HttpRequest, type_key: str, record_id: str, name: str) -> HttpResponse:
    """Open a covered value for those with the right; that it was opened is kept."""
    opened = open_record(request, type_key, record_id)
    sheet = _sheet(opened)
    spec = sheet.fields.get(name)
    if spec is None or not spec.masked or not may_reveal(opened.actor):
        raise Http404
    record_revealed(opened.rt.ref(opened.record), [name], actor=opened.actor, title=opened.rt.title_of(opened.record))
    return HttpResponse(f'<span class="mono num">{escape(value_of(spec, opened.record))}</span>')


@screen(":view")
@require_safe
def fact_history(request: HttpRequest, type_key: str, record_id: str, name: str) -> HttpResponse:
    """Show every value that a field has had."""
    opened = open_record(request, type_key, record_id)
    spec = _sheet(opened).fields.get(name)
    if spec is None:
        raise Http404
    entries = field_history(opened.actor, opened.rt.ref(opened.record), name)
    context = {
        "title": _("History: %(field)s") % {"field": capital(spec.label)},
        "operations": operations_of(opened, entries),
        "back": opened.url,
    }
    return panel(request, "web/record/_history.html", context, title=_("History"))


PLACE = "records/<str:type_key>/<str:record_id>/facts/<str:name>/"
urlpatterns = [
    path(PLACE, fact, name="record_fact"),
    path(f"{PLACE}reveal/", reveal, name="record_fact_reveal"),
    path(f"{PLACE}history/", fact_history, name="record_fact_history"),
]
