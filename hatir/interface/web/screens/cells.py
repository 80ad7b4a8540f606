"""Editing one cell of a list in place, and drawing one row anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hatir.foundation.access.queries import visible, writable_fields
from hatir.foundation.audit.queries import last_change_by
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, EditConflict, Invalid, NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import clean_values, from_plain
from hatir.foundation.savedviews import lists
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, panel, refused, toast, undo_url
from hatir.interface.web.inputs import input_of, is_covered, read_sent
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import Presenter, capital
from hatir.interface.web.types import record_or_404, type_or_404


@screen(":view")
@require_safe
def row(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Draw one row of a list anew."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    record = record_or_404(actor, rt, record_id)
    return _row(request, actor, rt, record)


def _row(request: HttpRequest, actor: Actor, rt: RecordType, record: Any) -> HttpResponse:
    specs = lists.columns_of(actor, rt, [name for name in request.GET.get("cols", "").split(",") if name])
    presenter = Presenter(actor, rt, specs)
    presenter.prepare([record])
    return render(request, "web/list/_row.html", {"row": presenter.row(record), "table": {"has_selection": True}})


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, type_key: str, record_id: str, field: str) -> HttpResponse:
    """Give a cell as a form; take its value, and answer with the row, or with what is wrong beside the value."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    spec = writable_fields(actor, rt).get(field)
    if spec is None:
        raise Http404
    try:
        record = record_or_404(actor, rt, record_id, "edit")
        if request.method != "POST":
            return _editor(request, actor, rt, record, spec)
        return _save(request, actor, rt, record, spec)
    except (Denied, NotFoundHere) as problem:
        return refused(request, problem, back=rt.ref(record_or_404(actor, rt, record_id)).url)


def _save(request: HttpRequest, actor: Actor, rt: RecordType, record: Any, spec: FieldSpec) -> HttpResponse:
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdecimal() else None
    try:
        raw = read_sent(actor, {spec.name: spec}, request.POST)
        values = clean_values({spec.name: spec}, raw, complete=False)
        actions.update(rt, [(record, values)], actor=actor, expected_version=version)
    except Invalid as problem:
        return _editor(request, actor, rt, record, spec, error=str(problem), status=422)
    except EditConflict as conflict:
        return _conflict(request, actor, rt, record, spec, conflict)
    text = _("%(field)s saved: %(title)s") % {"field": capital(spec.label), "title": rt.title_of(record)}
    back = rt.ref(record).url
    if not is_fragment(request):
        return done(request, text, back=request.POST.get("next") or back, undo=undo_url(actor))
    fresh = visible(actor, rt).filter(pk=record.pk).first()
    if fresh is None:
        return done(request, text, back=back, undo=undo_url(actor), events={"list:refresh": {}})
    return toast(_row(request, actor, rt, fresh), text, undo=undo_url(actor))


def _conflict(
    request: HttpRequest, actor: Actor, rt: RecordType, record: Any, spec: FieldSpec, conflict: EditConflict
) -> HttpResponse:
    """Show both values; saving again stores this one over the other, knowingly."""
    fresh = record_or_404(actor, rt, rt.ref(record).public_id)
    presenter = Presenter(actor, rt, [spec])
    presenter.prepare([fresh])
    who = last_change_by(actor, rt.ref(fresh), spec.name) or _("Somebody")
    note = {"who": who, "theirs": presenter.cell(spec, fresh).html}
    record.version = fresh.version
    return _editor(request, actor, rt, record, spec, conflict=note, status=409)


def _editor(
    request: HttpRequest,
    actor: Actor,
    rt: RecordType,
    record: Any,
    spec: FieldSpec,
    *,
    error: str = "",
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    typed = request.POST.get(spec.name) if request.method == "POST" and not spec.is_many else None
    held = None if is_covered(actor, spec) else value_of(spec, record)
    value = typed if typed is not None else from_plain(spec, held) if spec.is_custom else held
    made = input_of(actor, spec, value, autofocus=True, prefix=f"cell-{rt.ref(record).public_id}")
    url = f"/records/{rt.key}/{rt.ref(record).public_id}/cells/{spec.name}/"
    asked = {"cols": request.GET.get("cols", "")}
    context = {
        "url": f"{url}?{urlencode(asked)}",
        "version": record.version,
        "input": replace(made, is_invalid=bool(error)),
        "label": capital(spec.label),
        "slot": "",
        "is_first": spec.name == rt.title,
        "error": error,
        "conflict": conflict,
    }
    if is_fragment(request):
        return render(request, "web/list/_cell_edit.html", context, status=status)
    return panel(request, "web/list/_cell_page.html", context, title=capital(spec.label), status=status)


urlpatterns = [
    path("records/<str:type_key>/<str:record_id>/row/", row, name="list_row"),
    path("records/<str:type_key>/<str:record_id>/cells/<str:field>/", cell, name="list_cell"),
]
