"""Conditions that the company stores as text on a record: read, brought into their one form, said, compiled, judged.

A type says with `RecordType.conditions` which of its long texts hold one, and on which type; forms then draw the
condition editor for it, and the write door refuses what cannot be read. With `RecordType.field_lists` it says which
texts name fields, one in a line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.records.changes import Change, WriteBatch
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.filtering import compile_tree, relation_schema, whole_company, with_steps
from hatir.foundation.records.registry import fields_of, record_type
from hatir.kit.filters.describe import describe
from hatir.kit.filters.parse import parse
from hatir.kit.filters.schema import FieldShape, FilterError
from hatir.kit.filters.text import parse_text, to_text
from hatir.kit.filters.tree import All, Has, Node, Not
from hatir.kit.filters.tree import Any as AnyOf
from hatir.kit.filters.values import FilterContext, resolve

Schemas = tuple[Mapping[str, FieldShape], Callable[[str], Mapping[str, FieldShape]]]


def whole_schema(rt: RecordType) -> Schemas:
    """Give all that a condition of the company may name."""
    return with_steps(rt), relation_schema


def read_condition(text: str, rt: RecordType, schemas: Schemas | None = None) -> Node:
    """Read a condition on records of a type: the text form, or filter JSON as text. Raises FilterError."""
    schema, behind = schemas or whole_schema(rt)
    if text.lstrip().startswith("{"):
        try:
            return parse(json.loads(text), schema, behind)
        except json.JSONDecodeError:
            raise FilterError(_("This filter cannot be read.")) from None
    return parse_text(text, schema, behind)


def normal_form(text: str, rt: RecordType, schemas: Schemas | None = None) -> str:
    """Write a condition in its one text form; an empty one stays empty. Raises FilterError."""
    return to_text(read_condition(text, rt, schemas)) if text.strip() else ""


def in_words(text: str, rt: RecordType, schemas: Schemas | None = None) -> str:
    """Say a condition in a sentence, in the reader's language. Raises FilterError."""
    if not text.strip():
        return ""
    return describe(read_condition(text, rt, schemas), *(schemas or whole_schema(rt)))


def condition_of(text: str, rt: RecordType) -> Q:
    """Compile a condition of the company as it holds now; an empty one is true of all. Raises FilterError."""
    if not text.strip():
        return Q()
    context = FilterContext(at=timezone.now(), zone=timezone.get_current_timezone())
    return compile_tree(resolve(read_condition(text, rt), context), rt, see=whole_company)


def names_in(text: str) -> list[str]:
    """List what stands in the lines of a text, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def fields_named(text: str, rt: RecordType) -> list[FieldSpec]:
    """Give the fields that a text names; names that are no fields (any more) are left out."""
    known = fields_of(rt)
    return [known[name] for name in names_in(text) if name in known]


def settle_conditions(batch: WriteBatch) -> None:
    """Write conditions in their one form and named fields one in a line; a step of the write door.

    Raises Invalid, naming each row, for a condition that cannot be read and a name that is no field.
    """
    if batch.verb not in ("create", "edit") or not (batch.type.conditions or batch.type.field_lists):
        return
    specs = [spec for spec in fields_of(batch.type).values() if spec.condition_on or spec.names_fields_of]
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, change in enumerate(batch.changes):
        for spec in specs:
            try:
                _settle(change, spec)
            except FilterError as problem:
                wrong.setdefault(at, {})[spec.name] = [str(problem)]
    if wrong:
        raise Invalid(rows=wrong)


def _settle(change: Change, spec: FieldSpec) -> None:
    given = str(change.after[spec.name] or "")
    if given == change.before.get(spec.name):
        return
    target = record_type(spec.condition_on or spec.names_fields_of)
    settled = normal_form(given, target) if spec.condition_on else _names(given, target)
    if settled != given:
        setattr(change.record, spec.path, settled)
        change.after[spec.name] = settled
        change.__dict__.pop("fields", None)  # reckoned from what was given


def _names(text: str, rt: RecordType) -> str:
    known = fields_of(rt)
    unknown = [name for name in names_in(text) if name not in known]
    if unknown:
        raise FilterError(_("There is no field called “%(field)s”.") % {"field": unknown[0][:60]})
    return "\n".join(names_in(text))


def fields_asked_by(text: str, rt: RecordType) -> set[str]:
    """Name the own fields and steps of a type that a condition asks about; none for one that cannot be read."""
    try:
        return _heads(read_condition(text, rt), rt) if text.strip() else set()
    except FilterError:
        return set()


def _heads(tree: Node, rt: RecordType) -> set[str]:
    if isinstance(tree, (All, AnyOf)):
        return set().union(*(_heads(item, rt) for item in tree.items))
    if isinstance(tree, Not):
        return _heads(tree.item, rt)
    path = tree.path if isinstance(tree, Has) else tree.field
    return {path if path in fields_of(rt) else path.partition(".")[0]}
