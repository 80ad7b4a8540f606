"""Conditions as the editor's form: what one is about, and how its rows are read back into text."""

from __future__ import annotations

import json

from django.http import QueryDict

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, open_fields, relations_for
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.conditions import Schemas, normal_form, read_condition, whole_schema
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.filtering import with_steps
from hatir.foundation.records.registry import record_type
from hatir.interface.web.filtertrees import (
    Ground,
    Group,
    change,
    first_group,
    group_of,
    has_conditions,
    read_groups,
    settle,
    tree_of,
)
from hatir.kit.filters.parse import to_json

PREFIX = "when:"
"""Stands, with the name of the field, before every name that the condition editor of a form sends."""
TEXT, EDITOR = "text", "editor"
"""The buttons that show a condition as text to type, and as rows again."""


def ground_of(actor: Actor, spec: FieldSpec) -> Ground:
    """Give what the condition in a field is about; whoever manages the settings may name every field."""
    everything = has_permission(actor, MANAGE)
    return Ground(actor, record_type(spec.condition_on), f"{PREFIX}{spec.name}:", everything=everything)


def schemas_of(ground: Ground) -> Schemas:
    """Give what the editing actor may name."""
    if ground.everything:
        return whole_schema(ground.rt)
    return with_steps(ground.rt, open_fields(ground.actor, ground.rt)), relations_for(ground.actor)


def field_of(name: str) -> str:
    """Name the field to which a name of the editor's form belongs; "" for a name of something else."""
    return name.removeprefix(PREFIX).partition(":")[0] if name.startswith(PREFIX) else ""


def groups_in(ground: Ground, text: str) -> list[Group]:
    """Give a stored condition as the editor's groups; an empty one has none. Raises FilterError."""
    if not text.strip():
        return []
    found = group_of(to_json(read_condition(text, ground.rt, schemas_of(ground))))
    return [found] if found is not None else []


def pressed(ground: Ground, sent: QueryDict) -> str:
    """Name what a button of this editor asks for: "text", "editor", or what `filtertrees.change` does."""
    what = sent.get("do", "")
    return what.removeprefix(ground.prefix) if what.startswith(ground.prefix) else ""


def groups_sent(ground: Ground, sent: QueryDict) -> list[Group]:
    """Read the groups of a form, with what one of its buttons changed; no row, no group. Raises FilterError."""
    groups = settle(ground, read_groups(sent, ground.prefix))
    what = pressed(ground, sent)
    if what in ("", TEXT, EDITOR):
        return groups
    change(ground, groups, what)
    return [] if what.startswith("remove:") and groups == [first_group(ground.rt)] else groups


def text_of(ground: Ground, groups: list[Group]) -> str:
    """Write groups as a condition; rows without a value are left out. Raises FilterError."""
    tree = tree_of(ground, groups)
    return normal_form(json.dumps(tree), ground.rt, schemas_of(ground)) if tree else ""


def condition_sent(actor: Actor, spec: FieldSpec, sent: QueryDict) -> str:
    """Read the condition of a field from a form: its rows, or the text where it was typed. Raises FilterError."""
    ground = ground_of(actor, spec)
    if has_conditions(sent, ground.prefix):
        return text_of(ground, settle(ground, read_groups(sent, ground.prefix)))
    return sent.get(spec.name, "")
