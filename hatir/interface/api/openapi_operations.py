"""The operations of one type in the OpenAPI document."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.merging.declared import is_compared
from hatir.foundation.records.declaration import RecordType
from hatir.interface.api import openapi_duplicates
from hatir.interface.api.openapi_parts import parameters, refused
from hatir.interface.api.openapi_schemas import bulk_body, schema_name

Json = dict[str, Any]
READING = (400, 401, 404, 422, 429, 500, 503)
WRITING = (400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503)


def paths_of(rt: RecordType) -> dict[str, Json]:
    """Describe the addresses of a type."""
    slug = re.sub(r"[^a-z0-9]+", "_", rt.api_path)
    place = f"/{rt.api_path}"
    one = {"parameters": parameters("key", "language")}
    return {
        place: {
            "parameters": parameters("language"),
            "get": _list(rt, slug),
            "post": _create(rt, slug),
        },
        f"{place}/bulk": {"parameters": parameters("language"), "post": _bulk(rt, slug)},
        f"{place}/{{key}}": {
            **one,
            "get": _read(rt, slug),
            "patch": _change(rt, slug),
            "delete": _archive(rt, slug),
        },
        f"{place}/{{key}}/restore": {**one, "post": _restore(rt, slug)},
        **(_duplicates(rt, slug, place, one) if is_compared(rt) else {}),
    }


def _duplicates(rt: RecordType, slug: str, place: str, one: Json) -> dict[str, Json]:
    asking = openapi_duplicates.asking(rt)
    answers = {"200": _json(openapi_duplicates.found(rt), _("The likeliest first.")), **openapi_duplicates.refusals()}
    posted = {name: text for name, text in asking.items() if name != "parameters"}
    values = _sent({"type": "object", "description": _("Values by field, as when creating.")})
    changed = {"200": _json(_ref(rt), _("The changed record."), "ETag"), **refused(*WRITING)}
    return {
        f"{place}/duplicates": {
            "parameters": parameters("language"),
            "get": _operation(rt, f"duplicates_{slug}", answers=answers, **asking),
            "post": _operation(
                rt, f"find_duplicates_{slug}", answers={**answers, **refused(*WRITING)}, **posted, requestBody=values
            ),
        },
        f"{place}/{{key}}/merge": {
            **one,
            "post": _operation(
                rt,
                f"merge_{slug}",
                _("Merge another record into this: %(type)s") % _names(rt),
                changed,
                parameters=openapi_duplicates.shared(),
                requestBody=_sent(openapi_duplicates.merge_body()),
            ),
        },
        f"{place}/{{key}}/unmerge": {
            **one,
            "post": _operation(
                rt,
                f"unmerge_{slug}",
                _("Separate a merged record again: %(type)s") % _names(rt),
                changed,
                parameters=parameters("idempotency"),
            ),
        },
    }


def _operation(rt: RecordType, operation_id: str, summary: str, answers: Json, **more: Any) -> Json:
    return {"operationId": operation_id, "tags": [schema_name(rt)], "summary": summary, "responses": answers, **more}


def _names(rt: RecordType) -> dict[str, str]:
    return {"type": str(rt.singular_label), "types": str(rt.plural_label)}


def _json(schema: Json, description: str, *headers: str) -> Json:
    named = (*headers, "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in named},
        "content": {"application/json": {"schema": schema}},
    }


def _ref(rt: RecordType, kind: str = "") -> Json:
    return {"$ref": f"#/components/schemas/{schema_name(rt)}{kind}"}


def _sent(schema: Json) -> Json:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _list(rt: RecordType, slug: str) -> Json:
    page = {
        "type": "object",
        "required": ["data", "next", "has_more"],
        "properties": {
            "data": {"type": "array", "items": _ref(rt)},
            "next": {"type": ["string", "null"], "description": _("The cursor of the next page.")},
            "has_more": {"type": "boolean"},
        },
    }
    return _operation(
        rt,
        f"list_{slug}",
        _("List: %(types)s") % _names(rt),
        {"200": _json(page, _("One page.")), **refused(*READING)},
        parameters=parameters("filter", "sort", "limit", "cursor", "fields", "include", "archived"),
    )


def _create(rt: RecordType, slug: str) -> Json:
    created = _json(_ref(rt), _("The new record."), "Location", "ETag")
    return _operation(
        rt,
        f"create_{slug}",
        _("Create: %(type)s") % _names(rt),
        {"201": created, **refused(*WRITING)},
        parameters=parameters("fields", "include", "idempotency"),
        requestBody=_sent(_ref(rt, "Create")),
    )


def _bulk(rt: RecordType, slug: str) -> Json:
    return _operation(
        rt,
        f"bulk_{slug}",
        _("Up to 1,000 changes: %(types)s") % _names(rt),
        {"200": _json({"$ref": "#/components/schemas/BulkAnswer"}, _("What became of each.")), **refused(*WRITING)},
        parameters=parameters("idempotency"),
        requestBody=_sent(bulk_body(rt)),
    )


def _read(rt: RecordType, slug: str) -> Json:
    return _operation(
        rt,
        f"get_{slug}",
        _("Read: %(type)s") % _names(rt),
        {
            "200": _json(_ref(rt), _("The record."), "ETag"),
            "304": {"description": _("You have this version already.")},
            **refused(*READING),
        },
        parameters=parameters("fields", "include", "if_none_match"),
    )


def _change(rt: RecordType, slug: str) -> Json:
    return _operation(
        rt,
        f"update_{slug}",
        _("Change: %(type)s") % _names(rt),
        {"200": _json(_ref(rt), _("The changed record."), "ETag"), **refused(*WRITING)},
        parameters=parameters("fields", "include", "if_match", "idempotency"),
        requestBody=_sent(_ref(rt, "Change")),
    )


def _archive(rt: RecordType, slug: str) -> Json:
    return _operation(
        rt,
        f"archive_{slug}",
        _("Archive: %(type)s") % _names(rt),
        {"200": _json(_ref(rt), _("The archived record."), "ETag"), **refused(*WRITING)},
        parameters=parameters("fields", "include", "if_match", "idempotency"),
    )


def _restore(rt: RecordType, slug: str) -> Json:
    return _operation(
        rt,
        f"restore_{slug}",
        _("Restore: %(type)s") % _names(rt),
        {"200": _json(_ref(rt), _("The restored record."), "ETag"), **refused(*WRITING)},
        parameters=parameters("fields", "include", "if_match", "idempotency"),
    )
