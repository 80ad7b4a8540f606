"""The verbs every type has; a room replaces create and update where it knows more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.snapshot import put_all


def blank(rt: RecordType) -> Any:
    """Make a new record of the type in memory, with the fixed values of a narrowed type."""
    record = rt.model(**rt.where)
    for spec in fields_of(rt).values():
        if spec.is_custom and spec.default is not None:
            record.custom[spec.custom_key] = spec.default
    return record


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
