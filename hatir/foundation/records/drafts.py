"""New records made ready ahead: what can be said of them without the database, maybe by another process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hatir.foundation.records import actions, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.registry import fields_of, root_of
from hatir.foundation.records.snapshot import put

_OWN = frozenset({"id", "_state", "pending_sets", "prepared"})
"""What every record has for itself."""
Values = Mapping[str, Any]


class Draft(NamedTuple):
    """What a new record holds beyond a blank one, by column, and what the steps of the write door made ready."""

    columns: dict[str, Any]
    prepared: dict[str, Any]


class Drafted(NamedTuple):
    """A draft, and the links (values by field name) that only the database could tell."""

    draft: Draft
    links: Values


def make(rt: RecordType, rows: Sequence[Values]) -> list[Draft | None]:
    """Draft records of cleaned values without links; where something is wrong there is none, for the door to say.

    The database is asked for nothing but definitions, which are remembered: draft none first to have them read.
    """
    if rt.draft is None:
        return [None] * len(rows)
    records, wrong = rt.draft([{**rt.where, **row} for row in rows])
    writing.make_ready(root_of(rt), records)
    usual = actions.pattern_of(root_of(rt)).__dict__
    return [None if at in wrong else Draft(_beyond(record, usual), record.prepared)
            for at, record in enumerate(records)]  # fmt: skip


def _beyond(record: Any, usual: Values) -> dict[str, Any]:
    return {
        name: value
        for name, value in record.__dict__.items()
        if name not in _OWN and (name not in usual or (value is not usual[name] and value != usual[name]))
    }


def create(rt: RecordType, rows: Sequence[Values | Drafted], *, actor: Actor) -> list[Any]:
    """Create records of drafts and of cleaned values, in the given order. See `actions.create` for the errors."""
    whole = {at: row for at, row in enumerate(rows) if not isinstance(row, Drafted)}
    if rt.draft is None or len(whole) == len(rows):
        return actions.create(rt, list(whole.values()), actor=actor)
    records: list[Any] = actions.blanks(root_of(rt), len(rows))
    fields = fields_of(rt)
    columns = {name: f"{spec.path}_id" for name, spec in fields.items() if spec.kind in TO_ONE and not spec.is_custom}
    for record, row in zip(records, rows, strict=True):
        if isinstance(row, Drafted):
            record.__dict__.update(row.draft.columns)
            record.prepared = row.draft.prepared
            _link(record, row.links, fields, columns)
    if whole:
        made, wrong = rt.draft([{**rt.where, **row} for row in whole.values()])
        places = list(whole)
        if wrong:
            raise Invalid(rows={places[at]: told for at, told in wrong.items()})
        for at, record in zip(places, made, strict=True):
            records[at] = record
    return writing.save_many(records, actor=actor)


def _link(record: Any, links: Values, fields: Mapping[str, FieldSpec], columns: Mapping[str, str]) -> None:
    """Set what a new record links to; nothing is remembered of its other ends yet, so a column takes its id plainly."""
    for name, value in links.items():
        if name in columns:
            record.__dict__[columns[name]] = value
        else:
            put(record, fields[name], value)
