"""Taking back what was just done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hatir.foundation.audit.undo import UndoResult, undo_by_token
from hatir.foundation.records.errors import RecordError
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, refused, safe_next, undo_url
from hatir.interface.web.permission import screen


@screen()
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Take an operation back, and offer to do it again."""
    actor = actor_of(request)
    back = safe_next(request, request.META.get("HTTP_REFERER", "/") if not request.POST.get("next") else "/")
    token = request.POST.get("token") or request.GET.get("token", "")
    try:
        result = undo_by_token(token, actor)
    except RecordError as problem:
        return refused(request, problem, back=_local(request, back))
    kind = "warn" if result.skipped else "ok"
    again = undo_url(actor, result.operation) if result.undone_count else ""
    events: dict[str, Any] = {"list:refresh": {}, "record:refresh": {}}
    return done(request, _said(result), back=_local(request, back), undo=again, events=events, kind=kind)


def _local(request: HttpRequest, url: str) -> str:
    """Go back to a page of this house only."""
    origin = f"{request.scheme}://{request.get_host()}"
    path_only = url.removeprefix(origin)
    return path_only if path_only.startswith("/") and not path_only.startswith(("//", "/\\")) else "/"


def _said(result: UndoResult) -> str:
    if not result.skipped:
        return ngettext("%(count)d change taken back.", "%(count)d changes taken back.", result.undone_count) % {
            "count": result.undone_count
        }
    left = result.skipped[0]
    return _("%(count)d changes taken back; %(left)d left as they are (%(title)s: %(reason)s)") % {
        "count": result.undone_count,
        "left": len(result.skipped),
        "title": left.title,
        "reason": left.reason,
    }


urlpatterns = [path("undo/", take_back, name="undo")]
