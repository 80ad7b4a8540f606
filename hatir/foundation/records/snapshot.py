"""Read a record's values by field name, and put values onto a record, built-in and custom alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import CUSTOM_PREFIX, TO_ONE, FieldSpec
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.models import Record
from hatir.foundation.records.reckoning import reckon
from hatir.foundation.records.registry import SNAPSHOTS, fields_of
from hatir.foundation.records.values import from_plain, plain

JSON_KINDS = frozenset({
    "text", "longtext", "integer", "boolean", "choice", "relation", "user", "team", "email", "phone", "url", "id",
})  # fmt: skip
"""Kinds whose column values JSON holds as they are."""


def value_of(spec: FieldSpec, record: Record) -> Any:
    """Give the typed value of one field; a to-one relation gives the id, a to-many the list of ids."""
    if spec.is_custom:
        return from_plain(spec, record.custom.get(spec.custom_key))
    if spec.kind in TO_ONE:
        return getattr(record, f"{spec.path}_id")
    if spec.reckon:
        return reckon(spec, getattr(record, spec.path))
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
    return [spec for spec in fields_of(rt).values() if spec.name not in skipped and not spec.reckon]


def links_of(rt: RecordType, name: str, ids: Collection[int]) -> dict[int, list[int]]:
    """Give the ids, sorted, to which each of these records links by a to-many field: one statement."""
    relation: Any = rt.model._meta.get_field(fields_of(rt)[name].path)
    here, there = relation.m2m_column_name(), relation.m2m_reverse_name()
    found: dict[int, list[int]] = {pk: [] for pk in ids}
    rows = relation.remote_field.through._base_manager.filter(**{f"{here}__among": list(ids)})
    for pk, other in rows.order_by(there).values_list(here, there):
        found[pk].append(other)
    return found


def snapshot(rt: RecordType, record: Record, many: Sequence[str] = ()) -> dict[str, Any]:
    """Give all stored values as audit keeps them; of the to-many fields only those named in `many`."""
    plan = _plan_of(rt)
    taken: dict[str, Any] = dict(zip(plan.names, plan.read(record.__dict__), strict=False))
    for name in plan.typed:
        if taken[name] is not None:
            taken[name] = plain(taken[name])
    for name in many:
        taken[name] = value_of(fields_of(rt)[name], record)
    return taken | plan.own | _own_values(plan, record)


def own_values(rt: RecordType, record: Record) -> dict[str, Any]:
    """Give the own fields that a record holds, as audit keeps them."""
    return _own_values(_plan_of(rt), record) if record.custom else {}


def _own_values(plan: Plan, record: Record) -> dict[str, Any]:
    held = {}
    for key, value in record.custom.items():  # also values of fields that were archived, or that never were
        spec = plan.specs.get(key)
        held[CUSTOM_PREFIX + key] = value if spec is None else plain(from_plain(spec, value))
    return held


@dataclass(frozen=True)
class Plan:
    """How a snapshot of a type is taken: column values at one stroke, those that JSON cannot hold, own fields."""

    names: tuple[str, ...]
    read: Callable[[dict[str, Any]], tuple[Any, ...]]
    typed: tuple[str, ...]
    own: dict[str, None]
    specs: dict[str, FieldSpec]


def _plan_of(rt: RecordType) -> Plan:
    kept: dict[str, Plan] = per_request(SNAPSHOTS, dict)
    plan = kept.get(rt.key)
    if plan is None:
        plan = kept[rt.key] = _plan(rt)
    return plan


def _plan(rt: RecordType) -> Plan:
    specs = [spec for spec in stored_specs(rt) if not spec.is_custom and spec.kind != "relations"]
    columns = [f"{spec.path}_id" if spec.kind in TO_ONE else spec.path for spec in specs]
    own = {spec.custom_key: spec for spec in stored_specs(rt) if spec.is_custom}
    return Plan(
        tuple(spec.name for spec in specs),
        itemgetter(*columns, "id"),  # one more, so that it gives a tuple for a single column too
        tuple(spec.name for spec in specs if spec.kind not in JSON_KINDS),
        {CUSTOM_PREFIX + key: None for key in own},
        own,
    )
