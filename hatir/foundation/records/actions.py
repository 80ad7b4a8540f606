"""The verbs every type has; a room replaces create and update where it knows more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models.base import ModelState

from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.registry import BLANKS, fields_of
from hatir.foundation.records.snapshot import put_all
from hatir.kit.ids import new_ids

Pattern = tuple[Any, list[tuple[str, Callable[[], Any]]]]


def blank(rt: RecordType) -> Any:
    """Make a new record of the type in memory, with the fixed values of a narrowed type."""
    return blanks(rt, 1)[0]


def blanks(rt: RecordType, count: int) -> list[Any]:
    """Make so many new records.

    They are copies of a first one: Django's constructor takes ten times as long, and an import makes a million.
    """
    pattern, fresh = _kept_pattern(rt)
    usual, custom, model = pattern.__dict__, pattern.custom, rt.model
    found = []
    for pk in new_ids(count):
        record = model.__new__(model)
        own = record.__dict__
        own.update(usual)
        own["id"], own["_state"], own["custom"], own["pending_sets"] = pk, ModelState(), dict(custom), {}
        for name, make in fresh:
            setattr(record, name, make())
        found.append(record)
    return found


def pattern_of(rt: RecordType) -> Any:
    """Give the record of which new ones are copies; it must never be altered."""
    return _kept_pattern(rt)[0]


def _kept_pattern(rt: RecordType) -> Pattern:
    kept: dict[str, Pattern] = per_request(BLANKS, dict)
    if rt.key not in kept:
        kept[rt.key] = _pattern(rt)
    return kept[rt.key]


def _pattern(rt: RecordType) -> Pattern:
    """Make the first record of a type, and say which of its values every record has anew, beside its id."""
    pattern = rt.model(**rt.where)
    for spec in fields_of(rt).values():
        if spec.is_custom and spec.default is not None:
            pattern.custom[spec.custom_key] = spec.default
    columns = [field for field in rt.model._meta.concrete_fields if field.attname not in (*rt.where, "custom", "id")]
    fresh = [(field.attname, field.default) for field in columns if field.has_default() and callable(field.default)]
    return pattern, fresh


def create(rt: RecordType, rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Any]:
    """Create records of any type from cleaned values, by the room's own verb where it has one."""
    if rt.create is not None:
        return rt.create([{**rt.where, **row} for row in rows], actor=actor)
    records = []
    for row in rows:
        record = blank(rt)
        put_all(rt, record, row)
        records.append(record)
    return writing.save_many(records, actor=actor)


def update(
    rt: RecordType,
    pairs: Sequence[tuple[Any, Mapping[str, Any]]],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> list[Any]:
    """Change records of any type from cleaned values, by the room's own verb where it has one.

    `expected_version` serves a single record: see `writing.save`.
    """
    if rt.update is not None:
        return rt.update(pairs, actor=actor, expected_version=expected_version)
    for record, values in pairs:
        put_all(rt, record, values)
    return writing.save_many([record for record, _values in pairs], actor=actor, expected_version=expected_version)
