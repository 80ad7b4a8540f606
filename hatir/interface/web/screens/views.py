"""Saved views of a list: save, change, share, pin, delete."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews import actions
from hatir.foundation.savedviews.models import ALL, SHARING, SavedView
from hatir.foundation.savedviews.queries import pinned_views, view_by_id
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, panel, refused, safe_next
from hatir.interface.web.context import PinnedView, provide_pinned
from hatir.interface.web.inputs import Option
from hatir.interface.web.liststate import ListState, read_state
from hatir.interface.web.permission import screen
from hatir.interface.web.templatetags.hatir import hue
from hatir.interface.web.types import list_url, type_or_404
from hatir.kit.filters.schema import FilterError


@screen(":view")
@require_http_methods(["GET", "HEAD", "POST"])
def new_view(request: HttpRequest, type_key: str) -> HttpResponse:
    """Save the list as it stands under a name."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    state = _state(actor, rt, request)
    if request.method != "POST":
        return _form(request, actor, state, None)
    values = {**_asked(request), **_standing(state)}
    try:
        view = actions.save_view(rt.key, values, actor=actor)
    except (Invalid, FilterError, Denied) as problem:
        return _form(request, actor, state, None, problem=str(problem))
    return _go(request, ListState(rt, state.path, state.tab).path + f"?view={view.public_id}")


@screen(":view")
@require_http_methods(["GET", "HEAD", "POST"])
def change_view(request: HttpRequest, type_key: str, view_id: str) -> HttpResponse:
    """Rename, share, pin or delete a view."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    view = _view_or_404(actor, rt, view_id)
    state = _state(actor, rt, request)
    if request.method != "POST":
        return _form(request, actor, state, view)
    try:
        if request.POST.get("delete"):
            actions.delete_view(view_id, actor=actor)
            return _go(request, state.path)
        actions.change_view(view_id, _asked(request), actor=actor)
    except (Invalid, FilterError) as problem:
        return _form(request, actor, state, view, problem=str(problem))
    except (Denied, NotFoundHere) as problem:
        return refused(request, problem, back=state.path)
    return _go(request, f"{state.path}?view={view_id}")


@screen(":view")
@require_POST
def save_standing(request: HttpRequest, type_key: str, view_id: str) -> HttpResponse:
    """Keep in the view how the list stands now."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    _view_or_404(actor, rt, view_id)
    state = _state(actor, rt, request)
    back = f"{state.path}?view={view_id}"
    try:
        actions.change_view(view_id, _standing(state), actor=actor)
    except (Invalid, Denied, NotFoundHere) as problem:
        return refused(request, problem, back=back)
    except FilterError as problem:
        return done(request, str(problem), back=back, kind="warn")
    return _go(request, back)


def _view_or_404(actor: Actor, rt: RecordType, view_id: str) -> SavedView:
    try:
        view = view_by_id(actor, view_id)
    except NotFoundHere:
        raise Http404 from None
    if view.type_key != rt.key:
        raise Http404
    return view


def _state(actor: Actor, rt: RecordType, request: HttpRequest) -> ListState:
    try:
        return read_state(actor, rt, safe_next(request, list_url(rt)).partition("?")[0], request.GET)
    except (NotFoundHere, ValueError):
        raise Http404 from None


def _standing(state: ListState) -> dict[str, Any]:
    return {"filter": dict(state.filter), "sort": state.sort, "columns": list(state.columns)}


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {
        "name": request.POST.get("name", ""),
        "shared": request.POST.get("shared", "mine"),
        "pinned": request.POST.get("pinned") == "1",
    }


def _go(request: HttpRequest, url: str) -> HttpResponse:
    if not is_fragment(request):
        return HttpResponseRedirect(url)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def _form(
    request: HttpRequest, actor: Actor, state: ListState, view: SavedView | None, *, problem: str = ""
) -> HttpResponse:
    shared = request.POST.get("shared") or (view.shared if view else "mine")
    sharing = [
        Option(key, str(label), key == shared) for key, label in SHARING if key != ALL or has_permission(actor, MANAGE)
    ]
    title = _("View settings") if view else _("Save as view")
    context = {
        "title": title,
        "url": state.beside(f"views/{view.public_id}/" if view else "views/new/"),
        "name": request.POST.get("name") or (view.name if view else ""),
        "sharing": sharing,
        "pinned": view.pinned if view else False,
        "may_delete": view is not None,
        "problem": problem,
    }
    return panel(request, "web/list/_view_form.html", context, title=title, status=422 if problem else 200)


@provide_pinned
def _pinned(actor: Actor) -> list[PinnedView]:
    return [
        PinnedView(view.name, f"{list_url(record_type(view.type_key))}?view={view.public_id}", hue(view.name))
        for view in pinned_views(actor)
    ]


urlpatterns = [
    path("records/<str:type_key>/views/new/", new_view, name="view_new"),
    path("records/<str:type_key>/views/<str:view_id>/", change_view, name="view_change"),
    path("records/<str:type_key>/views/<str:view_id>/save/", save_standing, name="view_save"),
]
