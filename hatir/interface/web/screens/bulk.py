"""Doing something with all selected rows: assign, tag, edit a field, archive, restore, export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hatir.foundation.access.queries import writable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere, RecordError
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.savedviews import bulk
from hatir.foundation.savedviews.bulk import BulkChange, Outcome
from hatir.foundation.savedviews.selection import Selection, read_selection, selected
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, panel, refused, safe_next, undo_url
from hatir.interface.web.inputs import Input, input_of, read_sent
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.types import type_or_404
from hatir.kit.filters.schema import FilterError
from hatir.kit.ids import decode_id

ASSIGN, TAG, EDIT, ARCHIVE, RESTORE = "assign", "tag", "edit", "archive", "restore"
VERBS = {ASSIGN: "edit", TAG: "edit", EDIT: "edit", ARCHIVE: "archive", RESTORE: "archive"}
NOT_IN_BULK = frozenset({"id"})


@dataclass(frozen=True)
class Asked:
    """A bulk action as asked for: by whom, on what, which."""

    actor: Actor
    rt: RecordType
    action: str
    selection: Selection


@screen(":view")
@require_POST
def ask(request: HttpRequest, type_key: str, action: str) -> HttpResponse:
    """Take the selection from the list and ask what to do with it."""
    actor = actor_of(request)
    if action not in VERBS:
        raise Http404
    rt = type_or_404(actor, type_key, VERBS[action])
    selection = selection_of(rt, request.POST)
    if not selection.ids and not selection.across:
        back = safe_next(request, f"/records/{rt.key}/")
        return done(request, _("Select at least one record first."), back=back, kind="warn")
    return _dialog(request, Asked(actor, rt, action, selection))


@screen(":view")
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, type_key: str, action: str) -> HttpResponse:
    """Do it. GET draws the dialog anew when another field was chosen in it."""
    actor = actor_of(request)
    if action not in VERBS:
        raise Http404
    rt = type_or_404(actor, type_key, VERBS[action])
    sent = request.POST if request.method == "POST" else request.GET
    try:
        asked = Asked(actor, rt, action, read_selection(sent.get("selection", "")))
        if asked.selection.type_key != rt.key:
            raise Http404
        if request.method != "POST":
            return _dialog(request, asked, sent.get("field", ""))
        return _apply(request, asked)
    except (NotFoundHere, FilterError):
        raise Http404 from None


def _apply(request: HttpRequest, asked: Asked) -> HttpResponse:
    back = safe_next(request, f"/records/{asked.rt.key}/")
    try:
        outcome = bulk.change_selected(asked.selection, _change(request, asked), actor=asked.actor)
    except Invalid as problem:
        return _dialog(request, asked, request.POST.get("field", ""), problem)
    except (Denied, NotFoundHere) as problem:
        return refused(request, problem, back=back)
    events: dict[str, Any] = {"dialog:close": {}, "list:refresh": {}}
    if outcome.job_id is not None:
        text = _("The change runs in the background; you may leave this page.")
        return done(request, text, back=back, undo=undo_url(asked.actor, outcome.operation), events=events)
    undo = undo_url(asked.actor, outcome.operation) if outcome.changed_count else ""
    kind = "warn" if outcome.refused_count else "ok"
    return done(request, _said(outcome), back=back, undo=undo, events=events, kind=kind)


def _change(request: HttpRequest, asked: Asked) -> BulkChange:
    if asked.action in (ARCHIVE, RESTORE):
        return BulkChange(asked.action)
    spec = _field(asked, request.POST.get("field", ""))
    raw = read_sent(asked.actor, {spec.name: spec}, request.POST)
    if asked.action == TAG:
        return BulkChange(add=raw)
    return BulkChange(values=raw)


def _said(outcome: Outcome) -> str:
    text = ngettext("%(count)d record changed.", "%(count)d records changed.", outcome.changed_count) % {
        "count": outcome.changed_count
    }
    if outcome.refused_count:
        text += " " + _("%(count)d could not be changed.") % {"count": outcome.refused_count}
    return text


def selection_of(rt: RecordType, sent: QueryDict) -> Selection:
    """Read the list's own form. Raises Http404 for something that no list sends."""
    try:
        ids = tuple(decode_id(value) for value in sent.getlist("ids"))
        around = json.loads(sent.get("filter") or "{}")
        tree = around.get("filter", {}) if isinstance(around, dict) else {}
        if not isinstance(tree, dict):
            raise ValueError("filter")
    except (ValueError, RecursionError):
        raise Http404 from None
    return Selection(rt.key, ids, sent.get("across") == "1", tree, bool(around.get("archived")))


def _dialog(request: HttpRequest, asked: Asked, field: str = "", problem: RecordError | None = None) -> HttpResponse:
    rt, action = asked.rt, asked.action
    try:
        found = selected(asked.actor, rt, asked.selection, VERBS[action]).order_by()[:10_001].count()
    except FilterError:
        raise Http404 from None
    count = f"{found:,}".replace(",", ".") if found <= 10_000 else "10.000+"
    context: dict[str, Any] = {
        "title": _title(action, count),
        "text": str(problem) if problem else _reason(asked, found),
        "url": f"/records/{rt.key}/bulk/{action}/apply/",
        "refresh_url": f"/records/{rt.key}/bulk/{action}/apply/",
        "button": _button(action, count),
        "danger": action == ARCHIVE,
        "hidden": [
            {"name": "selection", "value": asked.selection.to_token()},
            {"name": "next", "value": request.POST.get("next") or came_from(request, rt)},
        ],
    }
    if action not in (ARCHIVE, RESTORE):
        context |= _field_part(asked, field)
    return panel(request, "web/list/_bulk_edit.html", context, title=context["title"], status=422 if problem else 200)


def came_from(request: HttpRequest, rt: RecordType) -> str:
    """Give the list from which a bulk action was asked for, as it was shown."""
    came = request.headers.get("HX-Current-URL") or request.META.get("HTTP_REFERER", "")
    origin = f"{request.scheme}://{request.get_host()}/"
    return "/" + came.removeprefix(origin) if came.startswith(origin) else f"/records/{rt.key}/"


def _reason(asked: Asked, found: int) -> str:
    if not asked.selection.across and found < len(asked.selection.ids):
        left = len(asked.selection.ids) - found
        return _("%(count)d of the selected records are not yours to change; they stay as they are.") % {"count": left}
    if asked.action == ARCHIVE:
        return _("Archived records leave lists and search; nothing is lost, and they can be restored.")
    return ""


def _title(action: str, count: str) -> str:
    titles = {
        ASSIGN: _("Assign %(count)s records"),
        TAG: _("Tag %(count)s records"),
        EDIT: _("Edit a field of %(count)s records"),
        ARCHIVE: _("Archive %(count)s records"),
        RESTORE: _("Restore %(count)s records"),
    }
    return titles[action] % {"count": count}


def _button(action: str, count: str) -> str:
    if action == ARCHIVE:
        return _("Archive %(count)s records") % {"count": count}
    if action == RESTORE:
        return _("Restore %(count)s records") % {"count": count}
    return _("Change %(count)s records") % {"count": count}


def _field(asked: Asked, name: str) -> FieldSpec:
    """Find the field that is changed. Raises Http404 when there is none to change."""
    fields = writable_fields(asked.actor, asked.rt)
    if asked.action == ASSIGN:
        name = asked.rt.scope.owner if asked.rt.scope else ""
    elif not name:
        wanted = ("relations",) if asked.action == TAG else ("choice", "user", "text")
        name = next((spec.name for kind in wanted for spec in fields.values() if spec.kind == kind), "")
    spec = fields.get(name)
    if spec is None or (asked.action == TAG and spec.kind != "relations"):
        raise Http404
    return spec


def _field_part(asked: Asked, name: str) -> dict[str, Any]:
    spec = _field(asked, name)
    made: Input = input_of(asked.actor, spec, None, prefix="bulk", autofocus=True)
    fields = [
        {"value": other.name, "label": capital(other.label), "is_chosen": other.name == spec.name}
        for other in writable_fields(asked.actor, asked.rt).values()
        if other.name not in NOT_IN_BULK and other.name != asked.rt.title and not other.unique
    ]
    chooses = asked.action == EDIT
    return {
        "input": made,
        "label": capital(spec.label),
        "fields": fields if chooses else [],
        "fixed_field": "" if chooses else spec.name,
    }


@screen(":export")
@require_POST
def export(request: HttpRequest, type_key: str) -> HttpResponse:
    """Send the selection on to the export of its type."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "export")
    token = selection_of(rt, request.POST).to_token()
    url = f"/records/{rt.key}/export/?selection={token}&format=xlsx"
    response = HttpResponseRedirect(url)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=204)  # type: ignore[assignment]
        response["HX-Redirect"] = url
    return response


urlpatterns = [
    path("records/<str:type_key>/bulk/export/", export, name="bulk_export"),
    path("records/<str:type_key>/bulk/<str:action>/", ask, name="bulk_ask"),
    path("records/<str:type_key>/bulk/<str:action>/apply/", apply, name="bulk_apply"),
]
