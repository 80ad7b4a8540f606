"""Every type: each field filters by each of its operators and sorts, own fields of every kind included."""

from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.access.queries import filter_context, visible
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.expressions import sort_expression
from hatir.foundation.records.filtering import compile_filter
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import clean, clean_values, to_json
from hatir.kit.filters.operators import OPERATORS, operators_for
from tests.conformance.conftest import define_every_kind
from tests.conformance.values import World, make_records, raw_values, value_for
from tests.world.cast import Cast


def ids(rt: RecordType, tree: dict[str, Any], cast: Cast) -> set[int]:
    condition = compile_filter(tree, rt, filter_context(cast.admin.actor))
    return set(visible(cast.admin.actor, rt).filter(condition).values_list("pk", flat=True))


def operand(op: str, value: Any) -> dict[str, Any]:
    """Give what an operator needs, made from one JSON value of the field."""
    arity = OPERATORS[op].arity
    if arity == "none":
        return {}
    if arity == "period":
        return {"value": {"period": "this_month"}}
    one = value[0] if isinstance(value, list) else value
    return {"value": {"one": one, "two": [one, one], "list": [one]}[arity]}


class TestFilters:
    def test_every_field_knows_all_its_operators(self, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]
        every = set(visible(cast.admin.actor, rt).values_list("pk", flat=True))
        asked = 0
        for name, spec in fields_of(rt).items():
            if not spec.filterable:
                continue
            value = to_json(spec, value_of(spec, record)) or to_json(spec, _some(world, rt, spec))
            for op in operators_for(spec.kind):
                tree = {"field": name, "op": op, **operand(op, value)}
                assert ids(rt, tree, cast) | ids(rt, {"not": tree}, cast) == every, tree
                asked += 1
        assert asked > 0

    def test_every_filled_field_finds_its_record(self, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]
        for name, spec in fields_of(rt).items():
            value = value_of(spec, record)
            if not spec.filterable or value in (None, "", [], False):
                continue
            op = "any_of" if spec.is_many else "true" if spec.kind == "boolean" else "is"
            tree = {"field": name, "op": op, **operand(op, to_json(spec, value))}
            assert record.pk in ids(rt, tree, cast), tree
            assert record.pk not in ids(rt, {"field": name, "op": "empty"}, cast), name


class TestSorting:
    def test_works_by_every_sortable_field(self, rt: RecordType, cast: Cast, world: World) -> None:
        made = {record.pk for record in make_records(world, rt, 3)}
        for spec in fields_of(rt).values():
            if spec.sortable:
                rows = visible(cast.admin.actor, rt).order_by(sort_expression(spec).desc(nulls_last=True), "pk")
                assert made <= set(rows.values_list("pk", flat=True)), spec.name


class TestOwnFields:
    def test_of_every_kind_are_stored_read_and_found(self, rt: RecordType, cast: Cast, world: World) -> None:
        if rt.narrows or rt.key.startswith("own."):
            pytest.skip(f"{rt.key} shares the fields of another type, or is made of them")
        define_every_kind(rt.key)
        own = {name: spec for name, spec in fields_of(rt).items() if spec.is_custom}
        assert len(own) == 16

        raw = raw_values(world, rt, 0)
        record = make_records(world, rt, 1)[0]

        kept = rt.model._base_manager.get(pk=record.pk)
        wanted = clean_values(own, {name: raw[name] for name in own}, complete=False)
        assert {name: value_of(spec, kept) for name, spec in own.items()} == wanted
        for name, spec in own.items():
            op = "any_of" if spec.is_many else "true" if spec.kind == "boolean" else "is"
            tree = {"field": name, "op": op, **operand(op, to_json(spec, wanted[name]))}
            assert ids(rt, tree, cast) == {record.pk}, tree


def _some(world: World, rt: RecordType, spec: Any) -> Any:
    """Give any value for a field that the record left empty."""
    if spec.kind == "id":
        return 1
    raw = value_for(world, rt, spec, 0) or (spec.choices[0][0] if spec.choices else "x")
    return clean(spec, raw)
