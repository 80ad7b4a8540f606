"""Everything that points at a record, found through the models themselves: no room is asked, none is forgotten.

There are three ways of pointing: a foreign key, two columns with type and id (`points_at`), and a link in one of the
company's own fields. Records move through the write door; other rows are moved as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, UniqueConstraint

from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.expressions import CustomValue
from hatir.foundation.records.models import Record
from hatir.foundation.records.refs import PointsAt
from hatir.foundation.records.registry import fields_of, record_type, root_types, type_of_model

BATCH = 500


@dataclass(frozen=True)
class Pointer:
    """One way in which rows of a model point at records: by a column, with a type column, or by an own field."""

    model: type[Model]
    column: str
    type_column: str = ""
    own_key: str = ""
    own_type: str = ""

    @property
    def key(self) -> str:
        """Name the pointer in the log of a merge."""
        return f"{self.model._meta.label_lower}:{self.own_type}:{self.own_key or self.column}"

    def rows(self, rt: RecordType, record_id: int) -> Any:
        """Give the rows that point at one record."""
        found = self.model._base_manager.all()
        if self.own_key:
            if self.own_type.startswith("own."):
                found = found.filter(own_type_key=self.own_type)
            return found.alias(own_link=CustomValue("custom", self.own_key, "relation")).filter(own_link=record_id)
        if self.type_column:
            found = found.filter(**{self.type_column: rt.root_key})
        return found.filter(**{self.column: record_id})


def pointers_to(rt: RecordType) -> list[Pointer]:
    """List all ways of pointing at records of a root type."""
    return [*_foreign_keys(rt), *_by_two_columns(), *_own_links(rt)]


def set_fields(rt: RecordType) -> list[str]:
    """Name the to-many fields that people write: of these the winner gets what it lacks, and the loser keeps its own.

    The others (lists, segments) are kept by other records, so their rows move like everything that points.
    """
    return [name for name, spec in fields_of(rt).items() if spec.kind == "relations" and spec.path and spec.editable]


def _foreign_keys(rt: RecordType) -> Iterator[Pointer]:
    own_sets = {
        (field.remote_field.through, field.m2m_field_name())
        for field in rt.model._meta.many_to_many
        if field.name in set_fields(rt)
    }
    for relation in rt.model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)) or relation.concrete:
            continue
        model, field = relation.related_model, relation.field  # type: ignore[union-attr]
        if (model, field.name) not in own_sets and not model._meta.proxy:  # type: ignore[union-attr]
            yield Pointer(model, field.attname)  # type: ignore[arg-type]


def _by_two_columns() -> Iterator[Pointer]:
    for model in apps.get_models():
        pairs: tuple[PointsAt, ...] = getattr(model, "points_at", ())
        for pair in pairs:
            yield Pointer(model, pair.id_column, pair.type_column)


def _own_links(rt: RecordType) -> Iterator[Pointer]:
    for other in root_types():
        for spec in fields_of(other).values():
            is_link = spec.is_custom and spec.kind == "relation" and spec.target
            if is_link and record_type(spec.target).root_key == rt.root_key:
                yield Pointer(other.model, "", own_key=spec.custom_key, own_type=other.key)


def movable(pointer: Pointer, rt: RecordType, loser_id: int, winner_id: int) -> tuple[list[Any], int]:
    """Give the rows that follow, and how many stay because the winner has their twin or would point at itself."""
    rows = list(pointer.rows(rt, loser_id).order_by("pk"))
    if not rows:
        return [], 0
    twins = _twins(pointer, rt, winner_id)
    keys = _twin_columns(pointer)
    moved = []
    for row in rows:
        if row.pk in (winner_id, loser_id) or _points_at(row, pointer, winner_id):
            continue
        if any(_values(row, columns) in held for columns, held in zip(keys, twins, strict=True)):
            continue
        moved.append(row)
    return moved, len(rows) - len(moved)


def _points_at(row: Any, pointer: Pointer, record_id: int) -> bool:
    """Tell whether the row points at the winner by another key already: it would tie the record to itself."""
    if pointer.type_column or pointer.own_key:
        return False
    target = row._meta.get_field(pointer.column.removesuffix("_id")).related_model
    others = (field for field in row._meta.concrete_fields if field.related_model is target)
    return any(getattr(row, field.attname) == record_id for field in others if field.attname != pointer.column)


def _twin_columns(pointer: Pointer) -> list[tuple[str, ...]]:
    """Name the columns that, with the pointer, may stand but once: by a constraint, or by what a part is known by."""
    meta = pointer.model._meta
    found = []
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            columns = tuple(meta.get_field(name).attname for name in constraint.fields)  # type: ignore[union-attr]
            if pointer.column in columns:
                found.append(tuple(column for column in columns if column != pointer.column))
    field = next((one for one in meta.concrete_fields if one.attname == pointer.column), None)
    if field is not None and field.unique:
        found.append(())
    rt = _type(pointer.model)
    if rt is not None and rt.part_of and f"{rt.part_of}_id" == pointer.column:
        specs = fields_of(rt)
        names = [name for name in rt.match_on if name != rt.part_of and not specs[name].is_custom]
        if names:
            found.append(tuple(meta.get_field(specs[name].path).attname for name in names))  # type: ignore[union-attr]
    return found


def _twins(pointer: Pointer, rt: RecordType, winner_id: int) -> list[set[tuple[Any, ...]]]:
    keys = _twin_columns(pointer)
    if not keys:
        return []
    rows = list(pointer.rows(rt, winner_id))
    held = [{_values(row, columns) for row in rows} for columns in keys]
    return [{values for values in one if None not in values} for one in held]  # nothing is no twin of nothing


def _values(row: Any, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, column) for column in columns)


def _type(model: type[Any]) -> RecordType | None:
    try:
        return type_of_model(model)
    except NotFoundHere:
        return None


def point(pointer: Pointer, rows: Iterable[Any], record_id: int, *, actor: Actor) -> None:
    """Let rows point at another record; records do it through the write door."""
    rows = list(rows)
    if not rows:
        return
    if issubclass(pointer.model, Record):
        for row in rows:
            if pointer.own_key:
                row.custom = {**row.custom, pointer.own_key: record_id}
            else:
                setattr(row, pointer.column, record_id)
        writing.save_many(rows, actor=actor)
        return
    ids = [row.pk for row in rows]
    for start in range(0, len(ids), BATCH):
        part = Q(pk__in=ids[start : start + BATCH])
        pointer.model._base_manager.filter(part).update(**{pointer.column: record_id})
