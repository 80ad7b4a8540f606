"""Reading a filter from JSON into the typed tree, checked against a schema, and back."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from hatir.kit.filters.literals import LIST_VARIABLES, read_value, write_operand
from hatir.kit.filters.operators import OPERATORS, operators_for
from hatir.kit.filters.schema import (
    FieldShape,
    FilterError,
    Relations,
    Schema,
    find_field,
    no_relations,
    schema_of,
)
from hatir.kit.filters.tree import All, Any, Compare, Has, NamedPeriod, Node, Not, Operand, Value, Variable

MAX_DEPTH = 8
MAX_NODES = 200
MAX_LIST_VALUES = 1000


def parse(data: object, schema: Schema, relations: Relations = no_relations) -> Node:
    """Read a filter from decoded JSON.

    `{}` and None match everything. Names, operators and values are checked; at most 8 levels,
    200 nodes and 1000 values in a list. Raises FilterError with a sentence for people.
    """
    if data is None or data == {}:
        return All(())
    return _Parser(relations).node(data, schema, depth=1)


def to_json(tree: Node) -> dict[str, object]:
    """Write a tree as JSON data; parse() of it gives an equal tree."""
    if isinstance(tree, All):
        return {"all": [to_json(item) for item in tree.items]}
    if isinstance(tree, Any):
        return {"any": [to_json(item) for item in tree.items]}
    if isinstance(tree, Not):
        return {"not": to_json(tree.item)}
    if isinstance(tree, Has):
        step: dict[str, object] = {"has_no" if tree.negated else "has": tree.path}
        return step if tree.where is None else {**step, "where": to_json(tree.where)}
    compared: dict[str, object] = {"field": tree.field, "op": tree.op}
    return compared if tree.value is None else {**compared, "value": write_operand(tree.value, tree.kind)}


class _Parser:
    """One reading of one filter; counts nodes as it goes."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        self.node_count = 0

    def node(self, data: object, schema: Schema, *, depth: int) -> Node:
        """Read one node and what is under it."""
        self.node_count += 1
        if depth > MAX_DEPTH:
            raise FilterError(_("This filter is nested too deeply (%(limit)d levels at most).") % {"limit": MAX_DEPTH})
        if self.node_count > MAX_NODES:
            raise FilterError(_("This filter has too many parts (%(limit)d at most).") % {"limit": MAX_NODES})
        keys = set(data) if isinstance(data, Mapping) else set()
        if not isinstance(data, Mapping):
            raise FilterError(_("This filter cannot be read."))
        if keys == {"all"}:
            return All(self._parts(data["all"], schema, depth))
        if keys == {"any"}:
            return Any(self._parts(data["any"], schema, depth))
        if keys == {"not"}:
            return Not(self.node(data["not"], schema, depth=depth + 1))
        if keys in ({"has"}, {"has", "where"}, {"has_no"}, {"has_no", "where"}):
            return self._has(data, schema, depth)
        if {"field", "op"} <= keys <= {"field", "op", "value"}:
            return self._compare(data, schema)
        raise FilterError(_("This filter cannot be read."))

    def _parts(self, data: object, schema: Schema, depth: int) -> tuple[Node, ...]:
        """Read the parts of an all or an any."""
        if not isinstance(data, (list, tuple)):
            raise FilterError(_("This filter cannot be read."))
        return tuple(self.node(part, schema, depth=depth + 1) for part in data)

    def _has(self, data: Mapping[str, object], schema: Schema, depth: int) -> Has:
        """Read a has or has_no step."""
        negated = "has_no" in data
        path = data["has_no" if negated else "has"]
        if not isinstance(path, str):
            raise FilterError(_("This filter cannot be read."))
        behind = self._schema_behind(path, schema)
        if data.get("where") is None:
            return Has(path, None, negated)
        return Has(path, self.node(data["where"], behind, depth=depth + 1), negated)

    def _schema_behind(self, path: str, schema: Schema) -> Schema:
        """Give the schema of the records a has-step asks about: by field, else by type key."""
        try:
            shape = find_field(path, schema, self.relations)
        except FilterError:
            return schema_of(path, path, self.relations)
        if shape.kind != "relations":
            message = _("“%(field)s” does not lead to many records.") % {"field": shape.label}
            raise FilterError(message, field=path, op="has")
        return schema_of(shape.target, path, self.relations)

    def _compare(self, data: Mapping[str, object], schema: Schema) -> Compare:
        """Read a comparison."""
        field, op = data["field"], data["op"]
        if not isinstance(field, str) or not isinstance(op, str):
            raise FilterError(_("This filter cannot be read."))
        shape = find_field(field, schema, self.relations)
        if op not in operators_for(shape.kind):
            message = _("“%(field)s” cannot be asked “%(operator)s”.") % {
                "field": shape.label,
                "operator": OPERATORS[op].label if op in OPERATORS else op,
            }
            raise FilterError(message, field=field, op=op)
        return Compare(field, op, _operand(data.get("value"), shape, field, op), shape.kind)


def _operand(raw: object, shape: FieldShape, field: str, op: str) -> Operand:
    """Read as many values as the operator takes."""
    arity = OPERATORS[op].arity
    names = {"field": shape.label, "operator": OPERATORS[op].label}
    if arity == "none":
        if raw is not None:
            raise FilterError(_("“%(field)s %(operator)s” takes no value.") % names, field=field, op=op)
        return None
    if raw is None:
        raise FilterError(_("“%(field)s %(operator)s” needs a value.") % names, field=field, op=op)
    if arity == "list":
        return _list(raw, shape, field, op)
    if arity == "two":
        if not isinstance(raw, (list, tuple)) or len(raw) != 2:
            raise FilterError(_("“%(field)s %(operator)s” needs two values.") % names, field=field, op=op)
        return tuple(read_value(value, shape, field, op) for value in raw)
    if isinstance(raw, (list, tuple)):
        raise FilterError(_("“%(field)s %(operator)s” takes one value.") % names, field=field, op=op)
    value = read_value(raw, shape, field, op)
    if isinstance(value, Variable) and value.name in LIST_VARIABLES:
        raise FilterError(_("“%(field)s %(operator)s” takes one value.") % names, field=field, op=op)
    if (arity == "period") != isinstance(value, NamedPeriod):
        raise FilterError(_("“%(field)s %(operator)s” needs a period.") % names, field=field, op=op)
    return value


def _list(raw: object, shape: FieldShape, field: str, op: str) -> Operand:
    """Read a list of values, or one variable that stands for a list."""
    if isinstance(raw, Mapping):
        return read_value(raw, shape, field, op)
    if not isinstance(raw, (list, tuple)):
        names = {"field": shape.label, "operator": OPERATORS[op].label}
        raise FilterError(_("“%(field)s %(operator)s” needs a list of values.") % names, field=field, op=op)
    if len(raw) > MAX_LIST_VALUES:
        message = _("“%(field)s” is compared with too many values (%(limit)d at most).")
        raise FilterError(message % {"field": shape.label, "limit": MAX_LIST_VALUES}, field=field, op=op)
    values: list[Value] = [read_value(value, shape, field, op) for value in raw]
    return tuple(values)
