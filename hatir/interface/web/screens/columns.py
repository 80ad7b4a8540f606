"""Choosing which columns a list shows, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hatir.foundation.access.queries import readable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.savedviews import lists
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment, panel, safe_next
from hatir.interface.web.liststate import ListState, read_state
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.types import list_url, type_or_404
from hatir.kit.text_tr import sort_key


@screen(":view")
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show the columns to choose; take the choice and go to the list that has it."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    try:
        state = read_state(actor, rt, safe_next(request, list_url(rt)), request.GET)
    except (NotFoundHere, ValueError):
        raise Http404 from None
    chosen = [spec.name for spec in lists.columns_of(actor, rt, state.columns)]
    if request.method == "POST":
        chosen = _moved(request.POST.getlist("columns"), request.POST.get("up", ""), request.POST.get("down", ""))
        chosen = [spec.name for spec in lists.columns_of(actor, rt, chosen)]
        if not ("up" in request.POST or "down" in request.POST):
            return _go(request, state.url(own_columns=tuple(chosen)))
    context = {
        "action": state.beside("columns/"),
        "columns": _choices(actor, state, chosen),
        "reset_url": state.url(own_columns=None) if state.own_columns is not None else "",
    }
    return panel(request, "web/list/_columns.html", context, title=_("Columns"))


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if not is_fragment(request):
        return HttpResponseRedirect(url)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def _moved(names: Sequence[str], up: str, down: str) -> list[str]:
    chosen = list(dict.fromkeys(names))
    name, step = (up, -1) if up else (down, 1)
    if name in chosen:
        at = chosen.index(name)
        to = max(1, min(len(chosen) - 1, at + step))
        chosen.insert(to, chosen.pop(at))
    return chosen


def _choices(actor: Actor, state: ListState, chosen: Sequence[str]) -> list[dict[str, object]]:
    fields = readable_fields(actor, state.rt)
    rest = sorted((name for name in fields if name not in chosen), key=lambda name: sort_key(str(fields[name].label)))
    return [
        {
            "name": name,
            "label": capital(fields[name].label),
            "is_shown": name in chosen,
            "is_fixed": name == state.rt.title,
            "up_url": name in chosen[2:],
            "down_url": name in chosen[1:-1],
        }
        for name in (*chosen, *rest)
        if name != "id"
    ]


urlpatterns = [path("records/<str:type_key>/columns/", columns, name="list_columns")]
