"""What the API answers when it refuses: RFC 9457 problem bodies in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs.errors import is_disk_full
from hatir.foundation.merging.errors import MergedAway
from hatir.foundation.records.errors import Denied, EditConflict, Invalid, NotFoundHere, RecordError
from hatir.foundation.records.values import plain
from hatir.kit.filters import FilterError

MEDIA_TYPE = "application/problem+json"
TITLES = {
    "bad_json": (400, _("The body is not valid JSON.")),
    "bad_request": (400, _("The request cannot be read.")),
    "no_key": (401, _("A valid API key is needed.")),
    "csrf": (403, _("The form's protection token is missing.")),
    "forbidden": (403, _("You do not have the right to do this.")),
    "not_found": (404, _("There is nothing at this address for you.")),
    "method": (405, _("This address does not take this method.")),
    "conflict": (409, _("This contradicts what is stored.")),
    "edit_conflict": (409, _("Somebody else changed this record meanwhile.")),
    "in_progress": (409, _("The same request is still being worked on.")),
    "merged": (410, _("This record was merged into another one.")),
    "changed": (412, _("The record has changed since you read it.")),
    "too_large": (413, _("The request is too large.")),
    "media_type": (415, _("Send application/json.")),
    "invalid": (422, _("Some values cannot be stored.")),
    "invalid_query": (422, _("The question cannot be understood.")),
    "key_reused": (422, _("This Idempotency-Key belongs to another request.")),
    "too_many": (429, _("Too many requests.")),
    "failed": (500, _("Something went wrong on our side.")),
    "no_room": (507, _("There is no room left on the disk of the server.")),
    "busy": (503, _("The database is busy; try again.")),
}


class Problem(Exception):
    """A refusal with its status, a stable `code` and, where it fits, messages by field."""

    def __init__(
        self,
        code: str,
        detail: Any = "",
        *,
        errors: Mapping[str, Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.status, self.title = TITLES[code]
        self.code, self.detail = code, str(detail)
        self.errors = {name: [str(message) for message in messages] for name, messages in (errors or {}).items()}
        self.headers = dict(headers or {})
        self.more = more
        super().__init__(code, self.detail)

    def body(self, path: str = "") -> dict[str, Any]:
        """Give the problem as RFC 9457 wants it."""
        told: dict[str, Any] = {
            "type": f"{settings.HATIR_BASE_URL}/developers/#{self.code}",
            "title": str(self.title),
            "status": self.status,
            "code": self.code,
            "detail": self.detail or str(self.title),
        }
        if path:
            told["instance"] = path
        if self.errors:
            told["errors"] = self.errors
        return {**told, **self.more}

    def response(self, request: HttpRequest) -> HttpResponse:
        """Give the problem as an HTTP answer."""
        path = request.path.encode("utf-8", "replace").decode()
        body = orjson.dumps(self.body(path), default=plain)
        answer = HttpResponse(body, status=self.status, content_type=MEDIA_TYPE)
        for name, value in self.headers.items():
            answer[name] = value
        return answer


def problem_of(error: Exception) -> Problem | None:
    """Turn a refusal of the doors or the database into a problem; None for what nobody expected."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RecordError):
        return _of_record_error(error)
    if isinstance(error, Http404):
        return Problem("not_found")
    if isinstance(error, FilterError):
        return Problem("invalid_query", error.message, errors={"filter": [error.message]})
    if isinstance(error, ProtectedError):
        return Problem("conflict", _("Other records still point to it."))
    if isinstance(error, IntegrityError):
        return Problem("conflict", _("A value is taken already, or lies outside of what its field holds."))
    if isinstance(error, DataError):
        return Problem("invalid", _("A value is too long or too large for its field."))
    if is_disk_full(error):
        return Problem("no_room")
    if isinstance(error, OperationalError):
        return Problem("busy", headers={"Retry-After": "1"})
    return None


def _of_record_error(error: RecordError) -> Problem:
    if isinstance(error, NotFoundHere):
        return Problem("not_found", error)
    if isinstance(error, Denied):
        return Problem("forbidden", error)
    if isinstance(error, EditConflict):
        told = {name: {"yours": yours, "theirs": theirs} for name, (yours, theirs) in error.fields.items()}
        return Problem("edit_conflict", error, conflicts=told)
    if isinstance(error, Invalid):
        return Problem("invalid", error, errors=error.errors)
    if isinstance(error, MergedAway):
        return Problem("merged", error, merged_into=error.into.public_id)
    return Problem("conflict", error)
