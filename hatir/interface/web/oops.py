"""What is answered when a page breaks: what went wrong in plain words, and a way to send the same again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from hatir.foundation.jobs.errors import is_disk_full

BUSY_SECONDS = 2
MOST_FIELDS = 200
_NEVER_CARRIED = ("csrfmiddlewaretoken", "password", "code", "credential")


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a request that ended in an error: 503 while the database is busy, 507 on a full disk, else 500."""
    problem = sys.exc_info()[1]
    if problem is not None and is_disk_full(problem):
        told = _("There is no room left on the disk of the server, so nothing can be saved. Tell your administrator.")
        return _page(request, {"code": "507", "heading": _("The disk is full"), "text": told}, 507)
    if isinstance(problem, OperationalError):
        told = _("Others are writing just now. Nothing was saved, and what you typed is kept: try again in a moment.")
        response = _page(request, {"code": "503", "heading": _("The database is busy"), "text": told}, 503)
        response["Retry-After"] = str(BUSY_SECONDS)
        return response
    return _page(request, {"code": "500"}, 500)


def unreadable(request: HttpRequest, told: str) -> HttpResponse:
    """Answer a request that makes no sense; it is drawn without a user, whose session may be what is wrong."""
    context = {"code": "400", "heading": _("This request cannot be read"), "text": told}
    return HttpResponse(render_to_string("web/oops.html", context), status=400)


def _page(request: HttpRequest, context: Mapping[str, Any], status: int) -> HttpResponse:
    sent = {"is_post": request.method == "POST", "carried": carried(request)}
    given = {**context, **sent, "again": request.get_full_path()}
    template = "500.html" if status == 500 else "web/busy.html"
    try:
        return render(request, template, given, status=status)
    except DatabaseError:  # not even the signed-in user can be read
        return HttpResponse(render_to_string(template, given), status=status)


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Give what a form sent, to be sent again without typing; never passwords, codes or files."""
    if request.method != "POST" or request.FILES:
        return []
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    if len(pairs) > MOST_FIELDS:
        return []
    return [pair for pair in pairs if not any(part in pair[0] for part in _NEVER_CARRIED)]
