"""`Idempotency-Key`: a request that is sent again is not worked on again, its first answer is given once more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.webhooks.actions import keep_answer, release_request, reserve_request
from hatir.interface.api.callers import Caller
from hatir.interface.api.problems import Problem

LONGEST_KEY = 255
KEPT_HEADERS = ("Content-Type", "Location", "ETag")
KEPT_FOR = timedelta(hours=24)
Work = Callable[[], HttpResponse]


class _Undone(Exception):
    """Carries an answer out of a transaction that must not be kept."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def answer_once(
    request: HttpRequest, caller: Caller, key: str, work: Work, guarded: Callable[[Work], HttpResponse]
) -> HttpResponse:
    """Work on the request unless its key was seen within 24 hours.

    What is stored and the answer to it commit together, so that a crash in between cannot double a record.
    Raises Problem 422 when the key came with another request, 409 while the first is being worked on.
    """
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Problem("bad_request", _("The Idempotency-Key is too long."))
    row = reserve_request(caller.counted_as, key, fingerprint(request), at=timezone.now(), kept_for=KEPT_FOR)
    if row.state == "other":
        raise Problem("key_reused")
    if row.state == "busy":
        raise Problem("in_progress", headers={"Retry-After": "1"})
    if row.state == "answered":
        return _again(row.status, row.headers, row.body)
    try:
        with transaction.atomic():
            response = guarded(work)
            if response.status_code >= 400:
                raise _Undone(response)
            keep_answer(row.id, response.status_code, _headers(response), response.content.decode())
    except _Undone as undone:
        response = undone.response
        _keep_refusal(row.id, response)
    except BaseException:
        release_request(row.id)
        raise
    return response


def fingerprint(request: HttpRequest) -> str:
    """Tell requests apart: method, address with its query, and body."""
    head = f"{request.method} {request.get_full_path()}\n".encode("utf-8", "replace")
    return hashlib.sha256(head + request.body).hexdigest()


def _keep_refusal(row_id: int, response: HttpResponse) -> None:
    """Refusals that would be the same next time are kept; those that may pass later are not."""
    if response.status_code >= 500 or response.status_code in (401, 409, 429):
        release_request(row_id)
    else:
        keep_answer(row_id, response.status_code, _headers(response), response.content.decode())


def _headers(response: HttpResponse) -> dict[str, str]:
    return {name: response[name] for name in KEPT_HEADERS if name in response}


def _again(status: int, headers: Mapping[str, str], body: str) -> HttpResponse:
    response = HttpResponse(body.encode(), status=status)
    for name, value in headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response
