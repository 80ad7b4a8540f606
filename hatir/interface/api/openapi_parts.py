"""Parameters, headers and refusals that all operations of the OpenAPI document share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hatir.interface.api.lists import DEFAULT_LIMIT, LARGEST_LIMIT
from hatir.interface.api.problems import MEDIA_TYPE, TITLES

Json = dict[str, Any]
REFUSALS = {
    "BadRequest": (400, "bad_json"),
    "Unauthorized": (401, "no_key"),
    "Forbidden": (403, "forbidden"),
    "NotFound": (404, "not_found"),
    "Conflict": (409, "edit_conflict"),
    "PreconditionFailed": (412, "changed"),
    "TooLarge": (413, "too_large"),
    "MediaType": (415, "media_type"),
    "Unprocessable": (422, "invalid"),
    "TooMany": (429, "too_many"),
    "Failed": (500, "failed"),
    "Busy": (503, "busy"),
}
NAMES = {status: name for name, (status, _code) in REFUSALS.items()}


def refused(*statuses: int) -> dict[str, Json]:
    """Refer to refusals by status."""
    return {str(status): {"$ref": f"#/components/responses/{NAMES[status]}"} for status in statuses}


def responses() -> dict[str, Json]:
    """Describe the refusals."""
    return {name: _refusal(status, code) for name, (status, code) in REFUSALS.items()}


def _refusal(status: int, code: str) -> Json:
    title = str(TITLES[code][1])
    told: Json = {"type": f"/developers/#{code}", "title": title, "status": status, "code": code, "detail": title}
    if code == "invalid":
        told["errors"] = {"email": [_("Enter an e-mail address like name@company.com.")]}
    answer: Json = {
        "description": title,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": told}},
    }
    named = {429: ["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"], 503: ["Retry-After"]}
    if status in named:
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in named[status]}
    return answer


def headers() -> dict[str, Json]:
    """Describe the headers that answers carry."""
    whole: Json = {"type": "integer", "minimum": 0}
    text: Json = {"type": "string"}
    return {
        "ETag": {"description": _("Names this version; send it back as If-Match."), "schema": text},
        "Location": {"description": _("The address of the new record."), "schema": text},
        "RateLimit-Limit": {"description": _("Requests a minute."), "schema": whole},
        "RateLimit-Remaining": {"description": _("Requests left."), "schema": whole},
        "RateLimit-Reset": {"description": _("Seconds until all are there again."), "schema": whole},
        "Retry-After": {"description": _("Seconds to wait."), "schema": whole},
    }


def shared_parameters() -> dict[str, Json]:
    """Describe the parameters."""
    text: Json = {"type": "string"}
    return {
        "key": _parameter("key", "path", _("The record's id."), text, required=True),
        "filter": _parameter(
            "filter",
            "query",
            _("A filter as JSON or on one line; a field may also stand for itself: city=İzmir."),
            text,
            example='city is "İzmir" and stage in ("customer", "loyal")',
        ),
        "sort": _parameter("sort", "query", _("Up to three fields; a minus in front turns the order round."), text),
        "limit": _parameter(
            "limit",
            "query",
            _("Records a page."),
            {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT},
        ),
        "cursor": _parameter("cursor", "query", _("The next of the page before."), text),
        "fields": _parameter("fields", "query", _("Only these fields, separated by commas."), text),
        "include": _parameter("include", "query", _("Linked records to give with it, separated by commas."), text),
        "archived": _parameter(
            "archived",
            "query",
            _("Without archived records, only those, or all."),
            {"type": "string", "enum": ["no", "only", "all"], "default": "no"},
        ),
        "if_match": _parameter("If-Match", "header", _("Change only this version, else 412."), text),
        "if_none_match": _parameter("If-None-Match", "header", _("Give nothing (304) when it is still this."), text),
        "idempotency": _parameter(
            "Idempotency-Key",
            "header",
            _("Any text of your choice; the same request within 24 hours gets the same answer and is done once."),
            {"type": "string", "maxLength": 255},
        ),
        "language": _parameter(
            "Accept-Language", "header", _("The language of messages."), {"type": "string", "enum": ["tr", "en"]}
        ),
    }


def _parameter(name: str, place: str, text: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": place, "description": text, "schema": schema, **more}


def parameters(*names: str) -> list[Json]:
    """Refer to parameters by name."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]
