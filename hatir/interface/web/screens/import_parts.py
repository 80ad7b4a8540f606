"""What happens within the steps of the import wizard: a column, a value, a sheet, a mended row; and the way out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hatir.foundation.jobs import actions as jobs
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.errors import AlreadyStarted, NothingMapped, TransferRefused
from hatir.foundation.transfer.models import CHECKED, CHECKING, ImportRun
from hatir.interface.web import import_checks, import_mapping, import_whole
from hatir.interface.web import import_pages as pages
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import is_fragment
from hatir.interface.web.screens.imports import check_parts, for_run, taken_mapping


@for_run
@require_POST
def column(request: HttpRequest, run: ImportRun, place: int = 0) -> HttpResponse:
    """Take one column's field, or what its values become, at once; give the row and the summary beside it."""
    actor = actor_of(request)
    if not 0 <= place < len(run.table["headers"]):
        raise Http404
    problem = ""
    try:
        run = taken_mapping(request, run)
    except AlreadyStarted:
        raise
    except NothingMapped:
        problem = str(NothingMapped())
    except RecordError as refused:
        problem = str(refused)
    columns, sample = import_mapping.columns_of(run, actor)
    makes = actions.may_make_fields(actor)
    row = import_mapping.mapping_row(run, actor, columns[place], may_make_fields=makes)
    context = {
        "column": {**row, **({"problem": {"text": problem, "actions": []}} if problem else {})},
        "summary": import_mapping.summary(run),
        "preview": import_mapping.preview(run, actor, sample),
        **import_whole.fields(run, actor),
    }
    return render(request, "web/import/_map_changed.html", context)


@for_run
@require_POST
def matching(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Propose all columns anew, or as those of the export that was chosen."""
    actor = actor_of(request)
    chosen = request.POST.get("source", "") if "by_source" in request.GET else ""
    run = actions.match_again(run.pk, actor=actor, source=chosen)
    if not is_fragment(request):
        return HttpResponseRedirect(pages.url_of(run, "mapping"))
    columns, sample = import_mapping.columns_of(run, actor)
    context = {
        "columns": import_mapping.mapping_rows(run, actor, columns),
        "summary": import_mapping.summary(run),
        "preview": import_mapping.preview(run, actor, sample),
        **import_whole.fields(run, actor),
    }
    return render(request, "web/import/_map_rows.html", context)


@for_run
@require_POST
def sheet(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Read another sheet of the workbook."""
    name = request.POST.get("sheet", "")
    if name not in queries.sheets_of(run):
        raise Http404
    actions.choose_sheet(run.pk, name, actor=actor_of(request))
    return HttpResponseRedirect(pages.url_of(run, "mapping"))


@for_run
def preview(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Show another row as the record it becomes."""
    actor = actor_of(request)
    at = request.GET.get("at", "0")
    _columns, sample = import_mapping.columns_of(run, actor)
    number = min(int(at), 199) if at.isascii() and at.isdigit() else 0
    shown = import_mapping.preview(run, actor, sample, number)
    return render(request, "web/import/_summary.html", {"summary": import_mapping.summary(run), "preview": shown})


@for_run
@require_POST
def corrections(request: HttpRequest, run: ImportRun) -> HttpResponse:
    """Take mended cells, a value mended in many rows, or rows to be left out; try them again at once."""
    if run.state != CHECKED:
        raise AlreadyStarted
    actor = actor_of(request)
    fine = actions.correct_rows(run.pk, import_checks.posted_cells(request.POST), actor=actor)
    group = request.POST.get("group", "")
    if group.isdigit() and f"becomes-{group}" in request.POST:
        place, was = request.POST.get(f"place-{group}", ""), request.POST.get(f"was-{group}", "")
        if place.isdigit():
            new = request.POST[f"becomes-{group}"].strip()
            fine += actions.correct_value(run.pk, int(place), was, new, actor=actor)
    if (line := request.POST.get("leave", "")).isdigit():
        actions.leave_out(run.pk, [int(line)], actor=actor)
    run = queries.import_run(actor, run.pk)
    if not is_fragment(request):
        return HttpResponseRedirect(pages.url_of(run, "check"))
    told = ngettext("%(count)d row is fine now.", "%(count)d rows are fine now.", fine) % {"count": fine}
    context = {**check_parts(run, request.POST.get("page", "")), "told": told if fine else "", "oob": True}
    return render(request, "web/import/_check_changed.html", context)


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
    path("import/<str:public_id>/columns/<int:place>/", column, name="import_column"),
    path("import/<str:public_id>/matching/", matching, name="import_matching"),
    path("import/<str:public_id>/sheet/", sheet, name="import_sheet"),
    path("import/<str:public_id>/preview/", preview, name="import_preview"),
    path("import/<str:public_id>/corrections/", corrections, name="import_corrections"),
    path("import/<str:public_id>/cancel/", cancel, name="import_cancel"),
    path("import/<str:public_id>/continue/", resume, name="import_continue"),
    path("import/<str:public_id>/revert/", revert, name="import_revert"),
    path("import/<str:public_id>/rejected.csv", rejected, name="import_rejected"),
]
