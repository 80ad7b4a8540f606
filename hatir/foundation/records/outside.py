"""A record as programs outside see it: one JSON form for the API and for webhooks.

Rows come from `.values()` where many are read, because building models costs more than the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.models import Record
from hatir.foundation.records.reckoning import reckon
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import to_json
from hatir.kit.ids import encode_id

ALWAYS = ("id", "created_at", "updated_at", "archived_at")
"""Stand in every record, under these names, beside `type` and `version`."""


@dataclass(frozen=True)
class Outline:
    """Which fields of a type go out, and how each is written. Made once, used for every row."""

    rt: RecordType
    single: tuple[tuple[str, str, Callable[[Any], Any]], ...]
    own: tuple[tuple[str, Callable[[Any], Any]], ...]
    many: tuple[FieldSpec, ...]
    with_own: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the database columns to read with `.values()`."""
        wanted = {column: None for _name, column, _write in self.single}
        more = ("custom",) if self.with_own else ()
        return tuple(wanted | dict.fromkeys((*ALWAYS, "version", *more)))

    def row_of(self, record: Record) -> dict[str, Any]:
        """Give one loaded record as such a row."""
        return {column: getattr(record, column) for column in self.columns}

    def sets_of(self, record: Record) -> dict[str, list[int]]:
        """Give the to-many values of one loaded record."""
        return {spec.name: value_of(spec, record) for spec in self.many}

    def write(self, row: Mapping[str, Any], sets: Mapping[str, Sequence[int]]) -> dict[str, Any]:
        """Give one row in its JSON form; `sets` holds the ids of its to-many fields by name."""
        out: dict[str, Any] = {"id": encode_id(row["id"]), "type": self.rt.root_key}
        for name, column, write in self.single:
            value = row[column]
            out[name] = None if value is None else write(value)
        for spec in self.many:
            out[spec.name] = [encode_id(item) for item in sets.get(spec.name, ())]
        if self.with_own:
            kept = row["custom"] or {}
            out["custom"] = {key: None if (value := kept.get(key)) is None else write(value) for key, write in self.own}
        out["created_at"] = instant(row["created_at"])
        out["updated_at"] = instant(row["updated_at"])
        out["archived_at"] = instant(row["archived_at"]) if row["archived_at"] else None
        out["version"] = row["version"]
        return out


def outline(
    rt: RecordType, specs: Iterable[FieldSpec], *, cover: Callable[[Any], Any] | None, with_own: bool = False
) -> Outline:
    """Say how records of a type are written with these fields; `cover` hides masked values, None hides nothing.

    `with_own` gives `custom` even where the company has no own fields.
    """
    single, own, many = [], [], []
    for spec in specs:
        write = cover if spec.masked and cover is not None else _writer(spec)
        if spec.is_custom:
            with_own = True
            own.append((spec.custom_key, write))
        elif spec.kind == "relations":
            many.append(spec)
        elif spec.name not in ALWAYS:
            single.append((spec.name, f"{spec.path}_id" if spec.kind in TO_ONE else spec.path, write))
    return Outline(rt, tuple(single), tuple(own), tuple(many), with_own)


def sets_of_many(outlined: Outline, ids: Sequence[int]) -> dict[int, dict[str, list[int]]]:
    """Read the to-many values of many records: one statement a field."""
    found: dict[int, dict[str, list[int]]] = {}
    for spec in outlined.many:
        relation: Any = outlined.rt.model._meta.get_field(spec.path)
        here, there = relation.m2m_column_name(), relation.m2m_reverse_name()
        pairs = relation.remote_field.through._base_manager.filter(**{f"{here}__in": ids})
        for one, other in pairs.order_by(there).values_list(here, there):
            found.setdefault(one, {}).setdefault(spec.name, []).append(other)
    return found


def instant(moment: datetime) -> str:
    """Write an instant as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _writer(spec: FieldSpec) -> Callable[[Any], Any]:
    if spec.reckon:
        return lambda value: reckon(spec, value)
    if spec.kind in TO_ONE:
        return encode_id
    if spec.kind == "datetime" and not spec.is_custom:
        return instant
    if spec.kind in ("date", "number", "money", "percent", "multichoice"):
        return lambda value: to_json(spec, value)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
