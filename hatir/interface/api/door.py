"""The way of every API request: who, how often, once only; then the operation; errors become problems."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from hatir.interface.api import bodies, cross_origin, once
from hatir.interface.api.callers import READING, Caller, identify, origin_of
from hatir.interface.api.limits import Allowance, buckets_in
from hatir.interface.api.preferences import requests_per_minute, strangers_per_minute
from hatir.interface.api.problems import Problem, problem_of

log = logging.getLogger(__name__)
METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")
Work = Callable[[], HttpResponse]


@cache
def routes() -> URLResolver:
    """Load the operations: with django-ninja and pydantic a fifth of the whole start, so after it, not in it."""
    from hatir.interface.api.routes import api

    return URLResolver(RegexPattern(r"^/"), api.urls[0])


@csrf_exempt
def answer(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer any request under /api/v1; always JSON, never a redirect, never a page."""
    head = request.method == "HEAD"
    allowance: list[Allowance] = []
    response = _guarded(request, lambda: _answered(request, rest, allowance))
    for given in allowance:
        for name, value in given.headers.items():
            response[name] = value
    response.headers.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Authorization", "X-API-Key", "Accept-Language", "Cookie"])
    cross_origin.permit(request, response)
    if head:
        length = len(response.content)
        response.content = b""
        response["Content-Length"] = str(length)
    return response


answer.permission = "API key or session"  # type: ignore[attr-defined]


@csrf_exempt
def versions(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Tell whoever asks at the root which versions there are and where each is described."""
    if request.method not in READING:
        return Problem("method", headers={"Allow": "GET, HEAD"}).response(request)
    base = f"{settings.HATIR_BASE_URL}/api"
    found = [{"version": "v1", "url": f"{base}/v1/", "openapi": f"{base}/v1/openapi.json"}]
    told = {"versions": found, "documentation": f"{settings.HATIR_BASE_URL}/developers/"}
    return HttpResponse(orjson.dumps(told), content_type="application/json")


versions.permission = "public"  # type: ignore[attr-defined]


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for addresses under /api/ that no version has."""
    return Problem("not_found").response(request)


nothing_here.permission = "nobody: there is nothing"  # type: ignore[attr-defined]


def _guarded(request: HttpRequest, work: Work) -> HttpResponse:
    """Turn whatever goes wrong into a problem."""
    try:
        return work()
    except SuspiciousOperation as wrong:
        return Problem("bad_request", type(wrong).__name__).response(request)
    except Exception as wrong:  # an unforeseen error is told in JSON too, and logged in full
        problem = problem_of(wrong)
        if problem is None:
            log.exception("API request %s %s failed", request.method, request.path)
            problem = Problem("failed")
        return problem.response(request)


def _answered(request: HttpRequest, rest: str, allowance: list[Allowance]) -> HttpResponse:
    if request.method not in METHODS:
        raise Problem("method", headers={"Allow": ", ".join(METHODS)})
    if request.method == "OPTIONS":
        return cross_origin.preflight(request, METHODS)
    caller = _known_caller(request, allowance)
    buckets = buckets_in(settings.HATIR_HOME)
    allowance.append(buckets.take(caller.counted_as, requests_per_minute()))
    if allowance[-1].retry_seconds:
        raise Problem("too_many")
    bodies.raw_body(request, bodies.LARGEST_BULK if rest.rstrip("/").endswith("/bulk") else bodies.LARGEST_BODY)
    return _operate(request, rest, caller)


def _known_caller(request: HttpRequest, allowance: list[Allowance]) -> Caller:
    """Identify the caller; somebody who tries keys is slowed down."""
    try:
        return identify(request)
    except Problem as refused:
        if refused.status == 401:
            allowance.append(
                buckets_in(settings.HATIR_HOME).take(f"address:{origin_of(request)}", strangers_per_minute())
            )
            if allowance[-1].retry_seconds:
                raise Problem("too_many") from None
        raise


def _operate(request: HttpRequest, rest: str, caller: Caller) -> HttpResponse:
    try:
        found = routes().resolve(f"/{rest}")
    except Resolver404:
        raise Problem("not_found") from None
    request.auth = caller.actor  # type: ignore[attr-defined]
    if request.method == "HEAD":
        request.method = "GET"
    key = request.headers.get("Idempotency-Key", "")

    def work() -> HttpResponse:
        answered: Any = found.func(request, *found.args, **found.kwargs)
        if isinstance(answered, HttpResponseNotAllowed):
            raise Problem("method", headers={"Allow": answered["Allow"]})
        response: HttpResponse = answered
        return response

    if key and request.method not in READING:
        return once.answer_once(request, caller, key, work, lambda part: _guarded(request, part))
    return work()
