"""The first page of the day: one queue of what waits, the calendar of today, who named me, what was opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.planning import actions, rules
from hatir.domains.planning.models import CALL, MEETING, TO_DO, VISIT
from hatir.domains.planning.queries import QueueItem, todays_queue
from hatir.domains.planning.screens.proposals import proposal, results_of
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.refs import RecordRef, parse_ref
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, refused, toast, undo_url
from hatir.interface.web.context import unread_count
from hatir.interface.web.day import first_steps_of, greeting, mentions_of, recent_of
from hatir.interface.web.nav import Page, add_page
from hatir.interface.web.permission import screen
from hatir.kit.formats_tr import format_compact_money, format_full_date, format_percent, format_relative
from hatir.kit.ids import decode_id, encode_id

ICONS = {TO_DO: "circle-check", CALL: "phone", MEETING: "calendar", VISIT: "map-pin"}
HUES = {TO_DO: 5, CALL: 6, MEETING: 8, VISIT: 4}
MOST_SHOWN = 30
add_page("today", Page("today", gettext_lazy("Priority queue"), "/today", order=0))


@screen()
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Show the day."""
    actor, now = actor_of(request), timezone.localtime()
    queue = todays_queue(actor, now, _midnight(now))
    context = {
        "page_title": _("Today"),
        "page_count": format_full_date(now.date(), language=get_language() or "tr"),
        "hello": greeting(now.hour) % {"name": actor.label.split(" ")[0]},
        "hello_note": _note(actor, queue, now),
        "items": [_drawn(item, now, is_first=at == 0) for at, item in enumerate(queue[:MOST_SHOWN])],
        "queue_count": len(queue),
        "more_count": max(0, len(queue) - MOST_SHOWN),
        "agenda": _agenda(queue, now),
        "changes": recent_of(actor),
        "mentions": mentions_of(actor),
        "first_steps": first_steps_of(actor),
    }
    return render(request, "planning/today.html", context)


def _midnight(now: datetime) -> datetime:
    """Give the end of the local day, which a change of the clock may make shorter or longer."""
    following = now.date() + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=timezone.get_current_timezone())


def _note(actor: Actor, queue: list[QueueItem], now: datetime) -> str:
    said = []
    if queue:
        count = len(queue)
        said.append(
            ngettext("%(count)d thing waits for you.", "%(count)d things wait for you.", count) % {"count": count}
        )
        late = sum(item.due_at is not None and item.due_at < now for item in queue)
        if late:
            said.append(ngettext("%(count)d is late.", "%(count)d are late.", late) % {"count": late})
        if queue[0].customer:
            said.append(_("%(name)s comes first.") % {"name": queue[0].customer})
    count = unread_count(actor)
    if count:
        words = ngettext("%(count)d new notification.", "%(count)d new notifications.", count)
        said.append(words % {"count": count})
    return " ".join(said)


def _drawn(item: QueueItem, now: datetime, *, is_first: bool) -> dict[str, Any]:
    """Give one row of the queue as the template draws it."""
    place = f"/tasks/{encode_id(item.task_id)}/" if item.task_id else ""
    due = timezone.localtime(item.due_at) if item.due_at else None
    is_today = due is not None and due.date() == now.date()
    is_late = due is not None and due < now and not (item.is_all_day and is_today)
    told = ""
    if due is not None:
        words = format_relative(due, now=now, zone=timezone.get_current_timezone(), language=get_language() or "tr")
        told = (_("All day") if item.is_all_day else f"{due:%H:%M}") if is_today else words
    return {
        "title": f"{item.customer}: {item.title}" if item.customer else item.title,
        "note": ", ".join(part for part in (_worth(item), item.reason) if part),
        "icon": item.icon or ICONS[item.kind],
        "hue": HUES[item.kind],
        "time": told,
        "tone": "bad" if is_late else "",
        "url": item.ref.url,
        "is_first": is_first,
        "call": f"tel:{''.join(item.phone.split())}" if item.phone and item.kind == CALL else "",
        "done_url": f"{place}done/" if place else "/today/result/",
        "later_url": f"{place}later/" if place else "",
        "about": "" if place else str(item.ref),
        "name": item.title,
        "results": results_of(item.kind),
        "press": item.press,
        "usual": rules.RESULTS[item.kind][0],
    }


def _worth(item: QueueItem) -> str:
    language = get_language() or "tr"
    said = []
    if item.value and item.task_id:
        said.append(format_compact_money(item.value, language=language))
    if item.probability is not None and item.task_id:
        chance = format_percent(item.probability, decimals=0, language=language)
        said.append(_("%(chance)s probability") % {"chance": chance})
    return ", ".join(said)


def _agenda(queue: list[QueueItem], now: datetime) -> list[dict[str, Any]]:
    """List what has a time today, in the order of the clock."""
    timed = [(timezone.localtime(item.due_at), item) for item in queue if item.due_at and item.task_id]
    return [
        {
            "time": f"{due:%H:%M}",
            "title": f"{item.customer}, {item.title}" if item.customer else item.title,
            "url": item.ref.url,
            "hue": HUES[item.kind],
        }
        for due, item in sorted(timed, key=lambda pair: pair[0])
        if due.date() == now.date() and not item.is_all_day
    ]


@screen()
@require_POST
def note_result(request: HttpRequest) -> HttpResponse:
    """Write down what came of calling about a record for which no task was planned."""
    actor, sent = actor_of(request), request.POST
    about = _ref(sent.get("about", ""))
    outcome = sent.get("outcome", "") or rules.RESULTS[CALL][0]
    try:
        task = actions.plan(sent.get("title", "") or _("Call"), actor=actor, about=about, kind=CALL,
                            due_at=timezone.now(), reminds=False)  # fmt: skip
        actions.complete_task(task.pk, actor=actor, outcome=outcome, result=sent.get("result", ""))
    except RecordError as problem:
        return refused(request, problem, back="/today")
    text = _("Written down: %(title)s") % {"title": task.title}
    if not is_fragment(request):
        return done(request, text, back="/today", undo=undo_url(actor))
    offered = proposal(
        CALL, outcome, title=task.title, about=task.about, customer_id=task.customer_id, at=timezone.now()
    )
    answer = render(request, "planning/_proposal.html", {"offer": offered}) if offered else HttpResponse("")
    return toast(answer, text, undo=undo_url(actor), url=about.url, label=_("Open"))


@screen()
@require_POST
def plan_next(request: HttpRequest) -> HttpResponse:
    """Plan the proposed next task."""
    actor, sent = actor_of(request), request.POST
    try:
        task = actions.plan(
            sent.get("title", ""),
            actor=actor,
            about=_ref(sent.get("about", "")),
            kind=sent.get("kind", CALL) if sent.get("kind", CALL) in rules.RESULTS else CALL,
            due_at=_instant(sent.get("due", "")),
            customer_id=_id(sent.get("customer", "")),
        )
    except RecordError as problem:
        return refused(request, problem, back="/today")
    assert task.due_at is not None
    text = _("Planned: %(title)s") % {"title": task.title}
    if is_fragment(request):
        return toast(HttpResponse(""), text, undo=undo_url(actor), url=f"/records/planning.task/{task.public_id}/",
                     label=_("Open"))  # fmt: skip
    return done(request, text, back="/today", undo=undo_url(actor))


def _ref(text: str) -> RecordRef:
    try:
        return parse_ref(text)
    except ValueError:
        raise Http404 from None


def _id(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    try:
        return decode_id(text) if text else None
    except ValueError:
        raise Http404 from None


def _instant(text: str) -> datetime:
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None:
        raise Invalid({"due": [_("Say when.")]})
    return moment if moment.tzinfo else timezone.make_aware(moment)
