"""Values that count for every row of a file, where a mapped column needs them and no column has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.values import clean
from hatir.foundation.transfer.further import MARK, WHOLE, Further, for_whole_file, problem_of, spec_of
from hatir.foundation.transfer.models import ImportRun
from hatir.interface.web.inputs import input_of
from hatir.interface.web.presenting import capital

PREFIX = "whole-"


def fields(run: ImportRun, actor: Actor, *, are_judged: bool = False) -> dict[str, Any]:
    """Draw a control for each value that the mapping needs; with what is wrong once the form was sent."""
    needed = for_whole_file(record_type(run.type_key), run.mapping.values())
    given = run.options.get(WHOLE, {})
    return {"whole": [_field(each, given.get(name, ""), actor, are_judged) for name, each in needed.items()]}


def _field(further: Further, text: str, actor: Actor, are_judged: bool) -> dict[str, Any]:
    problem = problem_of(further, text) if are_judged or text else ""
    spec = spec_of(further)
    spec = replace(spec, kind="date") if spec.kind == "datetime" else spec
    value = clean(spec, text) if text and not problem else text
    control = input_of(actor, spec, value, name=PREFIX + further.name.removeprefix(MARK), prefix="w")
    described = f"{control.id}-error" if problem else ""
    control = replace(control, is_required=False, is_invalid=bool(problem), described_by=described)
    return {"label": capital(str(further.label)), "input": control, "errors": [problem] if problem else []}


def posted(sent: Mapping[str, Any], run: ImportRun) -> dict[str, Any]:
    """Read the values from the form; what it did not hold stays as it is."""
    marks = {name for name in sent if name.startswith(PREFIX)}
    if not marks:
        return {}
    before = run.options.get(WHOLE, {})
    return {WHOLE: {**before, **{MARK + name.removeprefix(PREFIX): str(sent[name]).strip()[:100] for name in marks}}}
