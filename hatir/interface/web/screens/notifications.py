"""The feed in the bell and as a page, reading it, and what a user wants to hear."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hatir.foundation.notifications import actions
from hatir.foundation.notifications.models import KINDS
from hatir.foundation.notifications.queries import own_item, unread_count, wish_of
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, trigger
from hatir.interface.web.context import provide_unread
from hatir.interface.web.notices import PLACE, drawn, notices_of
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import record_id_of

provide_unread(unread_count)


@screen()
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """Show all notifications, or the next page of them."""
    level, before = request.GET.get("level", ""), request.GET.get("before", "")
    context = _context(request, PLACE, level, before)
    if is_fragment(request) and before:
        return render(request, "web/notifications/_items.html", context)
    return render(request, "web/notifications/screen.html", {**context, "page_title": _("Notifications")})


@screen()
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Show the feed in the bell's menu."""
    level, before = request.GET.get("level", ""), request.GET.get("before", "")
    if not is_fragment(request):
        return HttpResponseRedirect(PLACE)
    context = _context(request, f"{PLACE}feed/", level, before)
    template = "web/notifications/_items.html" if before else "web/notifications/_feed.html"
    return render(request, template, context)


def _context(request: HttpRequest, base: str, level: str, before: str) -> dict[str, Any]:
    found = notices_of(actor_of(request), level=level, before=before, base=base)
    return {
        "items": found.items,
        "levels": found.levels,
        "next_url": found.next_url,
        "read_all_url": f"{PLACE}read/" if any(item.is_new for item in found.items) else "",
        "all_url": PLACE,
        "settings_url": f"{PLACE}settings/",
    }


@screen()
@require_safe
def open_item(request: HttpRequest, item_id: str) -> HttpResponse:
    """Mark an item as read and go where it leads."""
    item = own_item(actor_of(request), record_id_of(item_id))
    if item is None:
        raise Http404
    actions.mark_read([item.pk], actor=actor_of(request))
    url = item.url if item.url.startswith("/") and not item.url.startswith("//") else PLACE
    return HttpResponseRedirect(url)


@screen()
@require_POST
def read_item(request: HttpRequest, item_id: str) -> HttpResponse:
    """Mark an item as read; answers with the item."""
    actor = actor_of(request)
    item = own_item(actor, record_id_of(item_id))
    if item is None:
        raise Http404
    actions.mark_read([item.pk], actor=actor)
    if not is_fragment(request):
        return HttpResponseRedirect(PLACE)
    fresh = own_item(actor, item.pk)
    assert fresh is not None
    return render(request, "web/notifications/_items.html", {"items": [drawn(fresh)]})


@screen()
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark the whole feed as read."""
    actions.mark_all_read(actor=actor_of(request))
    if not is_fragment(request):
        return done(request, _("All read"), back=PLACE)
    context = _context(request, f"{PLACE}feed/", "", "")
    return trigger(render(request, "web/notifications/_feed.html", context), {"notifications:read": {}})


@screen()
@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """Show or keep what the user wants to hear, and when not."""
    actor = actor_of(request)
    if request.method == "POST":
        wanted = request.POST.getlist("kinds")
        actions.set_wishes(
            actor=actor,
            muted=[key for key, _label in KINDS if key not in wanted],
            quiet_from=_time(request.POST.get("quiet_from", "")),
            quiet_until=_time(request.POST.get("quiet_until", "")),
            digest=request.POST.get("digest") == "true",
        )
        return done(request, _("Saved"), back=f"{PLACE}settings/")
    held = actions.wishes_as_values(wish_of(actor.user_id or 0))
    context = {
        "page_title": _("Notification settings"),
        "crumbs": [{"label": _("Notifications"), "url": PLACE}],
        "kinds": [{"key": key, "label": label, "is_heard": key not in held["muted"]} for key, label in KINDS],
        **held,
    }
    return render(request, "web/notifications/settings.html", context)


def _time(text: str) -> time | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


urlpatterns = [
    path("notifications/", notifications, name="notifications"),
    path("notifications/feed/", feed, name="notifications_feed"),
    path("notifications/read/", read_all, name="notifications_read"),
    path("notifications/settings/", wishes, name="notifications_settings"),
    path("notifications/<str:item_id>/", open_item, name="notification"),
    path("notifications/<str:item_id>/read/", read_item, name="notification_read"),
]
