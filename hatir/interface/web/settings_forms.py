"""Forms of the settings: fields that are no record's, drawn and judged like those of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.values import clean_values
from hatir.interface.web.inputs import Input, input_of, read_sent
from hatir.interface.web.presenting import capital


@dataclass(frozen=True)
class FormField:
    """A field as form/_field.html draws it."""

    label: str
    help: str
    errors: tuple[str, ...]
    input: Input
    is_wide: bool = False
    reveal_url: str = ""
    heading: str = ""


@dataclass(frozen=True)
class FormSection:
    label: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class SettingsForm:
    """A form as form/_body.html draws it."""

    sections: tuple[FormSection, ...] = ()
    errors: tuple[str, ...] = ()
    conflict: tuple[Any, ...] = ()
    hidden: tuple[Any, ...] = ()


def draw_fields(
    actor: Actor,
    specs: Iterable[FieldSpec],
    values: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]] | None = None,
    *,
    prefix: str = "s",
) -> list[FormField]:
    """Draw fields with their values and mistakes; yes-or-no is a switch."""
    drawn = []
    for spec in specs:
        wrong = tuple((errors or {}).get(spec.name, ()))
        made = input_of(actor, spec, values.get(spec.name), prefix=prefix)
        if spec.kind == "boolean":
            made = replace(made, kind="switch", is_required=False)
        made = replace(made, is_invalid=bool(wrong), described_by=_described_by(made, spec, wrong))
        wide = spec.kind in ("longtext", "multichoice")
        drawn.append(FormField(capital(spec.label), str(spec.help), wrong, made, is_wide=wide))
    return drawn


def _described_by(made: Input, spec: FieldSpec, wrong: Sequence[str]) -> str:
    if wrong:
        return f"{made.id}-error"
    return f"{made.id}-help" if spec.help else ""


def form_of(
    actor: Actor,
    specs: Iterable[FieldSpec],
    values: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]] | None = None,
) -> SettingsForm:
    """Draw one section of fields as a form."""
    specs = list(specs)
    known = {spec.name for spec in specs}
    whole = tuple(text for name, texts in (errors or {}).items() if name not in known for text in texts)
    return SettingsForm((FormSection("", tuple(draw_fields(actor, specs, values, errors))),), whole)


def raw_values(actor: Actor, specs: Iterable[FieldSpec], sent: QueryDict) -> dict[str, Any]:
    """Read what was typed, by field name; a switch that is off sends nothing and means no."""
    fields = {spec.name: spec for spec in specs}
    raw = {name: value for name, value in read_sent(actor, fields, sent).items() if name in fields}
    for spec in fields.values():
        if spec.kind == "boolean":
            raw[spec.name] = spec.name in sent
        elif spec.kind in ("multichoice", "relations"):
            raw.setdefault(spec.name, [])
    return raw


def read_form(actor: Actor, specs: Iterable[FieldSpec], sent: QueryDict) -> dict[str, Any]:
    """Read and judge a form. Raises Invalid."""
    specs = list(specs)
    return clean_values({spec.name: spec for spec in specs}, raw_values(actor, specs, sent), complete=True)


def merge_errors(*problems: Invalid) -> dict[str, list[str]]:
    """Put the mistakes of several refusals together."""
    merged: dict[str, list[str]] = {}
    for problem in problems:
        for name, texts in (problem.errors or next(iter(problem.rows.values()), {})).items():
            merged.setdefault(name, []).extend(texts)
    return merged
