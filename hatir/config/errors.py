"""What a request gets that no view could answer: programs a problem body, people a page."""

from __future__ import annotations

import sys

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hatir.interface.api.problems import Problem, problem_of
from hatir.interface.web import oops


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a request that ended in an error outside of the corridors' own care."""
    if not _is_program(request):
        return oops.broken(request)
    problem = sys.exc_info()[1]
    known = problem_of(problem) if isinstance(problem, Exception) else None
    return (known or Problem("failed")).response(request)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read, such as one sent to another host's name."""
    told = ""
    if isinstance(exception, DisallowedHost):
        told = _("This server does not answer under this host name.")
    return Problem("bad_request", told).response(request) if _is_program(request) else oops.unreadable(request, told)


def _is_program(request: HttpRequest) -> bool:
    return request.path == "/api" or request.path.startswith("/api/")
