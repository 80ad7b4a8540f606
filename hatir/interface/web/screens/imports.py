"""The import wizard: file, mapping, check, duplicates, import. Each step is a page; the draft lives on the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hatir.foundation.files.actions import store
from hatir.foundation.files.errors import FileRefused
from hatir.foundation.jobs import queries as job_queries
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.transfer import actions, bundles, likely, queries
from hatir.foundation.transfer.errors import AlreadyStarted, TransferRefused
from hatir.foundation.transfer.models import CHECKING, DONE, REVERTED, REVERTING, RUNNING, ImportRun
from hatir.interface.web import import_checks, import_mapping, import_whole
from hatir.interface.web import import_pages as pages
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment
from hatir.interface.web.permission import screen
from hatir.kit.ids import decode_id

LARGEST_BYTES = 200_000_000
POLICIES = ("update", "fill", "skip", "create")


def for_run(view: Callable[[HttpRequest, ImportRun], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Give the view the actor's own run, 404 for any other; a step that is over leads to the result."""

    @screen()
    @wraps(view)
    def found(request: HttpRequest, public_id: str, **more: Any) -> HttpResponse:
        try:
            run = queries.import_run(actor_of(request), decode_id(public_id))
        except (ValueError, NotFoundHere):
            raise Http404 from None
        try:
            return view(request, run, **more)
        except AlreadyStarted:
            return HttpResponseRedirect(pages.url_of(run, "result"))

    return found


def _page(
    request: HttpRequest, run: ImportRun | None, step: int, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    template = ("file", "mapping", "check", "duplicates", "result")[step - 1]
    frame = {
        "page_title": _("Import"),
        "steps": pages.steps(run, step),
        "close_url": f"/records/{run.type_key}/" if run else "/today",
        "step_url": request.path,
        "draft_note": _("Draft saved") if run is not None and run.state in actions.OPEN else "",
    }
    return render(request, f"web/import/{template}.html", {**frame, **context}, status=status)


@screen()
@require_http_methods(["GET", "HEAD", "POST"])
def choose_file(request: HttpRequest) -> HttpResponse:
    """Take the file and propose where its columns go."""
    actor = actor_of(request)
    chosen = request.POST.get("type") or request.GET.get("type", "")
    errors: list[str] = []
    types = pages.types_for(actor, chosen)
    if not types:
        raise Http404
    if request.method == "POST":
        try:
            if len(request.FILES.getlist("file")) > 1:
                return HttpResponseRedirect(pages.url_of(_opened_together(request), "files"))
            return HttpResponseRedirect(pages.url_of(_opened(request, chosen), "mapping"))
        except (FileRefused, TransferRefused, RecordError) as problem:
            errors = [str(problem)]
    context = {"types": types, "errors": errors, "recent": pages.recent(actor), "next_label": _("Continue")}
    context["max_size"] = _("At most %(limit)d MB.") % {"limit": LARGEST_BYTES // 1_000_000}
    return _page(request, None, 1, context, status=422 if errors else 200)


def _opened(request: HttpRequest, type_key: str) -> ImportRun:
    given = request.FILES.get("file")
    if given is None or isinstance(given, list):
        raise TransferRefused(_("Choose a file."))
    actor = actor_of(request)
    file = store(given.chunks(), name=given.name or "file", actor=actor, limit_bytes=LARGEST_BYTES)
    return actions.begin_import(file, type_key, actor=actor)


def _opened_together(request: HttpRequest) -> ImportRun:
    actor, files = actor_of(request), request.FILES.getlist("file")
    stored = [store(f.chunks(), name=f.name or "file", actor=actor, limit_bytes=LARGEST_BYTES) for f in files]
    return bundles.begin_bundle(stored, actor=actor)[0]


@for_run
def mapping(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show the columns, or take the mapping and start the check of all rows."""
    actor = actor_of(request)
    if run.state not in actions.OPEN:
        raise AlreadyStarted
    errors: list[str] = []
    if request.method == "POST":
        try:
            remember: dict[str, Any] = {"remember": "keep_template" in request.POST}
            remember |= import_mapping.posted_make(request.POST, run, actor)
            if "has_likely" in request.POST:
                remember[likely.SWITCH] = likely.SWITCH in request.POST
            run = taken_mapping(request, run, options=remember)
            actions.start_check(run.pk, actor=actor)
            return HttpResponseRedirect(pages.url_of(run, "check"))
        except AlreadyStarted:
            raise
        except (TransferRefused, RecordError) as problem:
            errors = [str(problem)]
    columns, sample = import_mapping.columns_of(run, actor)
    context = {
        "file": import_mapping.file_note(run, actor),
        "columns": import_mapping.mapping_rows(run, actor, columns),
        "errors": errors,
        "summary": import_mapping.summary(run),
        "preview": import_mapping.preview(run, actor, sample),
        "guess_url": pages.url_of(run, "matching"),
        "after": import_mapping.after(run, actor),
        **import_whole.fields(run, actor, are_judged=bool(errors)),
        "back_url": f"/import/?type={run.type_key}",
        "next_label": _("On to the check"),
        "keep_template": run.options.get("remember", True),
        "likely": {"is_on": run.options.get(likely.SWITCH, True)} if queries.may_find_likely(run, actor) else None,
    }
    return _page(request, run, 2, context, status=422 if errors else 200)


def taken_mapping(request: HttpRequest, run: ImportRun, options: dict[str, Any] | None = None) -> ImportRun:
    """Take the columns' fields and what values become from the form; own fields that are asked for are made.

    Raises NothingMapped, AlreadyStarted or Denied.
    """
    actor = actor_of(request)
    before = dict(run.mapping)
    posted = {
        place: request.POST.get(f"map-{place}", run.mapping.get(str(place), ""))
        for place in range(len(run.table["headers"]))
    }
    for place, name in posted.items():
        if name == import_mapping.NEW_FIELD:
            run = actions.make_own_field(run.pk, place, actor=actor)
            posted[place] = run.mapping[str(place)]
    whole = import_whole.posted(request.POST, run)
    run = actions.set_mapping(run.pk, posted, actor=actor, options={**(options or {}), **whole} or None)
    for place, said in import_mapping.posted_values(request.POST, run, actor).items():
        if before.get(str(place)) == run.mapping.get(str(place)):
            run = actions.set_values(run.pk, place, said, actor=actor)
    return run


@for_run
def check(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show how the check goes, then what it found, to be mended there."""
    if run.state not in actions.OPEN:
        raise AlreadyStarted
    if request.method == "POST":
        return HttpResponseRedirect(pages.url_of(run, "duplicates"))
    if run.state == CHECKING:
        return _progress(request, run, 3, _("Checking every row"), "check")
    if is_fragment(request):
        return _go_to(pages.url_of(run, "check"))
    stopped = _("The check was stopped. Go back and start it again.")
    context = {
        **check_parts(run, request.GET.get("page", "")),
        "failure": run.error or ("" if run.check_counts else stopped),
        "back_url": pages.url_of(run, "mapping"),
        "next_label": _("On to the duplicates"),
        "next_note": _("The others can be imported.") if run.check_counts.get("rejected") else "",
        "is_blocked": not run.check_counts,
    }
    return _page(request, run, 3, context)


def check_parts(run: ImportRun, page_text: str) -> dict[str, Any]:
    """Give what the check page and its fragment show."""
    refused = run.check_counts.get("rejected", 0)
    return {
        **import_checks.bad_rows(run, page_text),
        "summary": pages.check_summary(run),
        "headers": run.table["headers"],
        "reasons": queries.reasons(run, is_trial=True),
        "error_file_url": f"/import/{run.public_id}/rejected.csv?trial=1" if refused else "",
    }


@for_run
def duplicates(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show which rows are records already, or twice in the file; take what is to happen with them, and start."""
    actor = actor_of(request)
    if run.state not in actions.OPEN:
        raise AlreadyStarted
    if request.method == "POST":
        policy = request.POST.get("policy", "")
        if policy in POLICIES and policy != run.options.get("on_match", "update"):
            run = actions.set_policy(run.pk, policy, actor=actor)
        probable = request.POST.get("likely_policy", "")
        if probable in POLICIES and probable != run.options.get(likely.POLICY, likely.CREATE):
            run = actions.set_likely_policy(run.pk, probable, actor=actor)
        actions.decide_pairs(run.pk, import_checks.posted_decisions(request.POST), actor=actor)
        if "page" in request.POST:
            return HttpResponseRedirect(
                f"{pages.url_of(run, 'duplicates')}?{urlencode({'page': request.POST['page']})}"
            )
        if run.bundle is None:
            actions.start_import(run.pk, actor=actor)
        return HttpResponseRedirect(pages.url_of(run, "result"))
    context = {
        **import_checks.pairs(run, actor, request.GET.get("page", "")),
        "summary": pages.check_summary(run),
        "policy": import_checks.policies(run),
        "likely_policy": import_checks.likely_policies(run) if run.check_notes.get("likely") else [],
        "back_url": pages.url_of(run, "check"),
        "next_label": _("Import") if run.bundle is None else _("On to all files"),
        "next_note": _("It can be taken back for %(days)d days.") % {"days": actions.REVERT_DAYS},
    }
    return _page(request, run, 4, context)


@for_run
def result(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show how the import goes, then what came of it."""
    if run.bundle is not None:
        return HttpResponseRedirect(pages.url_of(run, "files"))
    if run.state in actions.OPEN:
        return HttpResponseRedirect(pages.url_of(run, "mapping"))
    if run.state in (RUNNING, REVERTING):
        text = _("Importing") if run.state == RUNNING else _("Taking the import back")
        return _progress(request, run, 5, text, "result")
    if is_fragment(request):
        return _go_to(pages.url_of(run, "result"))
    undo, has_rejected = None, queries.rejections(run, is_trial=False).exists()
    if actions.may_be_reverted(run):
        undo = {"url": f"/import/{run.public_id}/revert/", "text": pages.revert_text(run)}
    context = {
        "state_text": "" if run.state == DONE else str(run.get_state_display()),
        "failure": run.error,
        "resume_url": f"/import/{run.public_id}/continue/" if run.state in ("cancelled", "failed") else "",
        "figures": pages.figures(run),
        "sums": pages.reconciled(run) if run.next_row else None,
        "columns": pages.sum_rows(run, actor_of(request)) if run.sums else None,
        "undo": undo,
        "error_file_url": f"/import/{run.public_id}/rejected.csv" if has_rejected else "",
        "list_url": f"/records/{run.type_key}/",
        "repeat_url": f"/import/schedules/new/?run={run.public_id}" if run.state == DONE else "",
        "conflicts": pages.conflicts(run) if run.state == REVERTED else [],
    }
    return _page(request, run, 5, context)


def _progress(request: HttpRequest, run: ImportRun, step: int, text: str, name: str) -> HttpResponse:
    job = job_queries.jobs_of(actor_of(request)).filter(pk=run.job_id or 0).first()
    shown = pages.progress(run, job, text, name)
    if is_fragment(request):
        return render(request, "web/import/_progress.html", {"progress": shown})
    return _page(request, run, step, {"is_checking": True, "is_running": True, "progress": shown})


def _go_to(url: str) -> HttpResponse:
    response = HttpResponse()
    response["HX-Redirect"] = url
    return response


urlpatterns = [
    path("import/", choose_file, name="import"),
    path("import/<str:public_id>/mapping/", mapping, name="import_mapping"),
    path("import/<str:public_id>/check/", check, name="import_check"),
    path("import/<str:public_id>/duplicates/", duplicates, name="import_duplicates"),
    path("import/<str:public_id>/result/", result, name="import_result"),
]
