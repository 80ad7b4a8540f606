"""One task: completing it with a result, opening it again, putting it off."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hatir.domains.planning import actions
from hatir.domains.planning.models import Task
from hatir.domains.planning.queries import next_step_of, step_form_of
from hatir.domains.planning.screens.proposals import proposal
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.registry import type_of_model
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, refused, safe_next, toast, trigger, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.types import record_or_404, type_or_404

MORNING = time(9, 0)


@screen(":edit")
@require_POST
def done_screen(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Complete a task; in the queue of the day its row becomes the proposal of what comes next."""
    actor = actor_of(request)
    task = _task(request, type_key, record_id)
    back = safe_next(request, "/today")
    try:
        outcome, result = request.POST.get("outcome", ""), request.POST.get("result", "")
        found = actions.complete_task(task.pk, actor=actor, outcome=outcome, result=result)
    except RecordError as problem:
        return refused(request, problem, back=back)
    text = _("Done: %(title)s") % {"title": found.task.title}
    if found.following is not None and found.following.due_at is not None:
        when = date_format(localtime(found.following.due_at), "d.m.Y H:i")
        text = _("Done: %(title)s. Next one: %(when)s") % {"title": found.task.title, "when": when}
    undo = undo_url(actor)
    if not is_fragment(request):
        return done(request, text, back=back, undo=undo)
    offered = None
    if request.POST.get("propose") and found.following is None:
        offered = proposal(
            task.kind,
            found.task.outcome,
            title=task.title,
            about=task.about,
            customer_id=task.customer_id,
            at=timezone.now(),
        )
    answer = render(request, "planning/_proposal.html", {"offer": offered}) if offered else HttpResponse("")
    return trigger(toast(answer, text, undo=undo), {"timeline:refresh": {}, **_asked_next(actor, found, bool(offered))})


def _asked_next(actor: Actor, found: actions.Done, is_offered: bool) -> dict[str, Any]:
    """Ask for the next step where nothing else is planned for the record and its room has a form for that."""
    about = found.task.about
    if about is None or is_offered or found.following is not None:
        return {}
    address = step_form_of(about)
    return {"step:plan": {"url": address}} if address and not next_step_of(actor, [about]) else {}


@screen(":edit")
@require_POST
def reopen_screen(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Open a task again."""
    actor = actor_of(request)
    task = _task(request, type_key, record_id)
    back = safe_next(request, type_of_model(Task).ref(task).url)
    try:
        actions.reopen(task.pk, actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=back)
    return done(request, _("Open again"), back=back, undo=undo_url(actor), events={"record:refresh": {}})


@screen(":edit")
@require_POST
def later_screen(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Put a task off: an hour, to tomorrow, to next week, or to a given time."""
    actor = actor_of(request)
    task = _task(request, type_key, record_id)
    back = safe_next(request, "/today")
    due_at = later(request.POST.get("to", "tomorrow"), task.due_at, timezone.now())
    try:
        moved = actions.postpone(task.pk, due_at=due_at, actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=back)
    assert moved.due_at is not None
    when = date_format(localtime(moved.due_at), "d.m.Y H:i")
    text = _("Put off to %(when)s: %(title)s") % {"title": moved.title, "when": when}
    if is_fragment(request):
        return toast(HttpResponse(""), text, undo=undo_url(actor))
    return done(request, text, back=back, undo=undo_url(actor))


def later(to: str, due_at: datetime | None, at: datetime) -> datetime:
    """Give the instant that is meant: the clock time stays but for "hour"; without one it is nine in the morning."""
    now = localtime(at)
    if to == "hour":
        return now.replace(second=0, microsecond=0) + timedelta(hours=1)
    clock = localtime(due_at).time() if due_at else MORNING
    days = {"tomorrow": 1, "week": 7 - now.weekday()}.get(to, 1)
    return datetime.combine(now.date() + timedelta(days=days), clock, tzinfo=timezone.get_current_timezone())


def _task(request: HttpRequest, type_key: str, record_id: str) -> Task:
    actor = actor_of(request)
    found: Task = record_or_404(actor, type_or_404(actor, type_key), record_id)
    return found
