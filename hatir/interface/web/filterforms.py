"""Filters as people edit them: chips, conditions in groups, and what they type to find a field or a value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as column
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import open_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.foundation.savedviews.lists import filter_schema, read_filter
from hatir.interface.web.inputs import Input, Option, input_of, options, options_by_id
from hatir.kit.filters.describe import describe, describe_operand
from hatir.kit.filters.operators import OPERATORS, operators_for
from hatir.kit.filters.schema import FilterError, find_field
from hatir.kit.filters.tree import Compare, Has, Variable
from hatir.kit.ids import decode_id
from hatir.kit.parsing_tr import parse_date, parse_decimal
from hatir.kit.periods import PERIOD_NAMES, period_label
from hatir.kit.text_tr import fold

MOST_CONDITIONS = 40
MOST_VALUES_SHOWN = 2
REFERENCES = ("relation", "user", "team", "relations", "id")
ME = "me"
_CONDITION = re.compile(r"field-(\d{1,3})\.(\d{1,3})", re.ASCII)
_AGO = re.compile(r"(\d{1,5}) (?:gun once|days? ago)", re.ASCII)
_AHEAD = re.compile(r"(\d{1,5}) (?:gun sonra|days? ahead)", re.ASCII)


@dataclass
class Condition:
    """One row of the editor; values are texts, as typed."""

    field: str
    op: str = ""
    values: list[str] = column(default_factory=list)


@dataclass
class Group:
    """Conditions that all or any must hold; `negated` turns the whole group round."""

    conditions: list[Condition] = column(default_factory=list)
    join: str = "all"
    negated: bool = False


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
    spec, shape_label = _spec_at(actor, rt, node.field)
    operator = str(OPERATORS[node.op].label)
    if node.value is None:
        return shape_label, operator, ""
    if spec is not None and node.kind in REFERENCES:
        return shape_label, operator, _names(actor, spec, node)
    return shape_label, operator, describe_operand(node, find_field(node.field, schema, behind))


def _spec_at(actor: Actor, rt: RecordType, path: str) -> tuple[FieldSpec | None, str]:
    """Find the field at the end of a dotted path, and how people call the path."""
    fields = open_fields(actor, rt)
    if path in fields:
        return fields[path], str(fields[path].label)
    head, _dot, rest = path.partition(".")
    if head in fields and fields[head].target and rest:
        spec, label = _spec_at(actor, record_type(fields[head].target), rest)
        return spec, f"{fields[head].label} › {label}"
    return None, path


def _names(actor: Actor, spec: FieldSpec, node: Compare) -> str:
    operands = node.value if isinstance(node.value, tuple) else (node.value,)
    ids = [item for item in operands if isinstance(item, int)]
    names = [_("me") if item.name == ME else item.name for item in operands if isinstance(item, Variable)]
    if ids and spec.target:
        names += [
            option.label for option in options_by_id(actor, record_type(spec.target), ids[: MOST_VALUES_SHOWN + 1])
        ]
    if len(operands) > MOST_VALUES_SHOWN:
        return _("%(count)d values") % {"count": len(operands)}
    return ", ".join(names)


# --- reading and writing the editor's form ---------------------------------------------------------


def has_conditions(sent: QueryDict) -> bool:
    """Tell whether the address carries an edited filter."""
    return any(_CONDITION.fullmatch(name) for name in sent)


def read_groups(sent: QueryDict) -> list[Group]:
    """Read the editor's rows, in their order."""
    places = sorted(
        (int(found.group(1)), int(found.group(2))) for name in sent if (found := _CONDITION.fullmatch(name)) is not None
    )
    groups: dict[int, Group] = {}
    for at, number in places[:MOST_CONDITIONS]:
        group = groups.setdefault(
            at, Group(join="any" if sent.get(f"join-{at}") == "any" else "all", negated=sent.get(f"not-{at}") == "1")
        )
        place = f"{at}.{number}"
        values = [value for value in sent.getlist(f"value-{place}") if value.strip()]
        typed = sent.get(f"value-{place}__text", "").strip()
        group.conditions.append(
            Condition(sent.get(f"field-{place}", ""), sent.get(f"op-{place}", ""), values or ([typed] if typed else []))
        )
    return list(groups.values())


def group_of(part: Mapping[str, Any]) -> Group | None:
    """Turn one part of a filter into a group of rows; None for what has deeper levels or related records."""
    if "field" in part:
        return Group([_condition_of(part)])
    if set(part) == {"not"} and isinstance(part["not"], Mapping):
        inner = group_of(part["not"])
        return None if inner is None or inner.negated else Group(inner.conditions, inner.join, not inner.negated)
    for join in ("all", "any"):
        if set(part) == {join} and all(isinstance(item, Mapping) and "field" in item for item in part[join]):
            return Group([_condition_of(item) for item in part[join]], join)
    return None


def _condition_of(part: Mapping[str, Any]) -> Condition:
    value = part.get("value")
    values = value if isinstance(value, list) else [] if value is None else [value]
    return Condition(str(part["field"]), str(part.get("op", "")), [_text_of(item) for item in values])


def _text_of(value: Any) -> str:
    if isinstance(value, Mapping):
        if "days_ago" in value:
            return _("%(count)d days ago") % {"count": value["days_ago"]} if value["days_ago"] else _("today")
        if "days_ahead" in value:
            return _("%(count)d days ahead") % {"count": value["days_ahead"]}
        return str(next(iter(value.values()), ""))
    return str(value)


def part_of(actor: Actor, rt: RecordType, group: Group) -> list[dict[str, Any]]:
    """Turn a group into parts of a filter. Rows without a value are left out. Raises FilterError."""
    made = [condition for row in group.conditions if (condition := _compare(actor, rt, row)) is not None]
    if not made:
        return []
    if group.negated:
        return [{"not": made[0] if len(made) == 1 else {group.join: made}}]
    return made if group.join == "all" or len(made) == 1 else [{"any": made}]


def _compare(actor: Actor, rt: RecordType, row: Condition) -> dict[str, Any] | None:
    spec, _label = _spec_at(actor, rt, row.field)
    if spec is None:
        raise FilterError(_("There is no field called “%(field)s”.") % {"field": row.field}, field=row.field)
    op = row.op if row.op in operators_for(spec.kind) else operators_for(spec.kind)[0]
    arity = OPERATORS[op].arity
    if arity == "none":
        return {"field": row.field, "op": op}
    values = [value for text in row.values for value in _split(spec, arity, text)]
    if not values:
        return None
    read = [_value(spec, op, value) for value in values]
    if arity == "list":
        return {"field": row.field, "op": op, "value": read}
    if arity == "two":
        if len(read) < 2:
            raise FilterError(_("Give both ends for “%(field)s”.") % {"field": spec.label}, field=row.field, op=op)
        return {"field": row.field, "op": op, "value": read[:2]}
    return {"field": row.field, "op": op, "value": read[0]}


def _split(spec: FieldSpec, arity: str, text: str) -> list[str]:
    if arity != "list" or spec.kind in REFERENCES or spec.choices:
        return [text]
    return [part.strip() for part in text.split(",") if part.strip()]


def _value(spec: FieldSpec, op: str, text: str) -> Any:
    """Read one typed value as filter JSON has it; what cannot be read is judged by the filter language."""
    if spec.kind in REFERENCES:
        return {"var": ME} if fold(text) in (ME, fold(_("me"))) else text
    if OPERATORS[op].arity == "period":
        return {"period": text}
    if spec.kind in ("date", "datetime"):
        return _when(text)
    if spec.kind in ("integer", "number", "money", "percent"):
        try:
            return format(parse_decimal(text), "f")
        except ValueError:
            return text
    return text


def _when(text: str) -> Any:
    plain = fold(text)
    if plain in ("bugun", "today"):
        return {"days_ago": 0}
    ago, ahead = _AGO.fullmatch(plain), _AHEAD.fullmatch(plain)
    if ago or ahead:
        found = ago or ahead
        assert found is not None
        return {"days_ago" if ago else "days_ahead": int(found.group(1))}
    try:
        return parse_date(text).isoformat()
    except ValueError:
        return text


# --- the editor ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A condition as `list/_filter_editor.html` draws it."""

    id: str
    fields: tuple[Option, ...]
    ops: tuple[Option, ...]
    value: Input


def editor_rows(actor: Actor, rt: RecordType, group: Group, at: int) -> list[Row]:
    """Give the rows of one group."""
    return [_row(actor, rt, condition, f"{at}.{number}") for number, condition in enumerate(group.conditions)]


def _row(actor: Actor, rt: RecordType, condition: Condition, place: str) -> Row:
    spec, label = _spec_at(actor, rt, condition.field)
    if spec is None:
        condition.field = rt.title
        spec, label = _spec_at(actor, rt, rt.title)
    assert spec is not None
    keys = operators_for(spec.kind)
    op = condition.op if condition.op in keys else keys[0]
    chosen = Option(condition.field, label, True)
    fields = [Option(o.value, o.label, o.value == condition.field, group=o.group) for o in field_options(actor, rt)]
    if all(option.value != condition.field for option in fields):
        fields.append(chosen)
    ops = tuple(Option(key, str(OPERATORS[key].label), key == op) for key in keys)
    return Row(place, tuple(fields), ops, _value_input(actor, spec, op, condition.values, f"value-{place}"))


def field_options(actor: Actor, rt: RecordType) -> list[Option]:
    """List what can be asked: own fields, then those of the records that to-one fields lead to."""
    fields = [spec for spec in open_fields(actor, rt).values() if spec.filterable and spec.kind != "id"]
    found = [Option(spec.name, str(spec.label)) for spec in fields]
    for step in fields:
        if step.kind != "relation" or not step.target or step.is_custom:
            continue
        target = record_type(step.target)
        wanted = {*target.list_columns, target.title} - {step.name}
        found += [
            Option(f"{step.name}.{spec.name}", f"{step.label} › {spec.label}", group=str(step.label))
            for spec in open_fields(actor, target).values()
            if spec.filterable and spec.name in wanted
        ]
    return found


def _value_input(actor: Actor, spec: FieldSpec, op: str, values: Sequence[str], name: str) -> Input:
    arity = OPERATORS[op].arity
    base = Input(id=f"f-{name.replace('.', '-')}", name=name, kind="text", value=", ".join(values))
    if arity == "none":
        return Input(id=base.id, name=name, kind="none")
    if arity == "period":
        chosen = values[0] if values else ""
        periods = tuple(Option(key, str(period_label(key)), key == chosen) for key in PERIOD_NAMES)
        return Input(id=base.id, name=name, kind="choice", choices=periods, is_required=True)
    if arity == "two":
        return Input(id=base.id, name=name, kind="between", value=[*values, "", ""][:2])
    if spec.choices and spec.kind in ("choice", "multichoice"):
        choices = tuple(Option(key, str(label), key in values) for key, label in spec.choices)
        return Input(id=base.id, name=name, kind="multichoice" if arity == "list" else "choice", choices=choices)
    if spec.kind in REFERENCES and spec.target:
        return _reference_input(actor, spec, arity, values, name, base)
    if spec.kind in ("date", "datetime"):
        return Input(id=base.id, name=name, kind="text", value=base.value, placeholder=_("31.12.2026 or 30 days ago"))
    return base


def _reference_input(actor: Actor, spec: FieldSpec, arity: str, values: Sequence[str], name: str, base: Input) -> Input:
    if spec.kind == "user":
        people = options_of_people(actor, spec, set(values))
        return Input(id=base.id, name=name, kind="multichoice" if arity == "list" else "choice", choices=people)
    ids = [decode_id(value) for value in values if _is_id(value)]
    return input_of(actor, _with_many(spec, arity == "list"), ids, name=name)


def options_of_people(actor: Actor, spec: FieldSpec, chosen: set[str]) -> tuple[Option, ...]:
    """List "me" and the colleagues."""
    people = options(actor, record_type(spec.target), "", 200)
    me = Option(ME, _("me"), ME in chosen)
    return (me, *(Option(o.value, o.label, o.value in chosen) for o in people))


def _with_many(spec: FieldSpec, many: bool) -> FieldSpec:
    return replace(spec, kind="relations" if many else "relation", required=False)


def _is_id(text: str) -> bool:
    try:
        decode_id(text)
    except ValueError:
        return False
    return True
