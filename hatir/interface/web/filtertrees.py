"""Filters as rows and groups: read from the editor's form, made from filter JSON, and turned back into it.

A place in the form is a path of numbers, "0.2.1": group 0, in it group 2, in it row 1. `field-`, `op-` and `value-`
stand before the path of a row; `group-`, `join-`, `not-` and `step-` before that of a group.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as column
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import may, open_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.filtering import steps_from
from hatir.foundation.records.registry import fields_of, record_type
from hatir.kit.filters.describe import variable_label
from hatir.kit.filters.literals import LIST_VARIABLES
from hatir.kit.filters.operators import OPERATORS, operators_for
from hatir.kit.filters.schema import TEXT_KINDS, FilterError
from hatir.kit.parsing_tr import parse_date, parse_decimal
from hatir.kit.text_tr import fold

MOST_NODES = 60
REFERENCES = ("relation", "user", "team", "relations", "id")
ME = "me"
HAS = "has:"
_PLACE = re.compile(r"(field|group)-(\d{1,3}(?:\.\d{1,3}){0,6})", re.ASCII)
_AGO = re.compile(r"(\d{1,5}) (?:gun once|days? ago)", re.ASCII)
_AHEAD = re.compile(r"(\d{1,5}) (?:gun sonra|days? ahead)", re.ASCII)
Path = tuple[int, ...]


@dataclass(frozen=True)
class Ground:
    """What a filter is about, and who edits it. `everything`: the company's own rules may name covered fields too.

    `prefix` stands before every name of the form, where several filters share one.
    """

    actor: Actor
    rt: RecordType
    prefix: str = ""
    everything: bool = False

    def fields(self, rt: RecordType) -> Mapping[str, FieldSpec]:
        return fields_of(rt) if self.everything else open_fields(self.actor, rt)

    def steps(self, rt: RecordType) -> dict[str, RecordType]:
        """List where one can go from a type: to its parts and along its to-many fields, by name."""
        known = self.fields(rt)
        return {
            name: target
            for name, target in steps_from(rt).items()
            if (name in known or name not in fields_of(rt)) and (self.everything or may(self.actor, "view", target))
        }


@dataclass
class Condition:
    """One row of the editor; values are texts, as typed."""

    field: str
    op: str = ""
    values: list[str] = column(default_factory=list)


@dataclass
class Group:
    """Rows and groups of which all or any must hold; `negated` turns the whole group round.

    With `step` it is about linked records: there is one (negated: none) for which the items hold.
    """

    items: list[Condition | Group] = column(default_factory=list)
    join: str = "all"
    negated: bool = False
    step: str = ""


# --- from and to the form --------------------------------------------------------------------------


def has_conditions(sent: QueryDict, prefix: str = "") -> bool:
    """Tell whether a form carries an edited filter."""
    return any(_place(name, prefix) is not None for name in sent)


def _place(name: str, prefix: str) -> re.Match[str] | None:
    return _PLACE.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None


def read_groups(sent: QueryDict, prefix: str = "") -> list[Group]:
    """Read the editor's groups with their rows, in their order."""
    rows: set[Path] = set()
    groups: set[Path] = set()
    for name in sent:
        found = _place(name, prefix)
        if found is None:
            continue
        path = tuple(int(part) for part in found[2].split("."))
        if found[1] == "field" and len(path) > 1:
            rows.add(path)
        groups.update(path[:length] for length in range(1, len(path) + (found[1] == "group")))
    made: dict[Path, Group] = {}
    top: list[Group] = []
    for path in sorted(rows | groups)[:MOST_NODES]:
        item = _group_at(sent, prefix, path) if path in groups else _row_at(sent, prefix, path)
        if isinstance(item, Group):
            made[path] = item
        if len(path) > 1:
            made[path[:-1]].items.append(item)
        elif isinstance(item, Group):
            top.append(item)
    return top


def _group_at(sent: QueryDict, prefix: str, path: Path) -> Group:
    place = ".".join(map(str, path))
    return Group(
        join="any" if sent.get(f"{prefix}join-{place}") == "any" else "all",
        negated=sent.get(f"{prefix}not-{place}") == "1",
        step=sent.get(f"{prefix}step-{place}", ""),
    )


def _row_at(sent: QueryDict, prefix: str, path: Path) -> Condition:
    place = ".".join(map(str, path))
    values = [value for value in sent.getlist(f"{prefix}value-{place}") if value.strip()]
    typed = sent.get(f"{prefix}value-{place}__text", "").strip()
    values = values or ([typed] if typed else [])
    return Condition(sent.get(f"{prefix}field-{place}", ""), sent.get(f"{prefix}op-{place}", ""), values)


def settle(ground: Ground, groups: list[Group]) -> list[Group]:
    """Make a group of each row for which somebody chose linked records instead of a field."""
    for group in groups:
        _settle(ground, ground.rt, group)
    return groups


def _settle(ground: Ground, rt: RecordType, group: Group) -> None:
    inner = target_of(ground, rt, group)
    for at, item in enumerate(group.items):
        if isinstance(item, Condition) and item.field.startswith(HAS):
            made = Group(step=item.field.removeprefix(HAS))
            made.items.append(Condition(target_of(ground, inner, made).title))
            group.items[at] = made
        elif isinstance(item, Group):
            _settle(ground, inner, item)


def target_of(ground: Ground, rt: RecordType, group: Group) -> RecordType:
    """Give the type that a group's rows are about. Raises FilterError for a step that is not there."""
    if not group.step:
        return rt
    target = ground.steps(rt).get(group.step)
    if target is None:
        raise FilterError(_("There is no field called “%(field)s”.") % {"field": group.step}, field=group.step)
    return target


def change(ground: Ground, groups: list[Group], what: str) -> None:
    """Do what a button says: "add:0.1" a row, "nest:0.1" a group, "remove:0.1.2", or "group" at the end."""
    verb, _colon, place = what.partition(":")
    if verb == "group":
        groups.append(first_group(ground.rt))
    path = [int(part) for part in place.split(".")] if re.fullmatch(r"\d{1,3}(?:\.\d{1,3})*", place) else []
    if verb == "remove" and path:
        _remove(groups, path)
    elif verb in ("add", "nest") and (found := _find(ground, groups, path)) is not None:
        group, rt = found
        fresh = Condition(rt.title)
        group.items.append(fresh if verb == "add" else Group([fresh], join="any"))
    if not groups:
        groups.append(first_group(ground.rt))


def first_group(rt: RecordType) -> Group:
    """Begin with one row about the title."""
    return Group([Condition(rt.title)])


def _find(ground: Ground, groups: list[Group], path: list[int]) -> tuple[Group, RecordType] | None:
    if not path or path[0] >= len(groups):
        return None
    group = groups[path[0]]
    rt = target_of(ground, ground.rt, group)
    for at in path[1:]:
        inner = group.items[at] if at < len(group.items) else None
        if not isinstance(inner, Group):
            return None
        group, rt = inner, target_of(ground, rt, inner)
    return group, rt


def _remove(groups: list[Group], path: list[int]) -> None:
    items: list[Any] = groups
    for at in path[:-1]:
        if at >= len(items) or not isinstance(items[at], Group):
            return
        items = items[at].items
    if path[-1] < len(items):
        del items[path[-1]]
    groups[:] = [group for group in groups if group.items or group.step]


# --- from and to filter JSON -----------------------------------------------------------------------


def group_of(part: Mapping[str, Any]) -> Group | None:
    """Turn one part of a filter into a group; None for what is no filter."""
    try:
        item = _item_of(part)
    except (KeyError, TypeError, ValueError):
        return None
    return item if isinstance(item, Group) else Group([item])


def _item_of(part: Mapping[str, Any]) -> Condition | Group:
    if "field" in part:
        return _condition_of(part)
    if "not" in part:
        inner = _item_of(part["not"])
        if isinstance(inner, Condition):
            return Group([inner], negated=True)
        return Group(inner.items, inner.join, not inner.negated, inner.step)
    for word in ("has", "has_no"):
        if word in part:
            return _step_of(part, str(part[word]), negated=word == "has_no")
    [join] = [word for word in ("all", "any") if word in part]
    return Group([_item_of(each) for each in part[join]], join)


def _step_of(part: Mapping[str, Any], step: str, *, negated: bool) -> Group:
    if not part.get("where"):
        return Group(negated=negated, step=step)
    inner = _item_of(part["where"])
    if isinstance(inner, Group) and not inner.negated and not inner.step:
        return Group(inner.items, inner.join, negated, step)
    return Group([inner], negated=negated, step=step)


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


def parts_of_group(ground: Ground, group: Group) -> list[dict[str, Any]]:
    """Turn a group into parts of a filter. Rows without a value are left out. Raises FilterError."""
    if group.step or group.negated or group.join == "any":
        tree = _tree_of(ground, ground.rt, group)
        return [] if tree is None else [tree]
    return [tree for item in group.items if (tree := _tree_of(ground, ground.rt, item)) is not None]


def tree_of(ground: Ground, groups: list[Group], join: str = "all") -> dict[str, Any]:
    """Turn groups into one filter; {} when nothing is asked. Raises FilterError."""
    parts = [part for group in groups for part in parts_of_group(ground, group)]
    if not parts:
        return {}
    return parts[0] if len(parts) == 1 else {join: parts}


def _tree_of(ground: Ground, rt: RecordType, item: Condition | Group) -> dict[str, Any] | None:
    if isinstance(item, Condition):
        return _compare(ground, rt, item)
    inner = target_of(ground, rt, item)
    made = [tree for each in item.items if (tree := _tree_of(ground, inner, each)) is not None]
    where = made[0] if len(made) == 1 else {item.join: made}
    if item.step:
        return {"has_no" if item.negated else "has": item.step, **({"where": where} if made else {})}
    if not made:
        return None
    return {"not": where} if item.negated else where


def spec_at(ground: Ground, rt: RecordType, path: str) -> tuple[FieldSpec | None, str]:
    """Find the field at the end of a dotted path, and how people call the path."""
    known = ground.fields(rt)
    if path in known:
        return known[path], str(known[path].label)
    head, _dot, rest = path.partition(".")
    if head in known and known[head].target and rest:
        spec, label = spec_at(ground, record_type(known[head].target), rest)
        return spec, f"{known[head].label} › {label}"
    return None, path


def _compare(ground: Ground, rt: RecordType, row: Condition) -> dict[str, Any] | None:
    if row.field.startswith(HAS):
        return {"has": row.field.removeprefix(HAS)}
    spec, _label = spec_at(ground, rt, row.field)
    if spec is None:
        raise FilterError(_("There is no field called “%(field)s”.") % {"field": row.field}, field=row.field)
    op = row.op if row.op in operators_for(spec.kind) else operators_for(spec.kind)[0]
    arity = OPERATORS[op].arity
    if arity == "none":
        return {"field": row.field, "op": op}
    values = [value for text in row.values for value in _split(spec, arity, text)]
    if not values:
        return None
    variable = variable_of(spec, values[0])
    if variable in LIST_VARIABLES:
        return {"field": row.field, "op": _list_op(spec, op), "value": {"var": variable}}
    read = [_value(spec, op, value) for value in values]
    if arity == "list":
        return {"field": row.field, "op": op, "value": read}
    if arity == "two":
        if len(read) < 2:
            raise FilterError(_("Give both ends for “%(field)s”.") % {"field": spec.label}, field=row.field, op=op)
        return {"field": row.field, "op": op, "value": read[:2]}
    return {"field": row.field, "op": op, "value": read[0]}


def _list_op(spec: FieldSpec, op: str) -> str:
    """Give the operator that takes a variable standing for several values."""
    if OPERATORS[op].arity == "list":
        return op
    several = "any_of" if "any_of" in operators_for(spec.kind) else "in"
    return {"in": "not_in", "any_of": "none_of"}[several] if op in ("is_not", "not_contains") else several


def variable_of(spec: FieldSpec, text: str) -> str:
    """Name the variable that somebody means by its key or by its label ("my region"); "" for none."""
    if spec.kind not in (*REFERENCES, *TEXT_KINDS):
        return ""
    wanted = fold(text)
    for name in (ME, *sorted(LIST_VARIABLES)):
        if (text == name and name != ME) or (wanted == fold(variable_label(name)) and name in LIST_VARIABLES):
            return name
    return ME if spec.kind in REFERENCES and wanted in (ME, fold(_("me"))) else ""


def _split(spec: FieldSpec, arity: str, text: str) -> list[str]:
    if arity != "list" or spec.kind in REFERENCES or spec.choices:
        return [text]
    return [part.strip() for part in text.split(",") if part.strip()]


def _value(spec: FieldSpec, op: str, text: str) -> Any:
    """Read one typed value as filter JSON has it; what cannot be read is judged by the filter language."""
    if spec.kind in REFERENCES:
        return {"var": ME} if variable_of(spec, text) == ME else text
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
