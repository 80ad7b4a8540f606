"""What of a type goes out to this caller, and what may come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.masking import mask
from hatir.foundation.access.queries import may, may_reveal, readable_fields, scope_condition, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.fields import CUSTOM_PREFIX, TO_ONE, FieldSpec
from hatir.foundation.records.outside import ALWAYS, Outline, outline, sets_of_many
from hatir.foundation.records.registry import record_type
from hatir.interface.api.problems import Problem
from hatir.kit.ids import decode_id


def served_type(actor: Actor, path: str) -> RecordType:
    """Find the type behind a path. Raises NotFoundHere for an unknown one and for one that the caller may not see."""
    rt = record_type(path)
    if rt.path not in ("", path) or not may(actor, "view", rt):
        raise NotFoundHere(path)
    return rt


def words(text: str) -> list[str]:
    """Read a list of names separated by commas."""
    return [name for name in (part.strip() for part in text.split(",")) if name]


class Shape:
    """How records of one type are written for one caller: chosen fields, included relations."""

    def __init__(self, actor: Actor, rt: RecordType, fields: str = "", include: str = "") -> None:
        self.actor, self.rt = actor, rt
        self.readable = readable_fields(actor, rt)
        self.included = _included(self.readable, include)
        chosen = _chosen(self.readable, fields)
        self.chosen = [*chosen, *(spec for spec in self.included if spec not in chosen)]
        self.outline = outline(rt, self.chosen, cover=None if may_reveal(actor) else mask, with_own=not fields)

    def one(self, record: Any, sets: Mapping[str, Sequence[int]] | None = None) -> dict[str, Any]:
        """Write one loaded record; `sets` spares reading its to-many values where they are known."""
        known = seen_sets(self.actor, self.outline, [self.outline.sets_of(record) if sets is None else sets])[0]
        written = self.outline.write(self.outline.row_of(record), known)
        return self._with_included([written])[0]

    def many(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Write rows read with `.values(*outline.columns)`."""
        sets = sets_of_many(self.outline, [row["id"] for row in rows]) if self.outline.many else {}
        none: dict[str, list[int]] = {}
        seen = seen_sets(self.actor, self.outline, [sets.get(row["id"], none) for row in rows])
        return self._with_included([self.outline.write(row, own) for row, own in zip(rows, seen, strict=True)])

    def _with_included(self, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not self.included:
            return written
        for out in written:
            out["included"] = {}
        for spec in self.included:
            self._include(spec, written)
        return written

    def _include(self, spec: FieldSpec, written: list[dict[str, Any]]) -> None:
        """Add the linked records that this caller may see, with two statements for all rows."""
        target = record_type(spec.target)
        linked = [_linked(spec, out) for out in written]
        wanted = {item for ids in linked for item in ids}
        found = _by_id(self.actor, target, wanted) if wanted and may(self.actor, "view", target) else {}
        for out, ids in zip(written, linked, strict=True):
            shown = [found[item] for item in ids if item in found]
            out["included"][spec.name] = shown if spec.kind == "relations" else (shown[0] if shown else None)


def outline_for(actor: Actor, rt: RecordType) -> Outline:
    """Say how a type's records are written for a caller with all fields he may read."""
    cover = None if may_reveal(actor) else mask
    return outline(rt, readable_fields(actor, rt).values(), cover=cover, with_own=True)


def seen_sets(
    actor: Actor, outlined: Outline, sets: Sequence[Mapping[str, Sequence[int]]]
) -> list[dict[str, list[int]]]:
    """Leave out linked records of to-many fields that the caller may not see; no statement for who sees all."""
    kept = [{name: list(ids) for name, ids in own.items()} for own in sets]
    for spec in outlined.many:
        ids = {item for own in kept for item in own.get(spec.name, ())}
        if not ids or not spec.target or scope_condition(actor, record_type(spec.target)) is None:
            continue
        seen = set(visible(actor, spec.target).filter(pk__in=ids).values_list("pk", flat=True))
        for own in kept:
            own[spec.name] = [item for item in own.get(spec.name, ()) if item in seen]
    return kept


def _by_id(actor: Actor, target: RecordType, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    shape = outline_for(actor, target)
    rows = list(visible(actor, target).filter(pk__in=ids).values(*shape.columns))
    sets = sets_of_many(shape, [row["id"] for row in rows]) if shape.many else {}
    seen = seen_sets(actor, shape, [sets.get(row["id"], {}) for row in rows])
    return {row["id"]: shape.write(row, own) for row, own in zip(rows, seen, strict=True)}


def _linked(spec: FieldSpec, out: Mapping[str, Any]) -> list[int]:
    """Read the ids back from what was written; an included relation is always among the chosen fields."""
    value = out["custom"].get(spec.custom_key) if spec.is_custom else out.get(spec.name)
    found = value if isinstance(value, list) else [value]
    return [decode_id(item) for item in found if item]


def _chosen(readable: Mapping[str, FieldSpec], fields: str) -> list[FieldSpec]:
    if not fields:
        return list(readable.values())
    wanted = words(fields)
    unknown = [name for name in wanted if name not in readable and name not in (*ALWAYS, "type", "version", "custom")]
    if unknown:
        raise Problem("invalid_query", errors={"fields": [_no_field(unknown[0])]})
    all_own = "custom" in wanted
    return [spec for name, spec in readable.items() if name in wanted or (all_own and spec.is_custom)]


def _included(readable: Mapping[str, FieldSpec], include: str) -> list[FieldSpec]:
    specs = []
    for name in words(include):
        spec = readable.get(name)
        if spec is None or not spec.target or spec.kind not in (*TO_ONE, "relations"):
            raise Problem("invalid_query", errors={"include": [_no_field(name)]})
        specs.append(spec)
    return specs


def _no_field(name: str) -> str:
    return _("There is no field “%(name)s” to choose here.") % {"name": name[:60]}


def incoming(data: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten what a caller sends: `{"custom": {"alerji": …}}` becomes `{"custom.alerji": …}`. Raises Invalid."""
    flat: dict[str, Any] = {}
    for name, value in data.items():
        if name != "custom":
            flat[name] = value
            continue
        if not isinstance(value, Mapping):
            raise Invalid({"custom": [_("Send an object here.")]})
        flat.update({f"{CUSTOM_PREFIX}{key}": item for key, item in value.items()})
    return flat
