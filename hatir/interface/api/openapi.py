"""The OpenAPI 3.1 document of this company's API, made from the registry: own fields and objects included."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import fields_of, record_types
from hatir.interface.api.openapi_operations import paths_of
from hatir.interface.api.openapi_parts import headers, responses, shared_parameters
from hatir.interface.api.openapi_schemas import common_schemas, schema_name, schemas_of

API_VERSION = "1.0.0"
_made: dict[str, bytes] = {}
MOST_KEPT = 16


def document_bytes() -> bytes:
    """Give the document as JSON; it is made anew only when a type, field or the language differs."""
    stamp = _stamp()
    if stamp not in _made:
        if len(_made) >= MOST_KEPT:
            _made.clear()
        _made[stamp] = orjson.dumps(document(record_types()), default=str)
    return _made[stamp]


def _stamp() -> str:
    """Name the content: the same definitions give the same stamp, whichever company they belong to."""
    digest = hashlib.sha256(f"{API_VERSION} {get_language()}".encode())
    for rt in record_types():
        digest.update(repr((rt.key, rt.path, str(rt.singular_label), str(rt.plural_label))).encode())
        for spec in fields_of(rt).values():
            choices = [(key, str(label)) for key, label in spec.choices]
            told = (spec.name, str(spec.label), spec.kind, choices, spec.required, spec.editable, spec.max_length)
            digest.update(repr((*told, str(spec.help), spec.target)).encode())
    return digest.hexdigest()


def document(types: list[RecordType]) -> dict[str, Any]:
    """Put the document together for these types."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = common_schemas()
    for rt in types:
        paths.update(paths_of(rt))
        schemas.update(schemas_of(rt))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hatır API",
            "version": API_VERSION,
            "summary": _("Read and write everything that Hatır keeps."),
            "description": _description(),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}, {"key": []}, {"session": []}],
        "tags": [{"name": schema_name(rt), "description": str(rt.plural_label)} for rt in types],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": shared_parameters(),
            "headers": headers(),
            "responses": responses(),
            "securitySchemes": _security(),
        },
    }


def _description() -> str:
    return _(
        "Ids are 13 characters of Crockford base32. Decimals travel as text, instants as RFC 3339 in UTC. "
        "Errors are RFC 9457 problems in Turkish or English (Accept-Language). "
        "Writes take an Idempotency-Key; changes take If-Match. Addresses work with and without a slash at the end."
    )


def _security() -> dict[str, Any]:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": _("An API key.")},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": _("An API key.")},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "hatir_session",
            "description": _("The session of a signed-in browser; writes also need the header X-CSRFToken."),
        },
    }
