"""The control of any field of a form: what `inputs` draws, and for texts with a meaning their own editor.

A text that holds a condition gets the condition editor, one that names fields a picker of fields by their labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from hatir.foundation.access.queries import writable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.conditions import in_words, names_in
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.interface.web.conditions import (
    EDITOR,
    TEXT,
    ground_of,
    groups_in,
    groups_sent,
    pressed,
    schemas_of,
    text_of,
)
from hatir.interface.web.filterforms import DrawnGroup, draw_groups
from hatir.interface.web.filtertrees import Ground, Group, has_conditions
from hatir.interface.web.inputs import Input, Option, input_of
from hatir.interface.web.presenting import capital
from hatir.kit.filters.schema import FilterError


@dataclass(frozen=True)
class ConditionEditor:
    """A condition as `form/_condition.html` draws it: groups of rows, or text where somebody wants to type it."""

    prefix: str
    about: str
    refresh_url: str
    groups: tuple[DrawnGroup, ...] = ()
    is_text: bool = False
    text: str = ""
    words: str = ""
    problem: str = ""


def control_of(
    actor: Actor,
    rt: RecordType,
    spec: FieldSpec,
    value: Any,
    *,
    sent: QueryDict | None = None,
    autofocus: bool = False,
) -> Input:
    """Make the control of a field in a form; `sent` is the form when it comes back."""
    if spec.condition_on:
        editor = editor_of(actor, rt, spec, str(value or ""), sent)
        return Input(id=f"f-{spec.name}", name=spec.name, kind="condition", value=editor)
    if spec.names_fields_of:
        return _picker(actor, spec, str(value or ""))
    return input_of(actor, spec, value, autofocus=autofocus)


def _picker(actor: Actor, spec: FieldSpec, text: str) -> Input:
    """Let fields be chosen by their labels; a named one that cannot be written (any more) stays in the list."""
    target = record_type(spec.names_fields_of)
    named = names_in(text)
    known: Mapping[str, FieldSpec] = fields_of(target)
    offered = [each for each in writable_fields(actor, target).values() if each.kind != "id"]
    labels = {each.name: capital(each.label) for each in offered}
    labels |= {name: capital(known[name].label) if name in known else name for name in named if name not in labels}
    choices = tuple(Option(name, label, name in named) for name, label in labels.items())
    return Input(id=f"f-{spec.name}", name=spec.name, kind="multichoice", choices=choices)


def editor_of(
    actor: Actor, rt: RecordType, spec: FieldSpec, text: str, sent: QueryDict | None = None
) -> ConditionEditor:
    """Draw the editor of a stored condition, or of what a form sent. What cannot be read is shown as text."""
    ground = ground_of(actor, spec)
    base = ConditionEditor(ground.prefix, str(ground.rt.plural_label), f"/records/{rt.key}/conditions/{spec.name}/")
    wanted = pressed(ground, sent) if sent is not None else ""
    try:
        if sent is not None and has_conditions(sent, ground.prefix):
            return _with_groups(base, ground, groups_sent(ground, sent), wanted)
        typed = sent.get(spec.name, text) if sent is not None else text
        if wanted == TEXT or (sent is not None and spec.name in sent and wanted != EDITOR):
            return replace(base, is_text=True, text=typed, words=in_words(typed, ground.rt, schemas_of(ground)))
        groups = groups_in(ground, typed)
        if wanted not in ("", TEXT, EDITOR) and sent is not None:
            groups = groups_sent(ground, sent)
        return _with_groups(base, ground, groups, wanted)
    except FilterError as problem:
        shown = sent.get(spec.name, text) if sent is not None else text
        return replace(base, is_text=True, text=shown, problem=str(problem))


def _with_groups(base: ConditionEditor, ground: Ground, groups: list[Group], wanted: str) -> ConditionEditor:
    """Draw rows, with what they say; a value that cannot be read is told and stays where it was typed."""
    try:
        text = text_of(ground, groups)
        if wanted == TEXT:
            return replace(base, is_text=True, text=text, words=in_words(text, ground.rt, schemas_of(ground)))
        words, problem = in_words(text, ground.rt, schemas_of(ground)), ""
    except FilterError as wrong:
        words, problem = "", str(wrong)
    return replace(base, groups=tuple(draw_groups(ground, groups)), words=words, problem=problem)
