"""Pages of other origins may call the API only when the company lists them (CORS); cookies never count there."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from hatir.interface.api.preferences import allowed_origins

SENT = "Authorization, X-API-Key, Content-Type, Accept-Language, If-Match, If-None-Match, Idempotency-Key"
READ = "ETag, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Idempotency-Replayed"
REMEMBERED_SECONDS = 600


def preflight(request: HttpRequest, methods: Sequence[str]) -> HttpResponse:
    """Answer an OPTIONS request."""
    answer = HttpResponse(status=204)
    answer["Allow"] = ", ".join(methods)
    if "Access-Control-Request-Method" in request.headers and _is_allowed(request):
        answer["Access-Control-Allow-Methods"] = ", ".join(methods)
        answer["Access-Control-Allow-Headers"] = SENT
        answer["Access-Control-Max-Age"] = str(REMEMBERED_SECONDS)
    return answer


def permit(request: HttpRequest, response: HttpResponse) -> None:
    """Let a listed origin read the answer."""
    if "Origin" not in request.headers:
        return
    patch_vary_headers(response, ["Origin"])
    if _is_allowed(request):
        response["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response["Access-Control-Expose-Headers"] = READ


def _is_allowed(request: HttpRequest) -> bool:
    return request.headers.get("Origin", "") in allowed_origins()
