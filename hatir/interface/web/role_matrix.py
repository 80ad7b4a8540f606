"""A role as a matrix: verb by kind of record, each cell a scope; drawn and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from hatir.foundation.access.actions import FieldRow, GrantRow
from hatir.foundation.access.models import EVERY_TYPE, SCOPES, VERBS, Role
from hatir.foundation.access.parts import read_field_rules, read_grants
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.filtering import relation_schema, with_steps
from hatir.foundation.records.registry import fields_of, record_type, root_types
from hatir.interface.web.filterforms import DrawnGroup, draw_groups
from hatir.interface.web.filtertrees import Ground, change, group_of, read_groups, settle, tree_of
from hatir.interface.web.inputs import Option
from hatir.kit.filters.parse import parse, to_json
from hatir.kit.filters.schema import FilterError

OPEN, LOCKED, HIDDEN = "open", "locked", "hidden"


@dataclass(frozen=True)
class Cell:
    """One verb on one kind of record."""

    name: str
    label: str
    options: tuple[Option, ...]
    is_given: bool


@dataclass(frozen=True)
class MatrixRow:
    """One kind of record; `groups` are the filter of its cells that are granted by filter, none when there is none."""

    key: str
    label: str
    note: str
    cells: tuple[Cell, ...]
    prefix: str = ""
    groups: tuple[DrawnGroup, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True)
class FieldLine:
    """One field of a kind of record, and how far it is open to the role."""

    name: str
    label: str
    options: tuple[Option, ...]
    is_closed: bool


def scoped_types() -> list[Any]:
    """List the kinds of record on which rights are given: those with owners, and lookups are left to settings."""
    return [rt for rt in root_types() if rt.scope is not None and not rt.scope.follows and not rt.admin_only]


def matrix_of(actor: Actor, role: Role | None, typed: QueryDict | None = None) -> list[MatrixRow]:
    """Draw a role's grants: one row for every kind of record, the first for all of them."""
    held = {(row["type_key"], row["verb"]): row for row in (read_grants(role) if role else [])}
    note = _("What has no line of its own below.")
    first = MatrixRow(EVERY_TYPE, _("Every kind of record"), note, _cells(EVERY_TYPE, "", held, typed), is_whole=True)
    return [first, *(_row(actor, rt, held, typed) for rt in scoped_types())]


def _row(
    actor: Actor, rt: RecordType, held: Mapping[tuple[str, str], Mapping[str, Any]], typed: QueryDict | None
) -> MatrixRow:
    label = str(rt.plural_label)
    ground = ground_of(actor, rt)
    if typed is not None:
        groups = settle(ground, read_groups(typed, ground.prefix))
        what = typed.get("do", "")
        if what.startswith(ground.prefix):
            change(ground, groups, what.removeprefix(ground.prefix))
    else:
        trees = [row["filter"] for (type_key, _verb), row in held.items() if type_key == rt.key and row["filter"]]
        found = group_of(trees[0]) if trees else None
        groups = [found] if found is not None else []
    try:
        drawn = tuple(draw_groups(ground, groups))
    except FilterError:
        drawn = ()
    return MatrixRow(rt.key, label, "", _cells(rt.key, label, held, typed), ground.prefix, drawn)


def ground_of(actor: Actor, rt: RecordType) -> Ground:
    """Give what the filter of a kind of record is about: the company's own rule, which may name every field."""
    return Ground(actor, rt, f"filter:{rt.key}:", everything=True)


def _cells(
    key: str, label: str, held: Mapping[tuple[str, str], Mapping[str, Any]], typed: QueryDict | None
) -> tuple[Cell, ...]:
    whole = key == EVERY_TYPE
    label = label or _("Every kind of record")
    cells = []
    for verb, verb_label in VERBS:
        name = f"grant:{key}:{verb}"
        scope = typed.get(name, "") if typed is not None else held.get((key, verb), {}).get("scope", "")
        cells.append(Cell(name, f"{label}: {verb_label}", _scope_options(scope, whole), bool(scope)))
    return tuple(cells)


def _scope_options(chosen: str, whole: bool) -> tuple[Option, ...]:
    empty = Option("", _("no") if whole else _("as above"), not chosen)
    scopes = [(key, label) for key, label in SCOPES if not (whole and key == "filter")]
    return (empty, *(Option(key, str(label), key == chosen) for key, label in scopes))


def read_matrix(actor: Actor, sent: QueryDict) -> list[GrantRow]:
    """Read the grants of a form. Raises Invalid for a filter that cannot be read, or that asks for nothing."""
    grants: list[GrantRow] = []
    for key in (EVERY_TYPE, *(rt.key for rt in scoped_types())):
        for verb, _label in VERBS:
            scope = sent.get(f"grant:{key}:{verb}", "")
            if scope:
                tree = _read_filter(actor, record_type(key), sent) if scope == "filter" else None
                grants.append(GrantRow(verb, scope, key, tree))
    return grants


def _read_filter(actor: Actor, rt: RecordType, sent: QueryDict) -> Mapping[str, Any]:
    ground = ground_of(actor, rt)
    try:
        tree = tree_of(ground, settle(ground, read_groups(sent, ground.prefix)))
        checked: Mapping[str, Any] = to_json(parse(tree, with_steps(rt), relation_schema))
    except FilterError as problem:
        raise Invalid({"": [f"{rt.plural_label}: {problem}"]}) from None
    if not tree:
        raise Invalid({"": [_("Choose the conditions of the filter for %(type)s.") % {"type": rt.plural_label}]})
    return checked


def field_lines(role: Role, type_key: str) -> list[FieldLine]:
    """List the fields of a kind of record with how far each is open to the role."""
    rules = {row["field"]: row for row in read_field_rules(role) if row["type_key"] == type_key}
    lines = []
    for spec in fields_of(record_type(type_key)).values():
        if spec.kind == "id" or spec.name == record_type(type_key).title:
            continue
        state = _state(rules.get(spec.name))
        labels = ((OPEN, _("read and write")), (LOCKED, _("read only")), (HIDDEN, _("hidden")))
        options = tuple(Option(key, label, key == state) for key, label in labels)
        lines.append(FieldLine(f"field:{spec.name}", str(spec.label), options, state != OPEN))
    return lines


def _state(rule: Mapping[str, Any] | None) -> str:
    if rule is None or (rule["may_read"] and rule["may_write"]):
        return OPEN
    return LOCKED if rule["may_read"] else HIDDEN


def read_field_lines(role: Role, type_key: str, sent: QueryDict) -> list[FieldRow]:
    """Give the role's field rules with those of one kind of record replaced by the form's."""
    kept = [FieldRow(**row) for row in read_field_rules(role) if row["type_key"] != type_key]
    fresh = [
        FieldRow(type_key, name.removeprefix("field:"), may_read=value != HIDDEN, may_write=False)
        for name, value in sent.items()
        if name.startswith("field:") and value in (LOCKED, HIDDEN)
    ]
    return [*kept, *fresh]
