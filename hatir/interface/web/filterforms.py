"""Filters as people see them: chips in the tool row, and the editor's rows and groups with their controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.lists import filter_schema, read_filter
from hatir.interface.web.filtertrees import HAS, ME, REFERENCES, Condition, Ground, Group, spec_at, target_of
from hatir.interface.web.inputs import Input, Option, input_of, options, options_by_id
from hatir.interface.web.presenting import capital
from hatir.kit.filters.describe import describe, describe_operand, variable_label
from hatir.kit.filters.operators import OPERATORS, operators_for
from hatir.kit.filters.schema import FilterError, find_field
from hatir.kit.filters.tree import Compare, Has, Variable
from hatir.kit.ids import decode_id
from hatir.kit.periods import PERIOD_NAMES, period_label

MOST_VALUES_SHOWN = 2
BOOKKEEPING = frozenset({"created_at", "updated_at", "archived_at", "source"})
BRANCH = "staff.branch"


@dataclass(frozen=True)
class Chip:
    """A part of the filter as the tool row shows it."""

    id: str
    field: str
    op: str
    value: str
    url: str
    remove_url: str


# --- chips -----------------------------------------------------------------------------------------


def chip_texts(actor: Actor, rt: RecordType, part: Mapping[str, Any]) -> tuple[str, str, str]:
    """Say one part of a filter as field, operator and value. A group is said in a sentence."""
    schema, behind = filter_schema(actor, rt)
    try:
        node = read_filter(actor, rt, part)
    except FilterError as problem:
        return _("Unreadable"), "", str(problem)
    if not isinstance(node, Compare):
        kind = _("Related") if isinstance(node, Has) else _("Group of conditions")
        return kind, "", describe(node, schema, behind)
    spec, shape_label = spec_at(Ground(actor, rt), rt, node.field)
    operator = str(OPERATORS[node.op].label)
    if node.value is None:
        return shape_label, operator, ""
    if spec is not None and node.kind in REFERENCES:
        return shape_label, operator, _names(actor, spec, node)
    return shape_label, operator, describe_operand(node, find_field(node.field, schema, behind))


def _names(actor: Actor, spec: FieldSpec, node: Compare) -> str:
    operands = node.value if isinstance(node.value, tuple) else (node.value,)
    ids = [item for item in operands if isinstance(item, int)]
    names = [variable_label(item.name) for item in operands if isinstance(item, Variable)]
    if ids and spec.target:
        names += [
            option.label for option in options_by_id(actor, record_type(spec.target), ids[: MOST_VALUES_SHOWN + 1])
        ]
    if len(operands) > MOST_VALUES_SHOWN:
        return _("%(count)d values") % {"count": len(operands)}
    return ", ".join(names)


# --- the editor ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A condition as `list/_filter_group.html` draws it; `fields` are lists of options under a heading."""

    id: str
    fields: tuple[tuple[str, tuple[Option, ...]], ...]
    ops: tuple[Option, ...]
    value: Input
    is_row: bool = True


@dataclass(frozen=True)
class DrawnGroup:
    """A group as `list/_filter_group.html` draws it; `step_label` names the linked records that it is about."""

    id: str
    items: tuple[Row | DrawnGroup, ...]
    join: str
    negated: bool
    step: str = ""
    step_label: str = ""
    is_nested: bool = False
    is_row: bool = False

    @property
    def is_several(self) -> bool:
        return len(self.items) > 1


def draw_groups(ground: Ground, groups: Sequence[Group]) -> list[DrawnGroup]:
    """Draw the groups of an editor with all that is in them. Raises FilterError for a step that is not there."""
    return [_group(ground, ground.rt, group, str(at)) for at, group in enumerate(groups)]


def _group(ground: Ground, rt: RecordType, group: Group, place: str) -> DrawnGroup:
    inner = target_of(ground, rt, group)
    offered = _grouped(field_options(ground, inner))
    return DrawnGroup(
        id=place,
        items=tuple(
            _row(ground, inner, item, f"{place}.{at}", offered)
            if isinstance(item, Condition)
            else _group(ground, inner, item, f"{place}.{at}")
            for at, item in enumerate(group.items)
        ),
        join=group.join,
        negated=group.negated,
        step=group.step,
        step_label=step_label(ground, rt, group.step) if group.step else "",
        is_nested="." in place,
    )


def step_label(ground: Ground, rt: RecordType, step: str) -> str:
    """Name linked records in the singular: "address", "relation"."""
    return str(ground.steps(rt)[step].singular_label)


def _grouped(found: Sequence[Option]) -> list[tuple[str, list[Option]]]:
    groups: dict[str, list[Option]] = {}
    for option in found:
        groups.setdefault(option.group, []).append(option)
    return list(groups.items())


def _row(
    ground: Ground, rt: RecordType, condition: Condition, place: str, offered: list[tuple[str, list[Option]]]
) -> Row:
    spec, label = spec_at(ground, rt, condition.field)
    if spec is None:
        condition.field = rt.title
        spec, label = spec_at(ground, rt, rt.title)
    assert spec is not None
    keys = operators_for(spec.kind)
    op = condition.op if condition.op in keys else keys[0]
    fields = [
        (heading, tuple(replace(o, is_chosen=o.value == condition.field) for o in listed))
        for heading, listed in offered
    ]
    if not any(option.is_chosen for _heading, listed in fields for option in listed):
        fields.append((_("Other"), (Option(condition.field, capital(label), True),)))
    ops = tuple(Option(key, str(OPERATORS[key].label), key == op) for key in keys)
    value = _value_input(ground.actor, spec, op, condition.values, f"{ground.prefix}value-{place}")
    return Row(place, tuple(fields), ops, value)


def field_options(ground: Ground, rt: RecordType) -> list[Option]:
    """List what can be asked: own fields, those of the records that to-one fields lead to, and linked records."""
    fields = [spec for spec in ground.fields(rt).values() if spec.filterable and spec.kind != "id"]
    fields.sort(key=lambda spec: spec.name in BOOKKEEPING)
    found = [Option(spec.name, capital(spec.label)) for spec in fields]
    found += [
        Option(f"{HAS}{name}", _("Has: %(what)s") % {"what": target.singular_label}, group=_("Linked records"))
        for name, target in ground.steps(rt).items()
    ]
    for step in fields:
        if step.kind != "relation" or not step.target or step.is_custom:
            continue
        target = record_type(step.target)
        wanted = {*target.list_columns, target.title} - {step.name}
        found += [
            Option(f"{step.name}.{spec.name}", capital(f"{step.label} › {spec.label}"), group=capital(step.label))
            for spec in ground.fields(target).values()
            if spec.filterable and spec.name in wanted
        ]
    return found


def _value_input(actor: Actor, spec: FieldSpec, op: str, values: Sequence[str], name: str) -> Input:
    arity = OPERATORS[op].arity
    base = Input(id=f"f-{name.replace('.', '-').replace(':', '-')}", name=name, kind="text", value=", ".join(values))
    if arity == "none":
        return replace(base, kind="none", value=None)
    if arity == "period":
        chosen = values[0] if values else ""
        periods = tuple(Option(key, str(period_label(key)), key == chosen) for key in PERIOD_NAMES)
        return replace(base, kind="choice", value=None, choices=periods, is_required=True)
    if arity == "two":
        return replace(base, kind="between", value=[*values, "", ""][:2])
    if spec.choices and spec.kind in ("choice", "multichoice"):
        choices = tuple(Option(key, str(label), key in values) for key, label in spec.choices)
        return replace(base, kind="multichoice" if arity == "list" else "choice", value=None, choices=choices)
    if spec.kind in REFERENCES and spec.target:
        return _reference_input(actor, spec, arity, values, name, base)
    if spec.kind in ("date", "datetime"):
        return replace(base, placeholder=_("31.12.2026 or 30 days ago"))
    if values and values[0].startswith("my."):
        return replace(base, value=variable_label(values[0]))
    return base


def _reference_input(actor: Actor, spec: FieldSpec, arity: str, values: Sequence[str], name: str, base: Input) -> Input:
    variable = {"user": ME, "team": "my_teams"}.get(spec.kind, "my_branches" if spec.target == BRANCH else "")
    if variable:
        listed = options_with(actor, spec, variable, set(values))
        kind = "multichoice" if arity == "list" else "choice"
        return replace(base, kind=kind, value=None, choices=listed)
    ids = [decode_id(value) for value in values if _is_id(value)]
    return input_of(actor, _with_many(spec, arity == "list"), ids, name=name)


def options_with(actor: Actor, spec: FieldSpec, variable: str, chosen: set[str]) -> tuple[Option, ...]:
    """List a variable ("me", "my teams") and then the records that may be chosen."""
    found = options(actor, record_type(spec.target), "", 200)
    first = Option(variable, variable_label(variable), variable in chosen)
    return (first, *(Option(o.value, o.label, o.value in chosen) for o in found))


def _with_many(spec: FieldSpec, many: bool) -> FieldSpec:
    return replace(spec, kind="relations" if many else "relation", required=False)


def _is_id(text: str) -> bool:
    try:
        decode_id(text)
    except ValueError:
        return False
    return True
