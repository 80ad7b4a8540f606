"""Several files at once: what each holds, in which order they come in, and one result for all."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from hatir.foundation.jobs import queries as job_queries
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.foundation.transfer import actions, bundles, queries
from hatir.foundation.transfer.errors import TransferRefused
from hatir.foundation.transfer.models import REVERTED, ImportRun
from hatir.interface.web import import_pages as pages
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment
from hatir.interface.web.screens.imports import for_run


@for_run
def files(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show the files of a bundle; take what they hold, and import them all."""
    actor = actor_of(request)
    runs, errors = queries.bundle_of(run), list[str]()
    if request.method == "POST":
        try:
            _retyped(request, runs, actor)
            if "again" not in request.POST:
                bundles.start_bundle(queries.bundle_of(_one_of(runs, actor))[0].pk, actor=actor)
            return HttpResponseRedirect(pages.url_of(_one_of(runs, actor), "files"))
        except (TransferRefused, RecordError) as problem:
            errors, runs = [str(problem)], queries.bundle_of(_one_of(runs, actor))
    return _page(request, runs, actor, errors)


def _retyped(request: HttpRequest, runs: list[ImportRun], actor: Actor) -> None:
    for run in runs:
        wanted = request.POST.get(f"type-{run.public_id}", run.type_key)
        if run.state in actions.OPEN and wanted != run.type_key:
            bundles.set_type(run.pk, wanted, actor=actor)


def _one_of(runs: list[ImportRun], actor: Actor) -> ImportRun:
    """Give a run of the bundle that is still there: one whose type was changed has a new one in its place."""
    return queries.imports_of(actor).filter(bundle=runs[0].bundle)[:1].get()


def _page(request: HttpRequest, runs: list[ImportRun], actor: Actor, errors: list[str]) -> HttpResponse:
    context = pages.bundle_page(runs, actor, errors)
    if context["is_running"]:
        running = next(run for run in runs if run.state in ("running", "reverting"))
        job = job_queries.jobs_of(actor).filter(pk=running.job_id or 0).first()
        text = _("Importing %(name)s") % {"name": running.file.name}
        context["progress"] = pages.progress(running, job, text, "files")
        if is_fragment(request):
            return render(request, "web/import/_progress.html", {"progress": context["progress"]})
    elif is_fragment(request):
        response = HttpResponse()
        response["HX-Redirect"] = pages.url_of(runs[0], "files")
        return response
    frame: dict[str, Any] = {
        "page_title": _("Import"),
        "steps": pages.bundle_steps(runs),
        "close_url": "/today",
        "step_url": pages.url_of(runs[0], "files"),
        "next_label": _("Go on") if context["is_stopped"] else _("Import all files") if context["is_open"] else "",
    }
    if all(run.state == REVERTED for run in runs):
        context["state_text"] = str(runs[0].get_state_display())
    return render(request, "web/import/files.html", {**frame, **context}, status=422 if errors else 200)


urlpatterns = [path("import/<str:public_id>/files/", files, name="import_files")]
