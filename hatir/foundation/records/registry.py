"""The registry of record types: rooms register at start-up, custom objects come from a source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from hatir.foundation.records.declaration import Kpi, Panel, RecordType
from hatir.foundation.records.derived import built_in_fields
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.memory import forget, per_request
from hatir.foundation.records.models import Record

BLANKS, SNAPSHOTS = "records.blanks", "records.snapshots"
"""Under these is remembered what was made of the fields: a blank record and the reader of a snapshot, by type."""
_declared: dict[str, RecordType] = {}
_panels: list[Panel] = []
_kpis: dict[str, list[Kpi]] = {}
_steps: dict[str, list[RecordType]] = {}
_type_source: Callable[[], Iterable[RecordType]] | None = None
_field_source: Callable[[str], Sequence[FieldSpec]] | None = None
_panel_source: Callable[[str], Sequence[Panel]] | None = None
_built_in: dict[str, tuple[FieldSpec, ...]] = {}


def register(rt: RecordType) -> RecordType:
    """Make a type known to the whole house. Raises ImproperlyConfigured when the key is taken."""
    if rt.key in _declared:
        raise ImproperlyConfigured(f"Record type {rt.key} is declared twice.")
    _declared[rt.key] = rt
    _panels.extend(rt.panels)
    return rt


def offer_panel(panel: Panel) -> Panel:
    """Show rows of one room on another type's page."""
    _panels.append(panel)
    return panel


def register_step(on: str, step: RecordType) -> RecordType:
    """Let filters on a type ask about rows that are no records of their own (its timeline, its past).

    `step` has plain fields and names the link to the type in `part_of`; it has no page, list or API of its own.
    """
    _steps.setdefault(on, []).append(step)
    return step


def steps_of(type_key: str) -> list[RecordType]:
    """List the further steps that filters on a type may take."""
    return list(_steps.get(type_key, ()))


def asked_type(key: str) -> RecordType:
    """Find what a filter may ask about by its key: a record type, or a registered step. Raises NotFoundHere."""
    step = next((step for steps in _steps.values() for step in steps if step.key == key), None)
    return step or record_type(key)


def root_of(rt: RecordType) -> RecordType:
    """Give the type that owns the table."""
    return record_type(rt.narrows) if rt.narrows else rt


def offer_kpi(on: str, kpi: Kpi) -> Kpi:
    """Put a figure of one room into the strip of another type's page."""
    _kpis.setdefault(on, []).append(kpi)
    return kpi


def kpis_on(type_key: str) -> list[Kpi]:
    """List the figures that rooms offer to a type's page."""
    return list(_kpis.get(type_key, ()))


def panels_on(type_key: str) -> list[Panel]:
    """List the panels offered to a type's page, in their order, the company's own included."""
    own = _panel_source(type_key) if _panel_source is not None else ()
    return sorted((panel for panel in (*_panels, *own) if panel.on == type_key), key=lambda panel: panel.order)


def set_sources(
    types: Callable[[], Iterable[RecordType]] | None,
    fields: Callable[[str], Sequence[FieldSpec]] | None,
    panels: Callable[[str], Sequence[Panel]] | None = None,
) -> None:
    """Install where the company's own objects, fields and panels are read from (the customization room)."""
    global _type_source, _field_source, _panel_source
    _type_source, _field_source, _panel_source = types, fields, panels


def _own_types() -> dict[str, RecordType]:
    if _type_source is None:
        return {}
    source = _type_source
    return per_request("records.own_types", lambda: {rt.key: rt for rt in source()})


def definitions_changed() -> None:
    """Forget remembered custom types and fields because a definition was just written."""
    for key in ("records.definitions", "records.own_types", "records.fields", BLANKS, SNAPSHOTS):
        forget(key)


def record_type(key: str) -> RecordType:
    """Find a type by its key or its path. Raises NotFoundHere for an unknown one."""
    found = _declared.get(key) or _own_types().get(key)
    if found is None:
        found = next((rt for rt in record_types() if rt.path == key), None)
    if found is None:
        raise NotFoundHere(key)
    return found


def record_types() -> list[RecordType]:
    """List all types: declared ones in order of registration, then the company's own."""
    return [*_declared.values(), *_own_types().values()]


def declared_types() -> list[RecordType]:
    """List the types that are declared in code, without asking the database."""
    return list(_declared.values())


def root_types() -> list[RecordType]:
    """List the types that own their table."""
    return [rt for rt in record_types() if not rt.narrows]


def type_of(record: Record) -> RecordType:
    """Find the root type of a record."""
    own_key = getattr(record, "own_type_key", None)
    if own_key:
        return record_type(own_key)
    return type_of_model(record._meta.model)  # not type(): a request hands its user over lazily


def type_of_model(model: type[Any]) -> RecordType:
    """Find the root type declared for a Django model. Raises NotFoundHere when there is none."""
    for rt in _declared.values():
        if rt.model is model and not rt.narrows:
            return rt
    raise NotFoundHere(model.__name__)


def fields_of(rt: RecordType) -> Mapping[str, FieldSpec]:
    """Give all fields of a type by name, the company's own included (named "custom.<key>")."""
    cache: dict[str, dict[str, FieldSpec]] = per_request("records.fields", dict)
    if rt.key not in cache:
        own = _field_source(rt.root_key) if _field_source and rt.plain_fields is None else ()
        cache[rt.key] = {spec.name: _with_choices(rt, spec) for spec in (*_built_in_of(rt), *own)}
    return cache[rt.key]


def _with_choices(rt: RecordType, spec: FieldSpec) -> FieldSpec:
    """Fill in choices that are only known at run time."""
    offered = rt.choices.get(spec.name)
    return spec if offered is None else replace(spec, kind="choice", choices=tuple(offered()))


def _built_in_of(rt: RecordType) -> tuple[FieldSpec, ...]:
    if rt.plain_fields is not None:
        return rt.plain_fields
    if rt.key not in _built_in:
        _built_in[rt.key] = tuple(_with_target(rt, spec) for spec in built_in_fields(rt))
    return _built_in[rt.key]


def _with_target(rt: RecordType, spec: FieldSpec) -> FieldSpec:
    if spec.target or spec.kind not in (*TO_ONE, "relations"):
        return spec
    related = rt.model._meta.get_field(spec.path).related_model
    try:
        return replace(spec, target=type_of_model(related).key)  # type: ignore[arg-type]
    except NotFoundHere:
        return spec


def check_declarations() -> None:
    """Stop the server when a declaration names a field that does not exist, naming type and field."""
    for rt in _declared.values():
        known = {spec.name for spec in _built_in_of(rt)} | set(rt.where)
        for place, names in _names_in(rt).items():
            unknown = [name for name in names if name.split(".")[0] not in known]
            if unknown:
                raise ImproperlyConfigured(f"{rt.key}: {place} names {unknown[0]!r}, which is no field of it.")
        if rt.narrows and rt.narrows not in _declared:
            raise ImproperlyConfigured(f"{rt.key} narrows {rt.narrows!r}, which is not declared.")
        for name, target in (*rt.conditions.items(), *rt.field_lists.items()):
            if target not in _declared:
                raise ImproperlyConfigured(f"{rt.key}: {name} is about {target!r}, which is not declared.")


def _names_in(rt: RecordType) -> dict[str, list[str]]:
    scope = [rt.scope.owner, rt.scope.team, rt.scope.follows, rt.scope.shared] if rt.scope else []
    return {
        "title": [rt.title],
        "list_columns": list(rt.list_columns),
        "quick_fields": list(rt.quick_fields),
        "sections": [name for section in rt.sections for name in section.fields],
        "order": [name.lstrip("-") for name in rt.order],
        "search": list(rt.search),
        "match_on": list(rt.match_on),
        "scope": [name for name in scope if name],
        "restricted": list(rt.restricted),
        "personal": list(rt.personal),
        "masked": list(rt.masked),
        "read_only": list(rt.read_only),
        "kinds": list(rt.kinds),
        "choices": list(rt.choices),
        "conditions": list(rt.conditions),
        "field_lists": list(rt.field_lists),
        "late": [name for marked, late in rt.late.items() for name in (marked, *late.needs)],
        "currency": [rt.currency] if rt.currency else [],
        "part_of": [rt.part_of] if rt.part_of else [],
    }
