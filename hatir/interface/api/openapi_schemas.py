"""Schemas of the OpenAPI document: one type's record, what creates it and what changes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.outside import ALWAYS
from hatir.foundation.records.registry import fields_of
from hatir.interface.api.bulk import MOST_ITEMS, VERBS
from hatir.interface.api.nested import MOST_PARTS, Part, parts_of
from hatir.interface.api.problems import TITLES

Json = dict[str, Any]
ID: Json = {"type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{13}$"}
EXAMPLE_ID = "0SA4XB8NP6000"
INSTANT: Json = {"type": "string", "format": "date-time"}
DECIMAL: Json = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
EXAMPLES = {
    "text": "Ayşe Işık", "longtext": "Ayşe Işık", "email": "ayse@example.com", "phone": "555-123-4567",
    "url": "https://example.com", "integer": 12, "number": "12.50", "money": "1250.00", "percent": "12.5",
    "boolean": True, "date": "2026-11-21", "datetime": "2026-11-21T15:30:00Z",
}  # fmt: skip


def schema_name(rt: RecordType) -> str:
    """Name a type's schema: customers.customer becomes CustomersCustomer."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", rt.key))  # ascii-only: a key


def schemas_of(rt: RecordType) -> dict[str, Json]:
    """Describe a type: the record that is given, and the bodies that create and change it."""
    name, fields = schema_name(rt), fields_of(rt)
    writable = [spec for spec in fields.values() if spec.editable]
    required = [spec for spec in writable if spec.required]
    create = _body(writable)
    plain_required = [spec.name for spec in required if not spec.is_custom]
    if plain_required:
        create["required"] = plain_required
    if any(spec.is_custom for spec in required):
        create["required"] = [*plain_required, "custom"]
        create["properties"]["custom"]["required"] = [spec.custom_key for spec in required if spec.is_custom]
    create["examples"] = [_example(rt, writable)]
    for part in parts_of(rt).values():
        create["properties"][part.name] = _parts(part)
    change = _body(writable)
    change["properties"]["version"] = {
        "type": "integer",
        "minimum": 1,
        "description": _("The version you changed from; only changes to the same fields are then a conflict (409)."),
    }
    return {name: _record(rt, fields.values()), f"{name}Create": create, f"{name}Change": change}


def _parts(part: Part) -> Json:
    """Describe the list of a new record's parts; on what they hang is known, so it is not sent."""
    writable = [spec for spec in fields_of(part.rt).values() if spec.editable and spec.name != part.parent]
    item = _body(writable)
    required = [spec.name for spec in writable if spec.required and not spec.is_custom]
    if required:
        item["required"] = required
    told = _("Stored with the record, all or nothing: %(parts)s.") % {"parts": part.rt.plural_label}
    return {"type": "array", "maxItems": MOST_PARTS, "items": item, "description": told}


def _record(rt: RecordType, specs: Iterable[FieldSpec]) -> Json:
    properties: dict[str, Json] = {"id": ID, "type": {"type": "string", "const": rt.root_key}}
    own: dict[str, Json] = {}
    for spec in specs:
        if spec.is_custom:
            own[spec.custom_key] = _given(spec)
        elif spec.name not in ALWAYS:
            properties[spec.name] = _given(spec)
    properties["custom"] = {"type": "object", "properties": own, "description": _("The company's own fields.")}
    properties |= {
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "archived_at": _or_null(INSTANT),
        "version": {"type": "integer", "minimum": 1},
        "included": {"type": "object", "description": _("Linked records asked for with include.")},
    }
    return {
        "type": "object",
        "title": str(rt.singular_label),
        "required": ["id", "type", "created_at", "updated_at", "archived_at", "version"],
        "properties": properties,
    }


def _body(specs: Iterable[FieldSpec]) -> Json:
    properties: dict[str, Json] = {}
    own: dict[str, Json] = {}
    for spec in specs:
        if spec.is_custom:
            own[spec.custom_key] = _taken(spec)
        else:
            properties[spec.name] = _taken(spec)
    if own:
        properties["custom"] = {"type": "object", "properties": own, "additionalProperties": False}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _example(rt: RecordType, specs: Iterable[FieldSpec]) -> Json:
    shown = set(rt.quick_fields)
    wanted = [spec for spec in specs if not spec.is_custom and (spec.required or spec.name in shown)]
    return {spec.name: _example_of(spec) for spec in wanted if spec.kind not in (*TO_ONE, "relations") or spec.required}


def _example_of(spec: FieldSpec) -> Any:
    if spec.choices:
        return spec.choices[0][0]
    return EXAMPLES.get(spec.kind, EXAMPLE_ID)


def _given(spec: FieldSpec) -> Json:
    """Describe a field as it is given."""
    schema = _shape(spec, strict=not spec.is_custom)
    if spec.masked:
        schema = {"type": "string"}
    return _told(spec, schema if spec.is_many and not spec.is_custom else _or_null(schema))


def _taken(spec: FieldSpec) -> Json:
    """Describe a field as it is taken; null and "" empty it where it may be empty."""
    schema = _shape(spec, strict=True)
    if spec.kind in ("number", "money", "percent", "integer"):
        schema = {"type": ["number", "string"]}
    if spec.kind in ("text", "phone", "email", "url") and spec.max_length:
        schema = {**schema, "maxLength": spec.max_length}
    return _told(spec, schema if spec.required else _or_null(schema))


def _shape(spec: FieldSpec, *, strict: bool) -> Json:
    if spec.kind in TO_ONE or spec.kind == "id":
        return dict(ID)
    if spec.kind == "relations":
        return {"type": "array", "items": ID}
    if spec.kind == "multichoice":
        return {"type": "array", "items": {"type": "string", "enum": [key for key, _label in spec.choices]}}
    if spec.kind == "choice" and spec.choices and strict:
        keys = [key for key, _label in spec.choices]
        return {"type": "string", "enum": keys if spec.required else [*keys, ""]}
    plain: dict[str, Json] = {
        "integer": {"type": "integer"},
        "boolean": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
        "datetime": dict(INSTANT),
        "number": dict(DECIMAL),
        "money": dict(DECIMAL),
        "percent": dict(DECIMAL),
    }
    return plain.get(spec.kind, {"type": "string"})


def _or_null(schema: Json) -> Json:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    nullable = {**schema, "type": [*kinds, "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable


def _told(spec: FieldSpec, schema: Json) -> Json:
    words = [str(spec.label)]
    if spec.help:
        words.append(str(spec.help))
    if spec.target:
        words.append(_("The id of a record of the type %(type)s.") % {"type": spec.target})
    if spec.choices:
        words.append(", ".join(f"{key} = {label}" for key, label in spec.choices))
    if spec.masked:
        words.append(_("Covered, unless the key's user may open masked values."))
    return {**schema, "description": " · ".join(words)}


def common_schemas() -> dict[str, Json]:
    """Describe what all types share: problems, and the outcome of a bulk request."""
    problem: Json = {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(TITLES)},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "errors": {
                "type": "object",
                "description": _("Messages by field."),
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
            },
            "conflicts": {
                "type": "object",
                "description": _("Your value and the stored one, by field."),
                "additionalProperties": {
                    "type": "object",
                    "required": ["yours", "theirs"],
                    "properties": {"yours": {}, "theirs": {}},
                },
            },
            "version": {"type": "integer", "description": _("The version that is stored.")},
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/BulkOutcome"}},
        },
    }
    return {"Problem": problem, "BulkOutcome": _outcome(), "BulkAnswer": _bulk_answer()}


def _outcome() -> Json:
    return {
        "type": "object",
        "required": ["index", "status"],
        "properties": {
            "index": {"type": "integer", "minimum": 0},
            "status": {"type": "integer"},
            "id": ID,
            "version": {"type": "integer"},
            "problem": {"$ref": "#/components/schemas/Problem"},
        },
    }


def _bulk_answer() -> Json:
    return {
        "type": "object",
        "required": ["data", "succeeded", "failed"],
        "properties": {
            "data": {"type": "array", "items": {"$ref": "#/components/schemas/BulkOutcome"}},
            "succeeded": {"type": "integer"},
            "failed": {"type": "integer"},
        },
    }


def bulk_body(rt: RecordType) -> Json:
    """Describe the body of a bulk request."""
    item: Json = {
        "type": "object",
        "properties": {
            "op": {"type": "string", "enum": list(VERBS), "default": "create"},
            "id": ID,
            "version": {"type": "integer", "minimum": 1},
            "values": {"$ref": f"#/components/schemas/{schema_name(rt)}Change"},
        },
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": item},
            "atomic": {"type": "boolean", "default": False, "description": _("All or nothing.")},
        },
        "additionalProperties": False,
    }
