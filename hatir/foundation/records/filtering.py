"""Compile the one filter language to a Django Q over any record type.

NULL semantics are those of `kit.filters.evaluate`: an absent value never satisfies a positive
comparison, always satisfies a negative one, and `not` is plain negation of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Exists, Q, Value
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, IsNull, LessThan, LessThanOrEqual
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.expressions import CustomListHas, Fold, IndexedFold, value_expression
from hatir.foundation.records.fields import TEXTUAL, TO_ONE, FieldSpec
from hatir.foundation.records.reckoning import reckoned_condition
from hatir.foundation.records.registry import asked_type, fields_of, record_type, root_types, steps_of
from hatir.foundation.records.values import as_id, plain
from hatir.kit.filters.parse import parse
from hatir.kit.filters.schema import FieldShape
from hatir.kit.filters.tree import All, Compare, Has, Node, Not
from hatir.kit.filters.tree import Any as AnyOf
from hatir.kit.filters.values import FilterContext, resolve
from hatir.kit.text_tr import fold

NEVER = Q(pk__in=())
ALWAYS = ~NEVER
_POSITIVE = {"is_not": "is", "not_in": "in", "not_contains": "contains", "none_of": "any_of", "empty": "not_empty"}
_ORDER = {"gt": GreaterThan, "gte": GreaterThanOrEqual, "lt": LessThan, "lte": LessThanOrEqual}
_SAME_AS = {"after": "gt", "before": "lt", "on": "is", "true": "is", "false": "is"}

Sight = Callable[[RecordType, str], Q | None]
"""Under which condition may records of a type, reached by an ORM prefix, be seen? None: all of them."""


def whole_company(rt: RecordType, prefix: str) -> Q | None:
    """See every record behind a relation: for filters that the company itself wrote."""
    return None


def context_for(rights: Any, at: datetime | None = None) -> FilterContext:
    """Give what the variables of a filter stand for to the holder of these rights."""
    return FilterContext(
        at=at or timezone.now(),
        zone=timezone.get_current_timezone(),
        user_id=rights.user_id,
        # Teams are read only when a filter names them.
        team_ids=cast("Sequence[int]", SimpleLazyObject(lambda: rights.team_ids)),
        branch_ids=cast("Sequence[int]", SimpleLazyObject(lambda: rights.branch_ids)),
        dimensions=cast("Mapping[str, Sequence[str]]", SimpleLazyObject(lambda: rights.dimensions)),
    )


def schema_of(rt: RecordType, only: Mapping[str, FieldSpec] | None = None) -> dict[str, FieldShape]:
    """Give the fields of a type as the filter language sees them; `only` narrows to readable ones."""
    specs = fields_of(rt) if only is None else only
    return {name: shape_of(spec) for name, spec in specs.items() if spec.filterable}


def shape_of(spec: FieldSpec) -> FieldShape:
    """Give one field as the filter language sees it."""
    return FieldShape(
        kind=spec.kind, label=spec.label, choices=spec.choices, target=spec.target, nullable=not spec.required
    )


def relation_schema(type_key: str) -> Mapping[str, FieldShape]:
    """Give the schema behind a relation: of a record type by its key. Raises KeyError for an unknown one."""
    try:
        return with_steps(asked_type(type_key))
    except NotFoundHere:
        raise KeyError(type_key) from None


def with_steps(rt: RecordType, only: Mapping[str, FieldSpec] | None = None) -> dict[str, FieldShape]:
    """Give the schema of a type together with the to-many steps that lead from it to its parts."""
    shapes = schema_of(rt, only)
    for name, child in steps_from(rt).items():
        if name not in shapes and (only is None or name not in fields_of(rt)):
            shapes[name] = FieldShape(kind="relations", label=child.plural_label, target=child.key)
    return shapes


def compile_filter(data: Any, rt: RecordType, context: FilterContext, *, prefix: str = "") -> Q:
    """Parse a filter (JSON) that the company wrote (access rules, assignment) and compile it.

    Every field may be named and every linked record counts: the rule "customers of companies in İzmir" must
    hold for somebody who may not open those companies, and a rule that were narrowed by the sight which it
    itself defines would have no end. What a user asks is compiled by `access.queries.asked_condition`.
    Raises FilterError for a wrong one.
    """
    if not data:
        return ALWAYS
    tree = parse(data, with_steps(rt), relation_schema)
    return compile_tree(resolve(tree, context), rt, see=whole_company, prefix=prefix)


def compile_tree(tree: Node, rt: RecordType, *, see: Sight, prefix: str = "") -> Q:
    """Compile a parsed tree, variables already resolved.

    A linked record that `see` leaves out counts as absent, so nobody finds out about it by asking.
    """
    if isinstance(tree, All):
        joined = ALWAYS  # not Q(): its negation must match nothing
        for item in tree.items:
            joined &= compile_tree(item, rt, see=see, prefix=prefix)
        return joined
    if isinstance(tree, AnyOf):
        either = Q(pk__in=())
        for item in tree.items:
            either |= compile_tree(item, rt, see=see, prefix=prefix)
        return either
    if isinstance(tree, Not):
        # Comparisons are guarded against NULL, so plain negation is right.
        return ~compile_tree(tree.item, rt, see=see, prefix=prefix)
    if isinstance(tree, Has):
        return _has(tree, rt, prefix, see)
    return _compare(tree, rt, prefix, see)


def walk(path: str, rt: RecordType, prefix: str = "") -> tuple[FieldSpec, str, RecordType]:
    """Follow a dotted path of to-one steps: give the last field, its ORM prefix, and its type."""
    name, rest = path, ""
    if path not in fields_of(rt) and "." in path:
        name, _dot, rest = path.partition(".")
    spec = fields_of(rt).get(name)
    if spec is None:
        raise NotFoundHere(f"{rt.key}.{path}")
    if not rest:
        return spec, prefix, rt
    if spec.is_custom:
        raise NotFoundHere(f"{rt.key}.{path}")
    return walk(rest, record_type(spec.target), f"{prefix}{spec.path}__")


def _compare(tree: Compare, rt: RecordType, prefix: str, see: Sight) -> Q:
    spec, at, owner = walk(tree.field, rt, prefix)
    op, value = _SAME_AS.get(tree.op, tree.op), tree.value
    if tree.op in ("true", "false"):
        value = tree.op == "true"
    seen = _steps_seen(tree.field, rt, prefix, see)
    if seen is None:
        return _asked(spec, at, owner, op, value, see)
    positive = _POSITIVE.get(op)
    if positive:
        return ~(seen & _asked(spec, at, owner, positive, value, see))
    return seen & _asked(spec, at, owner, op, value, see)


def _steps_seen(path: str, rt: RecordType, prefix: str, see: Sight) -> Q | None:
    """Give the condition that every record on the way to a field may be seen; None when nothing is narrowed."""
    if path in fields_of(rt) or "." not in path:
        return None
    name, _dot, rest = path.partition(".")
    spec = fields_of(rt)[name]
    target, behind = record_type(spec.target), f"{prefix}{spec.path}__"
    here, further = see(target, behind), _steps_seen(rest, target, behind, see)
    if here is None or further is None:
        return here if further is None else further
    return here & further


def _asked(spec: FieldSpec, at: str, owner: RecordType, op: str, value: Any, see: Sight) -> Q:
    if spec.kind == "relations":
        return _many(spec, at, owner, op, value, see)
    if spec.kind == "multichoice":
        return _multichoice(spec, at, op, value)
    if spec.kind in TO_ONE and spec.target and op not in ("empty", "not_empty"):
        return _one(spec, at, op, value, see)
    negative = {"is_not": "is", "not_in": "in", "not_contains": "contains"}.get(op)
    if negative:
        return ~_single(spec, at, negative, value)
    return _single(spec, at, op, value)


def _one(spec: FieldSpec, at: str, op: str, value: Any, see: Sight) -> Q:
    """Compare a to-one field with records: one out of sight is not found by its id."""
    negative, op = op in ("is_not", "not_in"), _POSITIVE.get(op, op)
    target = record_type(spec.target)
    condition = see(target, "")
    if condition is None:
        found = _single(spec, at, op, value)
        return ~found if negative else found
    found = NEVER
    for item in value if op == "in" else [value]:
        named = target.model._base_manager.filter(condition, pk=as_id(item))
        found |= _single(spec, at, "is", item) & Q(Exists(named))
    return ~found if negative else found


def _single(spec: FieldSpec, at: str, op: str, value: Any) -> Q:
    """One comparison that is never NULL: an absent value makes it false."""
    if spec.reckon:
        return reckoned_condition(spec, at, op, value)
    column = value_expression(spec, at)
    if op in ("empty", "not_empty"):
        empty = Q(IsNull(column, True))
        if spec.kind in (*TEXTUAL, "choice"):
            empty |= Q(Exact(column, Value("")))
        return empty if op == "empty" else ~empty
    # A column that always holds a value is not asked for: the question alone would keep an index from answering.
    present = Q(IsNull(column, False)) if at or spec.may_be_null else Q()
    if spec.kind in TEXTUAL:
        return present & _text(spec, at, column, op, value)
    if spec.is_custom and spec.kind == "datetime":
        value = [plain(item) for item in value] if isinstance(value, (list, tuple)) else plain(value)
    if spec.kind == "datetime":
        return present & _instant(column, op, value)
    if op == "within":
        return present & Q(GreaterThanOrEqual(column, value[0])) & Q(LessThan(column, value[1]))
    if op == "between":
        low, high = _cast(spec, value[0]), _cast(spec, value[1])
        return present & Q(GreaterThanOrEqual(column, low)) & Q(LessThanOrEqual(column, high))
    if op in _ORDER:
        return present & Q(_ORDER[op](column, _cast(spec, value)))
    if op == "in":
        return present & Q(In(column, [_cast(spec, item) for item in value])) if value else NEVER
    return present & Q(Exact(column, _cast(spec, value)))


def _cast(spec: FieldSpec, value: Any) -> Any:
    if spec.kind in (*TO_ONE, "id"):
        return as_id(value)
    if spec.is_custom and isinstance(value, date):
        return value.isoformat()
    return value


def _text(spec: FieldSpec, at: str, column: Any, op: str, value: Any) -> Q:
    from django.db.models import F
    from django.db.models.lookups import Contains, EndsWith, StartsWith

    if spec.fold_path:
        folded: Any = F(f"{at}{spec.fold_path}")
    else:
        folded = IndexedFold(column) if spec.is_custom and spec.kind != "longtext" else Fold(column)
    if op == "in":
        return Q(In(folded, [fold(str(item)) for item in value])) if value else NEVER
    wanted = fold(str(value))
    lookup = {"contains": Contains, "starts": StartsWith, "ends": EndsWith}.get(op, Exact)
    return Q(lookup(folded, wanted))


def _instant(column: Any, op: str, value: Any) -> Q:
    if op in ("within", "between"):
        return Q(GreaterThanOrEqual(column, value[0])) & Q(LessThan(column, value[1]))
    if op in _ORDER:
        return Q(_ORDER[op](column, value))
    return Q(Exact(column, value))


def _through(spec: FieldSpec, owner: RecordType) -> tuple[Any, str, str]:
    relation: Any = owner.model._meta.get_field(spec.path)
    through = relation.remote_field.through
    return through._base_manager, relation.m2m_column_name(), relation.m2m_reverse_name()


def _many(spec: FieldSpec, at: str, owner: RecordType, op: str, value: Any, see: Sight) -> Q:
    rows, here, there = _through(spec, owner)
    target = record_type(spec.target)
    condition = see(target, "")
    if condition is not None:
        rows = rows.filter(**{f"{there}__in": target.model._base_manager.filter(condition).values("pk")})

    def having(**wanted: Any) -> Q:
        return Q(**{f"{at}pk__in": rows.filter(**wanted).values(here)})

    if op in ("empty", "not_empty"):
        return ~having() if op == "empty" else having()
    ids = [as_id(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
    if op == "all_of":
        joined = Q()
        for item in ids:
            joined &= having(**{there: item})
        return joined
    held = having(**{f"{there}__in": ids})
    return ~held if op in ("none_of", "not_in", "is_not") else held


def _multichoice(spec: FieldSpec, at: str, op: str, value: Any) -> Q:
    def has(item: str) -> Q:
        return Q(CustomListHas(f"{at}custom", spec.custom_key, str(item)))

    if op in ("empty", "not_empty"):
        filled = NEVER
        for key, _label in spec.choices:
            filled |= has(key)
        return ~filled if op == "empty" else filled
    items = value if isinstance(value, (list, tuple)) else [value]
    combined = Q() if op == "all_of" else NEVER
    for item in items:
        combined = combined & has(item) if op == "all_of" else combined | has(item)
    return ~combined if op in ("none_of", "is_not", "not_in") else combined


def _has(tree: Has, rt: RecordType, prefix: str, see: Sight) -> Q:
    spec = fields_of(rt).get(tree.path)
    if spec is not None and spec.kind == "relations":
        rows, here, there = _through(spec, rt)
        inside = _inside(tree, record_type(spec.target), see)
        found = rows.filter(**{f"{there}__in": inside}).values(here) if inside is not None else rows.values(here)
    else:
        child = asked_type(tree.path)
        link = link_to(child, rt)
        inside = _inside(tree, child, see)
        rows = _live(child) if inside is None else inside
        found = rows.exclude(**{link: None}).values(link)
    condition = Q(**{f"{prefix}pk__in": found})
    return ~condition if tree.negated else condition


def _inside(tree: Has, target: RecordType, see: Sight) -> Any:
    """Give the linked records that fit and may be seen; None when any will do."""
    seen = see(target, "")
    if tree.where is None and seen is None:
        return None
    rows = _live(target)
    if seen is not None:
        rows = rows.filter(seen)
    return rows if tree.where is None else rows.filter(compile_tree(tree.where, target, see=see))


def _live(target: RecordType) -> Any:
    """Give the rows of a linked type that count: archived ones don't; what is only asked about has no such mark."""
    rows = target.model._base_manager.filter(**target.where)
    marked = any(column.name == "archived_at" for column in target.model._meta.concrete_fields)
    return rows.filter(archived_at=None) if marked else rows


def link_to(child: RecordType, parent: RecordType) -> str:
    """Name the to-one field of `child` that leads to `parent`. Raises NotFoundHere when there is none."""
    if child.part_of:
        return child.part_of
    for spec in fields_of(child).values():
        if spec.kind == "relation" and spec.target and record_type(spec.target).root_key == parent.root_key:
            return spec.path
    raise NotFoundHere(f"{child.key} of {parent.key}")


def steps_from(rt: RecordType) -> dict[str, RecordType]:
    """List the to-many steps of a type: its own to-many fields by name, child types by their key."""
    found: dict[str, RecordType] = {}
    for spec in fields_of(rt).values():
        if spec.kind == "relations" and spec.target:
            found[spec.name] = record_type(spec.target)
    for child in root_types():
        if child.part_of and record_type(fields_of(child)[child.part_of].target).root_key == rt.root_key:
            found[child.key] = child
    return found | {step.key: step for step in steps_of(rt.root_key)}


SchemaOf = Callable[[str], Mapping[str, FieldShape]]
