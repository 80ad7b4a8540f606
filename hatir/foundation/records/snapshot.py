"""Read a record's values by field name, and put values onto a record, built-in and custom alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import CUSTOM_PREFIX, TO_ONE, FieldSpec
from hatir.foundation.records.models import Record
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.values import from_plain, plain


def value_of(spec: FieldSpec, record: Record) -> Any:
    """Give the typed value of one field; a to-one relation gives the id, a to-many the list of ids."""
    if spec.is_custom:
        return from_plain(spec, record.custom.get(spec.custom_key))
    if spec.kind in TO_ONE:
        return getattr(record, f"{spec.path}_id")
    if spec.kind == "relations":
        if spec.name in record.pending_sets:
            return record.pending_sets[spec.name]
        return sorted(item.pk for item in getattr(record, spec.path).all()) if record.pk else []
    return getattr(record, spec.path)


def put(record: Record, spec: FieldSpec, value: Any) -> None:
    """Set one cleaned value on a record that is about to be saved."""
    if spec.is_custom:
        record.custom = {**record.custom, spec.custom_key: plain(value)}
    elif spec.kind == "relations":
        record.set_many(spec.name, [int(item) for item in value or ()])
    elif spec.kind in TO_ONE:
        setattr(record, f"{spec.path}_id", value)
    else:
        setattr(record, spec.path, value)


def put_all(rt: RecordType, record: Record, values: Mapping[str, Any]) -> None:
    """Set cleaned values by field name. Raises NotFoundHere for a name that is no field of the type."""
    fields = fields_of(rt)
    for name, value in values.items():
        if name not in fields:
            raise NotFoundHere(f"{rt.key}.{name}")
        put(record, fields[name], value)


def stored_specs(rt: RecordType) -> list[FieldSpec]:
    """List the fields whose value the write door compares and audits."""
    skipped = ("id", "created_at", "updated_at")
    return [spec for spec in fields_of(rt).values() if spec.name not in skipped]


def snapshot(rt: RecordType, record: Record, many: Sequence[str] = ()) -> dict[str, Any]:
    """Give all stored values as audit keeps them; of the to-many fields only those named in `many`."""
    taken: dict[str, Any] = {}
    for spec in stored_specs(rt):
        if spec.kind == "relations" and spec.name not in many:
            continue
        taken[spec.name] = plain(value_of(spec, record))
    for key, value in record.custom.items():  # values of fields that were archived, or that never were
        taken.setdefault(CUSTOM_PREFIX + key, value)
    return taken
