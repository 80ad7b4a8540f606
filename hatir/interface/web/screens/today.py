"""The first page of the day: what is due, who fell silent or was never contacted, who named me, what was opened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, readable_fields
from hatir.foundation.notifications.queries import feed
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type, type_of
from hatir.foundation.savedviews import lists
from hatir.foundation.savedviews.lists import ListQuery
from hatir.foundation.savedviews.queries import recent_records
from hatir.foundation.timeline.models import TimelineEntry
from hatir.foundation.timeline.queries import open_tasks_of, titles_of
from hatir.interface.web.acting import actor_of
from hatir.interface.web.context import unread_count
from hatir.interface.web.first_steps import steps_of
from hatir.interface.web.liststate import compact, joined
from hatir.interface.web.nav import Page, add_page
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import Presenter
from hatir.interface.web.screens.forms import creatable
from hatir.interface.web.templatetags.hatir import hue
from hatir.interface.web.types import list_url
from hatir.kit.formats_tr import format_full_date, format_relative
from hatir.kit.ids import encode_id

SILENT_DAYS = 30
MOST_SILENT = 7
MOST_MENTIONS = 5
LAST_CONTACT = "last_contact_at"
add_page("today", Page("today", gettext_lazy("Today"), "/today", order=0))


@screen()
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show the day."""
    actor = actor_of(request)
    local = timezone.localtime()
    language = get_language() or "tr"
    tasks = open_tasks_of(actor, local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1))
    queues = [_tasks(actor, tasks), _silent(actor), _never(actor)]
    context = {
        "page_title": _("Today"),
        "page_count": format_full_date(local.date(), language=language),
        "hello": _greeting(local.hour) % {"name": actor.label.split(" ")[0]},
        "hello_note": _note(actor, len(tasks)),
        "queues": [queue for queue in queues if queue["items"]],
        "changes": _recent(actor),
        "changes_title": _("Opened lately"),
        "mentions": _mentions(actor),
        "first_steps": _first_steps(actor),
    }
    return render(request, "web/today/screen.html", context)


def _first_steps(actor: Actor) -> dict[str, Any] | None:
    """Lead who manages the house to what is left of setting it up; to others and afterwards nothing."""
    if value_of("company.onboarded") or not has_permission(actor, MANAGE):
        return None
    steps = steps_of(actor)
    following = next((each.step.label for each in steps if each.is_next), "")
    done = sum(each.is_done for each in steps)
    return {"done": done, "total": len(steps), "url": "/first-steps/", "next": following}


def _tasks(actor: Actor, entries: list[TimelineEntry]) -> dict[str, Any]:
    """List own tasks and meetings that are due today or were before; each is ticked off in its place."""
    titles = titles_of(actor, [str(RecordRef(entry.type_key, entry.about_id)) for entry in entries])
    now = timezone.localtime()
    items: list[dict[str, Any]] = []
    for entry in entries:
        assert entry.due_at is not None
        ref, due = RecordRef(entry.type_key, entry.about_id), timezone.localtime(entry.due_at)
        is_today = due.date() == now.date()
        late = format_relative(due, now=now, zone=now.tzinfo or UTC, language=get_language() or "tr")
        items.append(
            {
                "title": entry.title,
                "note": titles.get(str(ref), ""),
                "icon": "calendar" if entry.kind == "meeting" else "circle-check",
                "hue": 8 if entry.kind == "meeting" else 5,
                "time": f"{due:%H:%M}" if is_today else late,
                "tone": "bad" if due < now else "",
                "url": f"{ref.url}#e-{encode_id(entry.pk)}",
                "done_url": f"{ref.url}entries/{encode_id(entry.pk)}/done/",
                "actions": [],
            }
        )
    return {"title": _("For you to do"), "items": items}


def _mentions(actor: Actor) -> list[dict[str, str]]:
    """List where colleagues named the actor and nobody looked yet."""
    return [
        {"text": item.text, "note": item.detail, "url": f"/notifications/{encode_id(item.pk)}/"}
        for item in feed(actor, kind="mention", only_unread=True, limit=MOST_MENTIONS)
    ]


def _greeting(hour: int) -> str:
    if 5 <= hour < 12:
        return _("Good morning, %(name)s")
    return _("Good day, %(name)s") if 12 <= hour < 18 else _("Good evening, %(name)s")


def _note(actor: Actor, task_count: int) -> str:
    said = []
    if task_count:
        said.append(
            ngettext("%(count)d task is waiting.", "%(count)d tasks are waiting.", task_count) % {"count": task_count}
        )
    count = unread_count(actor)
    if count:
        words = ngettext("%(count)d new notification.", "%(count)d new notifications.", count)
        said.append(words % {"count": count})
    return " ".join(said)


def _silent(actor: Actor) -> dict[str, Any]:
    """List own records of the first area that nobody contacted for a month; the title opens the whole list."""
    title = _("My customers, silent for %(days)d days") % {"days": SILENT_DAYS}
    return _own_queue(actor, title, {"field": LAST_CONTACT, "op": "before", "value": {"days_ago": SILENT_DAYS}})


def _never(actor: Actor) -> dict[str, Any]:
    """List own records that nobody contacted yet, the newest first."""
    return _own_queue(actor, _("My customers, never contacted"), {"field": LAST_CONTACT, "op": "empty"}, "-id")


def _own_queue(actor: Actor, title: str, condition: Mapping[str, Any], sort: str = LAST_CONTACT) -> dict[str, Any]:
    rt = _contacted_type(actor)
    queue: dict[str, Any] = {"title": title, "items": []}
    if rt is None or rt.scope is None:
        return queue
    tree = joined([{"field": rt.scope.owner, "op": "is", "value": {"var": "me"}}, condition])
    page = lists.read_list(actor, rt, ListQuery(tree, sort, ("phone", LAST_CONTACT), size=MOST_SILENT))
    queue["items"] = [_item(rt, record) for record in page.rows]
    if page.next:
        queue["all_url"] = f"{list_url(rt)}?{urlencode({'f': compact(tree), 'sort': sort})}"
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
    words = format_relative(at, now=timezone.now(), zone=zone, language=get_language() or "tr") if at else ""
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
