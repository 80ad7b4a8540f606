"""Trying out whom several segments reach together: each customer counted once, some taken out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hatir.domains.customers import actions
from hatir.domains.customers.models import Segment
from hatir.domains.customers.queries.segments import open_segments, recipients_of, sees_all_customers
from hatir.domains.customers.screens.segments import members_url
from hatir.foundation.access.queries import may
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.registry import type_of_model
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.types import list_url, type_or_404
from hatir.kit.ids import decode_id, encode_id

LIST = "customers.list"


@screen(":view")
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show count and overlap of the chosen segments; a POST makes a list of whom they reach."""
    actor = actor_of(request)
    type_or_404(actor, type_key)
    sent = request.POST if request.method == "POST" else request.GET
    including, excluding = _ids(sent.getlist("in")), _ids(sent.getlist("out"))
    if request.method != "POST":
        return render(request, "customers/reach.html", _context(actor, including, excluding))
    try:
        name = request.POST.get("name", "")
        made, count = actions.make_list_of(name, including=including, excluding=excluding, actor=actor)
    except Invalid as wrong:
        context = {**_context(actor, including, excluding), "errors": wrong.errors.get("name", [str(wrong)])}
        return render(request, "customers/reach.html", context, status=422)
    except RecordError as problem:
        return refused(request, problem, back=request.get_full_path())
    text = _("The list “%(name)s” was made with %(count)d customers.") % {"name": made.name, "count": count}
    return done(request, text, back=type_of_model(type(made)).ref(made).url, undo=undo_url(actor))


def _ids(texts: list[str]) -> list[int]:
    found = []
    for text in texts:
        try:
            found.append(decode_id(text))
        except ValueError:
            continue
    return found


def _context(actor: Actor, including: list[int], excluding: list[int]) -> dict[str, Any]:
    rt = type_of_model(Segment)
    shown = open_segments(actor)
    context: dict[str, Any] = {
        "page_title": _("Recipients of segments"),
        "crumbs": [{"label": capital(rt.plural_label), "url": list_url(rt)}],
        "segments": [(segment, segment.pk in including, segment.pk in excluding) for segment in shown],
        "sees_all": sees_all_customers(actor),
        "may_make": may(actor, "create", LIST),
    }
    if including:
        found = recipients_of(actor, including, excluding)
        names = {segment.pk: segment.name for segment in shown}
        context["found"] = found
        context["parts"] = [(names[pk], count) for pk, count in found.parts]
        context["customers_url"] = members_url(_filter(including, excluding))
    return context


def _filter(including: list[int], excluding: list[int]) -> dict[str, Any]:
    inside = {"field": "segments", "op": "any_of", "value": [encode_id(pk) for pk in including]}
    if not excluding:
        return inside
    return {"all": [inside, {"field": "segments", "op": "none_of", "value": [encode_id(pk) for pk in excluding]}]}
