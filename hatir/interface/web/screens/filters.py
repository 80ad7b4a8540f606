"""Editing a list's filter: find a field or value by typing, change conditions, group them; also as a plain form."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.foundation.access.queries import open_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment, panel
from hatir.interface.web.filterforms import draw_groups, field_options
from hatir.interface.web.filtertrees import (
    Condition,
    Ground,
    Group,
    change,
    first_group,
    group_of,
    has_conditions,
    read_groups,
    settle,
)
from hatir.interface.web.inputs import options
from hatir.interface.web.liststate import ListState, joined, load_filter, parts_of, read_state
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.types import type_or_404
from hatir.kit.filters.schema import FilterError
from hatir.kit.text_tr import fold

MOST_SUGGESTED = 12
MOST_FIELDS = 40
PER_FIELD = 3


@screen(":view")
@require_safe
def filter_editor(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show the editor: of a new condition, of one part, or of the whole filter."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    state = _state(actor, rt, request)
    edit = request.GET.get("edit", "new")
    if edit == "new" and not has_conditions(request.GET) and "field" not in request.GET:
        return _menu(request, actor, state)
    ground = Ground(actor, rt)
    try:
        groups, kept, place = _edited(ground, state, request, edit)
        change(ground, settle(ground, groups), request.GET.get("do", ""))
        context = _context(ground, state, groups, kept, place, edit)
    except FilterError:
        raise Http404 from None
    return panel(request, "web/list/_filter_editor.html", context, title=_("Filter"))


def _state(actor: Actor, rt: RecordType, request: HttpRequest) -> ListState:
    try:
        return read_state(actor, rt, _list_path(request, rt), _without_conditions(request))
    except (NotFoundHere, ValueError):
        raise Http404 from None


def _without_conditions(request: HttpRequest) -> Any:
    asked = request.GET.copy()
    for name in list(asked):
        if name not in ("view", "f", "sort", "cols", "archived"):
            del asked[name]
    return asked


def _list_path(request: HttpRequest, rt: RecordType) -> str:
    """The list stands at its own address or at an area's; only addresses of this house are taken over."""
    asked = request.GET.get("next", "")
    known = asked.startswith("/") and not asked.startswith("//") and "\\" not in asked
    return asked if known else f"/records/{rt.key}/"


def _edited(ground: Ground, state: ListState, request: HttpRequest, edit: str) -> tuple[list[Group], list[Any], int]:
    """Give the groups to edit, the parts left alone, and the place where the edited ones stand among them."""
    sent = request.GET
    parts = parts_of(state.filter)
    if has_conditions(sent):
        kept = parts_of(load_filter(sent.get("keep", "")))
        place = sent.get("place", "")
        return read_groups(sent), kept, int(place) if place.isdecimal() else len(kept)
    if edit == "all":
        groups = [(part, group_of(part)) for part in parts]
        kept = [part for part, group in groups if group is None]
        return [group for _part, group in groups if group is not None] or [first_group(ground.rt)], kept, len(kept)
    if edit.isdecimal() and int(edit) < len(parts):
        found = group_of(parts[int(edit)])
        kept = [part for at, part in enumerate(parts) if at != int(edit)]
        return [found or first_group(ground.rt)], kept, int(edit)
    wanted = sent.get("field", ground.rt.title)
    return [Group([Condition(wanted, sent.get("op", ""), sent.getlist("value"))])], parts, len(parts)


def _context(
    ground: Ground, state: ListState, groups: list[Group], kept: list[Any], place: int, edit: str
) -> dict[str, Any]:
    said = {name: value for name, value in state.parameters().items() if name in ("view", "sort", "cols", "archived")}
    hidden = [{"name": name, "value": value} for name, value in said.items()]
    hidden += [
        {"name": "keep", "value": json.dumps(joined(kept), ensure_ascii=False)},
        {"name": "place", "value": str(place)},
    ]
    return {
        "action": state.path,
        "hidden": hidden,
        "groups": draw_groups(ground, groups),
        "prefix": ground.prefix,
        "around": "closest form",
        "several": len(groups) > 1,
        "refresh_url": f"/records/{state.rt.key}/filter/?{urlencode({'edit': edit, 'next': state.path})}",
        "kept_count": len(kept),
    }


# --- finding a field or a value by typing ----------------------------------------------------------


def _menu(request: HttpRequest, actor: Actor, state: ListState) -> HttpResponse:
    typed = request.GET.get("q", "")
    context = {
        "suggest_url": state.beside("filter/", edit="new"),
        "query": typed,
        "values": _value_suggestions(actor, state, typed) if fold(typed) else [],
        "fields": _field_suggestions(actor, state, typed),
        "all_url": state.beside("filter/", edit="all") if parts_of(state.filter) else "",
        "archived_url": state.url(archived=not state.archived),
        "is_archived": state.archived,
    }
    if is_fragment(request) and "q" in request.GET:
        return render(request, "web/list/_filter_suggestions.html", context)
    return panel(request, "web/list/_filter_menu.html", context, title=_("Filter"))


def _field_suggestions(actor: Actor, state: ListState, typed: str) -> list[dict[str, str]]:
    wanted = fold(typed)
    found = [
        {"label": option.label, "url": state.beside("filter/", edit="new", field=option.value)}
        for option in field_options(Ground(actor, state.rt), state.rt)
        if wanted in fold(option.label) and (wanted or "›" not in option.label)
    ]
    return found[:MOST_FIELDS]


def _value_suggestions(actor: Actor, state: ListState, typed: str) -> list[dict[str, str]]:
    """Offer whole conditions whose value begins with what was typed: "izm" gives City is İzmir."""
    found: list[dict[str, str]] = []
    for spec in open_fields(actor, state.rt).values():
        if not spec.filterable:
            continue
        for value, label, op in _values_of(actor, state.rt, spec, typed):
            part = {"field": spec.name, "op": op, "value": value}
            url = state.url(own_filter=joined([*parts_of(state.filter), part]))
            found.append({"field": capital(spec.label), "label": label, "url": url})
        if len(found) >= MOST_SUGGESTED:
            break
    return found[:MOST_SUGGESTED]


def _values_of(actor: Actor, rt: RecordType, spec: FieldSpec, typed: str) -> list[tuple[Any, str, str]]:
    wanted = fold(typed)
    if spec.choices:
        several = spec.kind == "multichoice"
        fitting = [(key, str(label)) for key, label in spec.choices if fold(str(label)).startswith(wanted)]
        return [([key] if several else key, label, "any_of" if several else "is") for key, label in fitting]
    if spec.kind in (*TO_ONE, "relations") and spec.target:
        several = spec.kind == "relations"
        target = record_type(spec.target)
        return [
            ([option.value] if several else option.value, option.label, "any_of" if several else "is")
            for option in options(actor, target, typed, PER_FIELD)
        ]
    if spec.name == rt.title:
        return [(typed.strip(), _("contains “%(text)s”") % {"text": typed.strip()}, "contains")]
    return [(value, value, "is") for value in _known_texts(actor, rt, spec, wanted)]


def _known_texts(actor: Actor, rt: RecordType, spec: FieldSpec, wanted: str) -> list[str]:
    """List values that occur, where the type keeps a folded column to look them up by."""
    if not spec.fold_path:
        return []
    rows = visible(actor, rt).filter(**{f"{spec.fold_path}__startswith": wanted}, archived_at=None)
    return list(rows.order_by(spec.fold_path).values_list(spec.path, flat=True).distinct()[:PER_FIELD])


urlpatterns = [path("records/<str:type_key>/filter/", filter_editor, name="list_filter")]
