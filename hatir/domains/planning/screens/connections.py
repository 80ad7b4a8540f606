"""Tying one's own calendar programs to Hatır: a link to read, an app password to read and write, a file to bring in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.planning import actions, queries
from hatir.foundation.access.keys import create_api_key
from hatir.foundation.access.queries import may
from hatir.foundation.notifications.queries import actor_of as actor_for
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused
from hatir.interface.web.permission import public, screen
from hatir.interface.web.types import type_or_404

PLACE = "/calendar/connections/"
VERBS = ("view", "create", "edit", "archive")
LONGEST_FILE = 20_000_000


@screen(":view")
@require_safe
def connections(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show how calendar programs are tied in."""
    actor = actor_of(request)
    type_or_404(actor, type_key)
    return _page(request, actor)


def _page(request: HttpRequest, actor: Actor, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "page_title": _("Connect a calendar"),
        "crumbs": [{"label": _("Calendar"), "url": "/calendar/"}],
        "address": f"{settings.HATIR_BASE_URL}/dav/",
        "email": actor.memory["user"].email if "user" in actor.memory else "",
        "has_link": bool(queries.feed_links_of(actor)),
        "may_write": may(actor, "create", "planning.task"),
        **more,
    }
    return render(request, "planning/connections.html", context, status=status)


@screen(":view")
@require_POST
def make_link(request: HttpRequest, type_key: str) -> HttpResponse:
    """Make a link to read the calendar, and show it this one time; an earlier one closes."""
    actor = actor_of(request)
    type_or_404(actor, type_key)
    token = actions.make_feed_link(actor=actor)
    return _page(request, actor, feed_url=f"{settings.HATIR_BASE_URL}/calendar/feed/{token}.ics")


@screen(":view")
@require_POST
def close_links(request: HttpRequest, type_key: str) -> HttpResponse:
    """Close the link."""
    actor = actor_of(request)
    type_or_404(actor, type_key)
    actions.revoke_feed_links(actor=actor)
    return done(request, _("The link no longer opens."), back=PLACE)


@screen(":view")
@require_POST
def make_password(request: HttpRequest, type_key: str) -> HttpResponse:
    """Make an app password that opens one's own calendar and nothing else, and show it this one time."""
    actor = actor_of(request)
    type_or_404(actor, type_key)
    scopes = [f"{verb}:planning.task" for verb in VERBS]
    name = " ".join(request.POST.get("name", "").split())[:60] or _("Calendar")
    try:
        made = create_api_key(actor.memory["user"], name, scopes, actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=PLACE)
    return _page(request, actor, password=made.plain)


@screen(":create")
@require_POST
def import_file(request: HttpRequest, type_key: str) -> HttpResponse:
    """Bring a file of events into one's own calendar."""
    actor = actor_of(request)
    type_or_404(actor, type_key, "create")
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LONGEST_FILE:
        text = _("Choose a calendar file (.ics).") if file is None else _("The file is too large.")
        return _page(request, actor, errors=[text], status=422)
    try:
        found = actions.import_events(file.read().decode("utf-8", errors="replace"), actor=actor)
    except RecordError as problem:
        return _page(request, actor, errors=[str(problem)], status=422)
    said = ngettext("%(count)d new entry", "%(count)d new entries", found.made) % {"count": found.made}
    more = _("%(changed)d changed, %(same)d as they were") % {"changed": found.changed, "same": found.unchanged}
    return _page(request, actor, imported=f"{said}, {more}.", problems=found.problems[:20])


@public()
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give a person's calendar to whoever holds the link; a wrong link is a page that does not exist."""
    del request
    user = queries.user_of_feed(token)
    if user is None:
        raise Http404
    actor = actor_for(user)
    if not may(actor, "view", "planning.task"):
        raise Http404
    tasks = queries.calendar_tasks(actor).select_related("customer").order_by("due_at")[:5000]
    answer = HttpResponse(
        queries.calendar_text(tasks, name=f"Hatır: {user.name}").encode(), content_type="text/calendar; charset=utf-8"
    )
    answer["Cache-Control"] = "private, max-age=300"
    answer["Content-Disposition"] = 'inline; filename="hatir.ics"'
    return answer
