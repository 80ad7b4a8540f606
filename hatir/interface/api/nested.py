"""A record sent together with its parts: an order with its lines, all or nothing, in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import may
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.registry import fields_of, record_type, root_types
from hatir.interface.api import writes
from hatir.interface.api.writes import cleaned
from hatir.kit.ids import encode_id

MOST_PARTS = 1000
Sent = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Part:
    """A type whose records are parts of another's, and the field by which they hang on it."""

    name: str
    rt: RecordType
    parent: str


def parts_of(rt: RecordType) -> dict[str, Part]:
    """Give the parts that may be sent with a record of a type, by the name of the list: `lines` of an order."""
    root, found = rt.root_key, {}
    for other in root_types():
        if not other.part_of:
            continue
        spec = fields_of(other).get(other.part_of)
        relation: Any = other.model._meta.get_field(spec.path) if spec is not None and spec.path else None
        if relation is None or not spec or not spec.target or relation.remote_field.hidden:
            continue
        name = relation.remote_field.related_name
        if record_type(spec.target).root_key == root and name and name not in fields_of(rt):
            found[name] = Part(name, other, other.part_of)
    return found


def split(rt: RecordType, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[Mapping[str, Any]]]]:
    """Take the lists of parts out of what a caller sent. Raises Invalid for a list that is none."""
    known = parts_of(rt)
    own = {name: value for name, value in data.items() if name not in known}
    sent: dict[str, list[Mapping[str, Any]]] = {}
    for name in data.keys() & known.keys():
        rows = data[name]
        if not isinstance(rows, list) or len(rows) > MOST_PARTS or not all(isinstance(row, dict) for row in rows):
            raise Invalid({name: [_("Send a list of at most %(most)d objects here.") % {"most": MOST_PARTS}]})
        sent[name] = rows
    return own, sent


def create_record(actor: Actor, rt: RecordType, data: Mapping[str, Any]) -> tuple[Any, dict[str, list[int]]]:
    """Create one record with its parts from what a caller sent; give it with its to-many values."""
    own, sent = split(rt, data)
    if not sent:
        return writes.create_record(actor, rt, own)
    with transaction.atomic():
        record, sets = writes.create_record(actor, rt, own)
        create_parts(actor, rt, [(record, sent)])
        # Parts change what they are parts of: an order's amounts follow from its lines.
        record.refresh_from_db()
    return record, sets


def create_parts(actor: Actor, rt: RecordType, made: Sequence[tuple[Any, Sent]]) -> None:
    """Create the parts of records that were just created, in the caller's transaction.

    Raises Denied, or Invalid: `rows` by the record's place, each with names such as `lines.0.quantity`.
    """
    wrong: dict[int, dict[str, list[str]]] = {}
    for part in parts_of(rt).values():
        rows: list[dict[str, Any]] = []
        places: list[tuple[int, int]] = []
        for at, (record, sent) in enumerate(made):
            for place, row in enumerate(sent.get(part.name, ())):
                if not may(actor, "create", part.rt):
                    raise Denied("create", part.rt.key)
                try:
                    rows.append(cleaned(actor, part.rt, {**row, part.parent: encode_id(record.pk)}, complete=True))
                    places.append((at, place))
                except Invalid as problem:
                    _note(wrong, part, (at, place), problem.errors)
        if rows and not wrong:
            _create(actor, part, rows, places, wrong)
    if wrong:
        raise Invalid(rows=wrong)


def _create(
    actor: Actor,
    part: Part,
    rows: Sequence[Mapping[str, Any]],
    places: Sequence[tuple[int, int]],
    wrong: dict[int, dict[str, list[str]]],
) -> None:
    try:
        actions.create(part.rt, rows, actor=actor)
    except Invalid as problem:
        if not problem.rows:
            raise
        for at, errors in problem.rows.items():
            _note(wrong, part, places[at], errors)


def _note(
    wrong: dict[int, dict[str, list[str]]],
    part: Part,
    place: tuple[int, int],
    errors: Mapping[str, Sequence[str]],
) -> None:
    at, row = place
    wrong.setdefault(at, {}).update({f"{part.name}.{row}.{name}": list(told) for name, told in errors.items()})
