"""Background work as people see it: one job's progress, their own jobs, and for administrators those that failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.events.dispatch import replay
from hatir.foundation.events.models import Handling
from hatir.foundation.events.queries import failing_reaction, failing_reactions
from hatir.foundation.jobs import actions, queries
from hatir.foundation.jobs.declaration import title_of
from hatir.foundation.jobs.errors import NotRetryable
from hatir.foundation.jobs.models import Job
from hatir.foundation.records.actor import Actor, told_name
from hatir.foundation.records.errors import NotFoundHere
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment
from hatir.interface.web.context import JobCard, provide_jobs
from hatir.interface.web.job_reports import report_of
from hatir.interface.web.permission import screen
from hatir.kit.formats_tr import format_number
from hatir.kit.ids import decode_id, encode_id

SHOWN = 100
CARDS = 3


def _shown(job: Job, *, may_see_all: bool) -> dict[str, Any]:
    return {
        "id": job.public_id,
        "title": title_of(job),
        "state": job.state,
        "state_label": job.get_state_display(),
        "done": job.progress_done,
        "total": job.progress_total or 0,
        "note": job.progress_note,
        "error": job.error if may_see_all or job.state == "failed" else "",
        "trace": job.trace if may_see_all else "",
        "attempts": job.attempts,
        "created_at": job.created_at,
        "url": f"/jobs/{job.public_id}/",
        "is_live": job.is_live,
        "may_retry": job.state in ("failed", "cancelled"),
    }


def _reaction(handling: Handling) -> dict[str, Any]:
    return {
        "id": encode_id(handling.pk),
        "name": handling.reaction,
        "event": handling.event.key,
        "by": told_name(handling.event.actor_label),
        "at": handling.event.created_at,
        "attempts": handling.attempts,
        "retry_at": handling.retry_at,
        "error": handling.error,
    }


@provide_jobs
def cards(actor: Actor) -> Iterator[JobCard]:
    """Show the actor's running jobs at the foot of every page."""
    for job in queries.own_jobs(actor).filter(state="running")[:CARDS]:
        total = job.progress_total or 0
        count = f"{format_number(job.progress_done)} / {format_number(total)}" if total else ""
        yield JobCard(
            id=job.public_id,
            title=title_of(job),
            text=job.progress_note,
            done=job.progress_done,
            total=total,
            count=count,
            cancel_url=f"/jobs/{job.public_id}/cancellation/",
        )


@screen()
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """List the actor's jobs, or with ?state=failed those that failed."""
    actor = actor_of(request)
    only_failed = request.GET.get("state") == "failed"
    rows = queries.failed_jobs(actor) if only_failed else queries.jobs_of(actor)
    may_see_all = queries.may_see_all(actor)
    context = {
        "page_title": _("Background jobs"),
        "jobs_shown": [_shown(job, may_see_all=may_see_all) for job in rows[:SHOWN]],
        "only_failed": only_failed,
        "reactions": [_reaction(one) for one in failing_reactions()[:SHOWN]] if may_see_all else (),
    }
    return render(request, "web/jobs/list.html", context)


@screen()
@require_safe
def job_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one job; asked by htmx, its card alone, which asks again until the job has ended."""
    job = _job(request, public_id)
    may_see_all = queries.may_see_all(actor_of(request))
    context: dict[str, Any] = {"page_title": title_of(job), "job_shown": _shown(job, may_see_all=may_see_all)}
    context["job_shown"]["report"] = report_of(job, actor_of(request))
    template = "web/jobs/_card.html" if is_fragment(request) else "web/jobs/page.html"
    return render(request, template, context)


@screen()
@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the job to stop."""
    job = _job(request, public_id)
    actions.cancel(job.pk, actor=actor_of(request))
    return HttpResponse(status=204) if is_fragment(request) else HttpResponseRedirect(f"/jobs/{job.public_id}/")


@screen()
@require_POST
def retry(request: HttpRequest, public_id: str) -> HttpResponse:
    """Run a failed job again."""
    job = _job(request, public_id)
    try:
        actions.retry(job.pk, actor=actor_of(request))
    except NotRetryable as problem:
        return HttpResponse(str(problem), status=409, content_type="text/plain; charset=utf-8")
    return HttpResponseRedirect(f"/jobs/{job.public_id}/")


@screen(MANAGE)
@require_POST
def repeat_reaction(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a reaction that failed have its event again, now."""
    try:
        handling = failing_reaction(decode_id(public_id))
    except ValueError:
        handling = None
    if handling is None:
        raise Http404
    replay(handling.event_id, handling.reaction)
    return HttpResponseRedirect("/jobs/?state=failed")


def _job(request: HttpRequest, public_id: str) -> Job:
    try:
        return queries.job(actor_of(request), decode_id(public_id))
    except (ValueError, NotFoundHere):
        raise Http404 from None


urlpatterns = [
    path("jobs/", job_list, name="jobs"),
    path("jobs/reactions/<str:public_id>/repetition/", repeat_reaction, name="reaction_repetition"),
    path("jobs/<str:public_id>/", job_page, name="job"),
    path("jobs/<str:public_id>/cancellation/", cancel, name="job_cancellation"),
    path("jobs/<str:public_id>/retry/", retry, name="job_retry"),
]
