"""The operations on duplicates in the OpenAPI document, of types whose duplicates are found."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.records.declaration import RecordType
from hatir.interface.api.duplicates import LEVELS, MOST, SIDES, USUAL
from hatir.interface.api.openapi_parts import parameters, refused
from hatir.interface.api.openapi_schemas import schema_name

Json = dict[str, Any]
READING = (400, 401, 403, 404, 422, 429, 500, 503)


def asking(rt: RecordType) -> Json:
    """Describe the question in an address."""
    text: Json = {"type": "string"}
    whole = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return {
        "summary": _("Probable duplicates: %(types)s") % {"types": str(rt.plural_label)},
        "description": _(
            "Of one record with `of`, of one with given values (name=…&phone=…), or without either all pairs that wait "
            "to be decided, for who may merge."
        ),
        "parameters": [
            _in_query("of", _("The id of a record."), text),
            _in_query("limit", _("So many at most."), whole),
            _in_query("cursor", _("The next of the page before."), text),
        ],
    }


def _in_query(name: str, text: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": text, "schema": schema}


def found(rt: RecordType) -> Json:
    """Describe the answer."""
    reason: Json = {
        "type": "object",
        "required": ["field", "level"],
        "properties": {
            "field": {"type": "string"},
            "level": {"type": "string", "enum": [*LEVELS.values(), "different"]},
        },
    }
    pair: Json = {
        "type": "object",
        "required": ["score", "reasons", "records"],
        "properties": {
            "score": {"type": "integer", "minimum": 0, "maximum": 99, "description": _("How likely, in per cent.")},
            "reasons": {"type": "array", "items": reason, "description": _("The heaviest first.")},
            "records": {
                "type": "array",
                "items": {"$ref": f"#/components/schemas/{schema_name(rt)}"},
                "description": _("The record that was found, or both of a pair."),
            },
        },
    }
    return {
        "type": "object",
        "required": ["data", "next"],
        "properties": {"data": {"type": "array", "items": pair}, "next": {"type": ["string", "null"]}},
    }


def merge_body() -> Json:
    """Describe what a merge takes."""
    return {
        "type": "object",
        "required": ["with"],
        "additionalProperties": False,
        "properties": {
            "with": {"type": "string", "description": _("The id of the record that goes into this one.")},
            "choices": {
                "type": "object",
                "description": _("Whose value counts, by field; the others as proposed."),
                "additionalProperties": {"type": "string", "enum": list(SIDES)},
            },
        },
    }


def shared() -> list[Json]:
    """Give the parameters of a merge."""
    return parameters("if_match", "idempotency")


def refusals() -> Json:
    """Give the refusals of a question."""
    return refused(*READING)
