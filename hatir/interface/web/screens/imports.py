"""The import wizard: file, mapping, check, duplicates, import. Each step is a page; the draft lives on the server."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hatir.foundation.files.actions import store
from hatir.foundation.files.errors import FileRefused
from hatir.foundation.jobs import actions as jobs
from hatir.foundation.jobs import queries as job_queries
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.errors import AlreadyStarted, TransferRefused
from hatir.foundation.transfer.models import CHECKING, DONE, REVERTED, REVERTING, RUNNING, ImportRun
from hatir.interface.web import import_pages as pages
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment
from hatir.interface.web.permission import screen
from hatir.kit.ids import decode_id

LARGEST_BYTES = 200_000_000
POLICIES = ("update", "fill", "skip")


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
    if request.method == "POST":
        try:
            return HttpResponseRedirect(pages.url_of(_opened(request, chosen), "mapping"))
        except (FileRefused, TransferRefused, RecordError) as problem:
            errors = [str(problem)]
    types = pages.types_for(actor, chosen)
    if not types:
        raise Http404
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


@for_run
def mapping(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show the columns, or take the mapping and start the check of all rows."""
    actor = actor_of(request)
    if run.state not in actions.OPEN:
        raise AlreadyStarted
    errors: list[str] = []
    if request.method == "POST":
        try:
            remember = {"remember": "keep_template" in request.POST}
            actions.set_mapping(run.pk, _posted_mapping(request, run), actor=actor, options=remember)
            actions.start_check(run.pk, actor=actor)
            return HttpResponseRedirect(pages.url_of(run, "check"))
        except AlreadyStarted:
            raise
        except TransferRefused as problem:
            errors = [str(problem)]
    columns, sample = pages.columns_of(run, actor)
    rows = len(sample)
    note = _("%(columns)d columns, at least %(rows)d rows") if rows == 200 else _("%(columns)d columns, %(rows)d rows")
    context = {
        "file": {"name": run.file.name, "note": note % {"columns": len(columns), "rows": rows}},
        "columns": pages.mapping_rows(run, actor, columns),
        "errors": errors,
        "summary": pages.summary(run),
        "preview": pages.preview(run, sample),
        "back_url": f"/import/?type={run.type_key}",
        "next_label": _("On to the check"),
        "keep_template": run.options.get("remember", True),
    }
    return _page(request, run, 2, context, status=422 if errors else 200)


def _posted_mapping(request: HttpRequest, run: ImportRun) -> dict[int, str]:
    return {
        place: request.POST.get(f"map-{place}", run.mapping.get(str(place), ""))
        for place in range(len(run.table["headers"]))
    }


@for_run
def column(request: HttpRequest, run: ImportRun, place: int = 0) -> HttpResponse:
    """Take one column's field at once; give the row and the summary beside it."""
    actor = actor_of(request)
    run = actions.set_mapping(run.pk, _posted_mapping(request, run), actor=actor)
    columns, sample = pages.columns_of(run, actor)
    if place >= len(columns):
        raise Http404
    context = {
        "column": pages.mapping_row(run, actor, columns[place]),
        "summary": pages.summary(run),
        "preview": pages.preview(run, sample),
        "oob": True,
    }
    return render(request, "web/import/_map_changed.html", context)


@for_run
def preview(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show another row as the record it becomes."""
    at = request.GET.get("at", "0")
    _columns, sample = pages.columns_of(run, actor_of(request))
    number = min(int(at), 199) if at.isascii() and at.isdigit() else 0
    context = {"summary": pages.summary(run), "preview": pages.preview(run, sample, number)}
    return render(request, "web/import/_summary.html", context)


@for_run
def check(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show how the check goes, then what it found."""
    if run.state not in actions.OPEN:
        raise AlreadyStarted
    if request.method == "POST":
        return HttpResponseRedirect(pages.url_of(run, "duplicates"))
    if run.state == CHECKING:
        return _progress(request, run, 3, _("Checking every row"), "check")
    if is_fragment(request):
        return _go_to(pages.url_of(run, "check"))
    refused = run.check_counts.get("rejected", 0)
    context = {
        "summary": pages.check_summary(run),
        "headers": run.table["headers"],
        "bad_rows": pages.bad_rows(run),
        "reasons": queries.reasons(run, is_trial=True),
        "error_file_url": f"/import/{run.public_id}/rejected.csv?trial=1" if refused else "",
        "failure": run.error or ("" if run.check_counts else _("The check was stopped. Go back and start it again.")),
        "back_url": pages.url_of(run, "mapping"),
        "next_label": _("On to the duplicates"),
        "next_note": _("The others can be imported.") if refused else "",
        "is_blocked": not run.check_counts,
    }
    return _page(request, run, 3, context)


@for_run
def duplicates(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show which rows are records already; take what is to happen with them, and start."""
    actor = actor_of(request)
    if run.state not in actions.OPEN:
        raise AlreadyStarted
    if request.method == "POST":
        policy = request.POST.get("policy", "")
        if policy in POLICIES:
            actions.set_options(run.pk, {"on_match": policy}, actor=actor)
        actions.start_import(run.pk, actor=actor)
        return HttpResponseRedirect(pages.url_of(run, "result"))
    chosen = run.options.get("on_match", "update")
    labels = {
        "update": (_("Update it"), _("Filled cells replace what is there; empty cells erase nothing.")),
        "fill": (_("Fill gaps only"), _("Only fields that are empty in Hatır are filled.")),
        "skip": (_("Leave it as it is"), _("Only new records are created.")),
    }
    policy_choices = [
        {"value": value, "label": label, "note": note, "is_chosen": value == chosen}
        for value, (label, note) in labels.items()
    ]
    context = {
        "summary": pages.check_summary(run),
        "policy": policy_choices,
        "pairs": pages.pairs(run, actor),
        "back_url": pages.url_of(run, "check"),
        "next_label": _("Import"),
        "next_note": _("It can be taken back for %(days)d days.") % {"days": actions.REVERT_DAYS},
    }
    return _page(request, run, 4, context)


@for_run
def result(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show how the import goes, then what came of it."""
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
        "undo": undo,
        "error_file_url": f"/import/{run.public_id}/rejected.csv" if has_rejected else "",
        "list_url": f"/records/{run.type_key}/",
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


@for_run
@require_POST
def cancel(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Stop the run's job."""
    if run.job_id is not None:
        job = jobs.cancel(run.job_id, actor=actor_of(request))
        if job.state == "cancelled":
            actions.note_cancelled(run.pk, actor=actor_of(request))
    return HttpResponseRedirect(pages.url_of(run, "check" if run.state == CHECKING else "result"))


@for_run
@require_POST
def resume(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Go on where the import stopped."""
    actions.continue_import(run.pk, actor=actor_of(request))
    return HttpResponseRedirect(pages.url_of(run, "result"))


@for_run
@require_POST
def revert(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Take the whole import back."""
    try:
        actions.start_revert(run.pk, actor=actor_of(request))
    except TransferRefused:
        return HttpResponse(status=409)
    return HttpResponseRedirect(pages.url_of(run, "result"))


@for_run
def rejected(request: HttpRequest, run: ImportRun) -> Any:
    """Give the refused rows as a CSV with the user's own columns and the reason."""
    lines = _csv(queries.rejected_rows(run, is_trial="trial" in request.GET))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{record_type(run.type_key).key}-{run.public_id}.csv"'
    return response


def _csv(rows: Iterator[list[str]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(row)
        yield line.getvalue().encode()


urlpatterns = [
    path("import/", choose_file, name="import"),
    path("import/<str:public_id>/mapping/", mapping, name="import_mapping"),
    path("import/<str:public_id>/columns/<int:place>/", column, name="import_column"),
    path("import/<str:public_id>/preview/", preview, name="import_preview"),
    path("import/<str:public_id>/check/", check, name="import_check"),
    path("import/<str:public_id>/duplicates/", duplicates, name="import_duplicates"),
    path("import/<str:public_id>/result/", result, name="import_result"),
    path("import/<str:public_id>/cancel/", cancel, name="import_cancel"),
    path("import/<str:public_id>/continue/", resume, name="import_continue"),
    path("import/<str:public_id>/revert/", revert, name="import_revert"),
    path("import/<str:public_id>/rejected.csv", rejected, name="import_rejected"),
]
