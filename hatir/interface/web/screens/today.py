"""The first page of the day, from what the house knows: who fell silent, and what was opened lately."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.foundation.access.queries import readable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import record_type, type_of
from hatir.foundation.savedviews import lists
from hatir.foundation.savedviews.lists import ListQuery
from hatir.foundation.savedviews.queries import recent_records
from hatir.interface.web.acting import actor_of
from hatir.interface.web.context import unread_count
from hatir.interface.web.liststate import compact, joined
from hatir.interface.web.nav import Page, add_page
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import Presenter
from hatir.interface.web.screens.forms import creatable
from hatir.interface.web.templatetags.hatir import hue
from hatir.interface.web.types import list_url
from hatir.kit.formats_tr import format_full_date, format_relative

SILENT_DAYS = 30
MOST_SILENT = 7
LAST_CONTACT = "last_contact_at"
add_page("today", Page("today", gettext_lazy("Today"), "/today", order=0))


@screen()
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show the day."""
    actor = actor_of(request)
    local = timezone.localtime()
    language = get_language() or "tr"
    silent = _silent(actor)
    context = {
        "page_title": _("Today"),
        "page_count": format_full_date(local.date(), language=language),
        "hello": _greeting(local.hour) % {"name": actor.label.split(" ")[0]},
        "hello_note": _note(actor),
        "queue": silent,
        "changes": _recent(actor),
        "changes_title": _("Opened lately"),
    }
    return render(request, "web/today/screen.html", context)


def _greeting(hour: int) -> str:
    if 5 <= hour < 12:
        return _("Good morning, %(name)s")
    return _("Good day, %(name)s") if 12 <= hour < 18 else _("Good evening, %(name)s")


def _note(actor: Actor) -> str:
    count = unread_count(actor)
    if not count:
        return ""
    return ngettext("%(count)d new notification.", "%(count)d new notifications.", count) % {"count": count}


def _silent(actor: Actor) -> dict[str, Any]:
    """List own records of the first area that nobody contacted for a month; the title opens the whole list."""
    rt = _contacted_type(actor)
    queue: dict[str, Any] = {"title": _("My customers, silent for %(days)d days") % {"days": SILENT_DAYS}, "items": []}
    if rt is None or rt.scope is None:
        return queue | {"title": _("Waiting for you")}
    tree = joined(
        [
            {"field": rt.scope.owner, "op": "is", "value": {"var": "me"}},
            {"field": LAST_CONTACT, "op": "before", "value": {"days_ago": SILENT_DAYS}},
        ]
    )
    page = lists.read_list(actor, rt, ListQuery(tree, LAST_CONTACT, ("phone", LAST_CONTACT), size=MOST_SILENT))
    queue["items"] = [_item(rt, record) for record in page.rows]
    if page.next:
        queue["all_url"] = f"{list_url(rt)}?{urlencode({'f': compact(tree), 'sort': LAST_CONTACT})}"
    return queue


def _contacted_type(actor: Actor) -> RecordType | None:
    for rt in creatable(actor):
        root = record_type(rt.root_key)
        if root.scope and root.scope.owner and LAST_CONTACT in readable_fields(actor, root):
            return root
    return None


def _item(rt: RecordType, record: Any) -> dict[str, Any]:
    at = record.last_contact_at
    zone = timezone.get_current_timezone()
    words = format_relative(at, now=timezone.now(), zone=zone, language=get_language() or "tr")
    phone = getattr(record, "phone", "")
    url = rt.ref(record).url
    tel = f"tel:{''.join(phone.split())}"
    call = {"label": pgettext("verb", "Call"), "icon": "phone", "url": tel, "primary": False}
    return {
        "title": rt.title_of(record),
        "note": phone,
        "icon": rt.icon,
        "hue": hue(rt.title_of(record)),
        "time": words,
        "url": url,
        "actions": [call] if phone else [],
    }


def _recent(actor: Actor) -> list[dict[str, str]]:
    found = []
    for record in recent_records(actor, 6):
        rt = type_of(record)
        narrowed = Presenter(actor, rt, ()).narrowed(record)
        found.append({"title": rt.title_of(record), "url": rt.ref(record).url, "note": str(narrowed.singular_label)})
    return found


@screen()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the day."""
    del request
    return HttpResponseRedirect("/today")


urlpatterns = [path("", home, name="home"), path("today", today, name="today"), path("today/", today)]
