"""Define own fields and objects, and store records of own objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.customization import indexes
from hatir.foundation.customization.models import CustomField, CustomObject, CustomRecord
from hatir.foundation.customization.rules import keep_keys, key_from, parse_choices
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import CreateMany
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import definitions_changed, record_type, type_of, type_of_model
from hatir.foundation.records.snapshot import put_all
from hatir.kit.text_tr import fold, sort_key

_FIXED_AFTERWARDS = ("type_key", "kind", "target")


def define_fields(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[CustomField]:
    """Add own fields; the key is made from the name, and an index for filtering is built.

    Raises Invalid for a list without choices, a link without target or an unknown type.
    """
    taken: dict[str, set[str]] = {}
    fields = []
    for row in rows:
        field: CustomField = blank(type_of_model(CustomField))
        put_all(type_of_model(CustomField), field, row)
        known = taken.setdefault(field.type_key, _keys_of(field.type_key))
        field.key = key_from(field.label, known)
        known.add(field.key)
        field.choice_lines = keep_keys("", field.choice_lines)
        fields.append(field)
    _judge(fields)
    writing.save_many(fields, actor=actor)
    definitions_changed()
    for field in fields:
        indexes.build(record_type(field.type_key), field.key, field.kind)
    return fields


def change_fields(
    pairs: Sequence[tuple[CustomField, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[CustomField]:
    """Change own fields; where a field stands and its kind are fixed, because values already exist."""
    rt = type_of_model(CustomField)
    for field, values in pairs:
        fixed = {name: [_("This cannot change once the field exists.")] for name in _FIXED_AFTERWARDS
                 if name in values and values[name] != getattr(field, name)}  # fmt: skip
        if fixed:
            raise Invalid(fixed)
        before = field.choice_lines
        put_all(rt, field, values)
        field.choice_lines = keep_keys(before, field.choice_lines)
    fields = [field for field, _values in pairs]
    _judge(fields)
    saved = writing.save_many(fields, actor=actor, expected_version=expected_version)
    definitions_changed()
    return saved


def define_objects(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[CustomObject]:
    """Add own objects; at once they have lists, pages, forms, an API, import and export."""
    taken = set(CustomObject.objects.values_list("key", flat=True))
    objects = []
    for row in rows:
        custom: CustomObject = blank(type_of_model(CustomObject))
        put_all(type_of_model(CustomObject), custom, row)
        custom.key = key_from(custom.label, taken)
        taken.add(custom.key)
        objects.append(custom)
    writing.save_many(objects, actor=actor)
    definitions_changed()
    return objects


def change_objects(
    pairs: Sequence[tuple[CustomObject, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[CustomObject]:
    """Rename own objects; their key stays."""
    for custom, values in pairs:
        put_all(type_of_model(CustomObject), custom, values)
    saved = writing.save_many([custom for custom, _v in pairs], actor=actor, expected_version=expected_version)
    definitions_changed()
    return saved


def creator(type_key: str) -> CreateMany:
    """Give the creating verb of one own object."""

    def create(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Any]:
        records = []
        for row in rows:
            record: CustomRecord = blank(record_type(type_key))
            values = {name: value for name, value in row.items() if name != "own_type_key"}
            put_all(record_type(type_key), record, values)
            records.append(_folded(record))
        return writing.save_many(records, actor=actor)

    return create


def update_own_records(
    pairs: Sequence[tuple[CustomRecord, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[CustomRecord]:
    """Change records of an own object and keep their folds true."""
    for record, values in pairs:
        put_all(type_of(record), record, values)
        _folded(record)
    return writing.save_many([record for record, _v in pairs], actor=actor, expected_version=expected_version)


def _folded(record: CustomRecord) -> CustomRecord:
    record.name_fold, record.name_sort = fold(record.name)[:220], sort_key(record.name)[:420]
    return record


def _keys_of(type_key: str) -> set[str]:
    return set(CustomField.objects.filter(type_key=type_key).values_list("key", flat=True))


def _judge(fields: Sequence[CustomField]) -> None:
    for field in fields:
        if field.kind in ("choice", "multichoice") and not parse_choices(field.choice_lines):
            raise Invalid({"choice_lines": [_("Write at least one choice, one a line.")]})
        if field.kind == "relation" and not field.target:
            raise Invalid({"target": [_("Choose what it links to.")]})
