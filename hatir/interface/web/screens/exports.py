"""Records leave: the list as it is filtered, or the selection, as CSV, Excel or JSON lines. And stored files."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from hatir.foundation.files.queries import path_of, stored_file
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.savedviews.selection import read_selection
from hatir.foundation.transfer.exporting import FORMATS, MIMES, ExportRequest, prepare, stream
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import refused
from hatir.interface.web.liststate import read_state
from hatir.interface.web.permission import screen
from hatir.interface.web.types import list_url, type_or_404
from hatir.kit.filters.schema import FilterError
from hatir.kit.ids import decode_id


@screen(":export")
@require_safe
def export(request: HttpRequest, type_key: str) -> Any:
    """Stream the file; memory holds one batch of rows."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "export")
    try:
        prepared = prepare(_asked(request, rt, actor), actor=actor)
    except NotFoundHere:
        raise Http404 from None
    except RecordError as problem:
        return refused(request, problem, back=list_url(rt))
    except FilterError as problem:
        return HttpResponse(str(problem), status=422, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(stream(prepared), content_type=MIMES[prepared.request.format])
    return _as_download(response, prepared.file_name)


def _asked(request: HttpRequest, rt: RecordType, actor: Actor) -> ExportRequest:
    wanted = request.GET.get("format", "csv")
    if wanted not in FORMATS:
        raise Http404
    token = request.GET.get("selection")
    if token:
        chosen = read_selection(token)
        if chosen.type_key != rt.key:
            raise NotFoundHere(token[:20])
        ids = () if chosen.across else chosen.ids or (0,)
        tree = dict(chosen.filter) if chosen.across else None
        return ExportRequest(rt.key, wanted, filter=tree, ids=ids, archived=chosen.archived)
    state = read_state(actor, rt, request.path, request.GET)
    return ExportRequest(rt.key, wanted, filter=dict(state.filter or {}), archived=state.archived)


@screen()
@require_safe
def download(request: HttpRequest, public_id: str) -> Any:
    """Give a stored file to those who may have it; the browser stores it and never shows it."""
    try:
        file = stored_file(actor_of(request), decode_id(public_id))
        response = FileResponse(path_of(file).open("rb"), content_type=file.mime)
    except (ValueError, NotFoundHere, FileNotFoundError):
        raise Http404 from None
    return _as_download(response, file.name)


def _as_download(response: Any, name: str) -> Any:
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("records/<str:type_key>/export/", export, name="export"),
    path("files/<str:public_id>/", download, name="file"),
]
