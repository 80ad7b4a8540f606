"""Reading the rule of a segment: what it asks, what it hangs on, who may know of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from hatir.domains.customers.models import Customer, Segment
from hatir.foundation.access.grants import rights_of
from hatir.foundation.access.queries import open_fields, relations_for, scope_condition
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.filtering import (
    compile_tree,
    context_for,
    link_to,
    relation_schema,
    whole_company,
    with_steps,
)
from hatir.foundation.records.registry import asked_type, fields_of, record_type, steps_of, type_of_model
from hatir.kit.filters import tree as kinds
from hatir.kit.filters.describe import describe
from hatir.kit.filters.parse import parse
from hatir.kit.filters.schema import FilterError
from hatir.kit.filters.text import parse_text
from hatir.kit.filters.tree import Compare, DaysFromToday, Has, NamedPeriod, Node, Variable
from hatir.kit.filters.values import resolve

SEGMENT = "customers.segment"
HOUSE = system_actor("customers.segments")
MEMORY = "customers.hidden_segments"
KEPT_IN = {"customers.noted_trait": "traits", "customers.segment_stay": "segments"}
"""Steps whose rows change with a field of the customer."""
Schemas = tuple[Mapping[str, Any], Callable[[str], Mapping[str, Any]]]


def customer_type() -> RecordType:
    """Give the type that segments are made of."""
    return type_of_model(Customer)


def read_rule(rule: str, actor: Actor | None = None) -> Node:
    """Read a rule: the text form, or filter JSON as text. With an actor only what that actor may ask about.

    Raises FilterError.
    """
    schema, behind = _schemas(actor)
    if rule.lstrip().startswith("{"):
        try:
            return parse(json.loads(rule), schema, behind)
        except json.JSONDecodeError:
            raise FilterError(_("This filter cannot be read.")) from None
    return parse_text(rule, schema, behind)


def _schemas(actor: Actor | None) -> Schemas:
    rt = customer_type()
    if actor is None or actor.is_system:
        return with_steps(rt), relation_schema
    return with_steps(rt, open_fields(actor, rt)), relations_for(actor)


def rule_in_words(actor: Actor, rule: str) -> str:
    """Say a rule in a sentence; one that the actor may not read says only that."""
    try:
        return describe(read_rule(rule, actor), *_schemas(actor))
    except FilterError:
        return _("Conditions about something that you may not see.")


def fitting(tree: Node, at: datetime | None = None) -> Any:
    """Give the customers that fit, of the whole company: membership is one and the same for everybody."""
    resolved = resolve(tree, context_for(rights_of(HOUSE), at))
    rows = Customer.objects.filter(archived_at=None)
    return rows.filter(compile_tree(resolved, customer_type(), see=whole_company))


# --- what a rule hangs on --------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """A linked type that a rule asks about, and how to come from its records to the customers."""

    type_key: str
    up: Callable[[Q], Q]


@dataclass
class Needs:
    """What a rule hangs on: fields of the customer, linked types, other segments, lists, and the clock."""

    fields: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    segments: set[int] = field(default_factory=set)
    lists: set[int] = field(default_factory=set)
    moves: bool = False
    asks_who: bool = False


def needs_of(tree: Node) -> Needs:
    """Find what a rule hangs on."""
    needs = Needs()
    _visit(tree, customer_type(), None, needs)
    return needs


def _visit(tree: Node, rt: RecordType, up: Callable[[Q], Q] | None, needs: Needs) -> None:
    if isinstance(tree, (kinds.All, kinds.Any)):
        for item in tree.items:
            _visit(item, rt, up, needs)
    elif isinstance(tree, kinds.Not):
        _visit(tree.item, rt, up, needs)
    elif isinstance(tree, Has):
        _visit_step(tree, rt, up, needs)
    else:
        _visit_compare(tree, rt, up, needs)


def _visit_compare(tree: Compare, rt: RecordType, up: Callable[[Q], Q] | None, needs: Needs) -> None:
    spec: FieldSpec | None = None
    path = tree.field
    while True:
        name = path if path in fields_of(rt) else path.partition(".")[0]
        spec = fields_of(rt)[name]
        if up is None:
            needs.fields.add(spec.path if spec.reckon else spec.name)
        if name == path:
            break
        path = path.removeprefix(f"{name}.")
        up, rt = _climb(up, spec), record_type(spec.target)
        needs.links.append(Link(rt.root_key, up))
    operands = tree.value if isinstance(tree.value, tuple) else (tree.value,)
    needs.moves |= bool(spec.reckon) or any(isinstance(item, (DaysFromToday, NamedPeriod)) for item in operands)
    needs.asks_who |= any(isinstance(item, Variable) for item in operands)
    named = {item for item in operands if isinstance(item, int)}
    if spec.target == SEGMENT:
        needs.segments |= named
    elif spec.target == "customers.list":
        needs.lists |= named


def _climb(up: Callable[[Q], Q] | None, spec: FieldSpec) -> Callable[[Q], Q]:
    """Come from records at the end of a to-one or to-many field to those that hold it, and on from there."""
    target = record_type(spec.target)

    def reach(found: Q) -> Q:
        held = Q(**{f"{spec.path}__in": target.model._base_manager.filter(found).values("pk")})
        return held if up is None else up(held)

    return reach


def _visit_step(tree: Has, rt: RecordType, up: Callable[[Q], Q] | None, needs: Needs) -> None:
    spec = fields_of(rt).get(tree.path)
    if spec is not None and spec.kind == "relations":
        if up is None:
            needs.fields.add(spec.name)
        target, climb = record_type(spec.target), _climb(up, spec)
        needs.links.append(Link(target.root_key, climb))
    else:
        target = asked_type(tree.path)
        climb = _climb_from_part(up, target, link_to(target, rt))
        needs.links.append(Link(target.root_key, climb))
        if up is None:
            needs.fields.update({target.key, KEPT_IN.get(target.key, target.key)})
    if tree.where is not None:
        _visit(tree.where, target, climb, needs)


def _climb_from_part(up: Callable[[Q], Q] | None, child: RecordType, link: str) -> Callable[[Q], Q]:
    def reach(found: Q) -> Q:
        held = Q(pk__in=child.model._base_manager.filter(found).exclude(**{link: None}).values(link))
        return held if up is None else up(held)

    return reach


# --- segments that look at segments ----------------------------------------------------------------


@dataclass(frozen=True)
class Ruled:
    """A segment with its rule read; `tree` is None where the rule can no longer be read."""

    segment: Segment
    tree: Node | None
    needs: Needs


def live_segments(ids: Collection[int] | None = None) -> list[Ruled]:
    """Read all segments that are in use, each after those that it looks at; `ids` narrows to these."""
    rows = Segment.objects.filter(archived_at=None).order_by("pk")
    read = [_ruled(segment) for segment in rows]
    return [ruled for ruled in _in_order(read) if ids is None or ruled.segment.pk in ids]


def _ruled(segment: Segment) -> Ruled:
    try:
        tree = read_rule(segment.rule)
    except FilterError:
        return Ruled(segment, None, Needs())
    return Ruled(segment, tree, needs_of(tree))


def _in_order(read: Sequence[Ruled]) -> list[Ruled]:
    by_id = {ruled.segment.pk: ruled for ruled in read}
    placed: dict[int, Ruled] = {}

    def place(ruled: Ruled, above: frozenset[int]) -> None:
        for other in sorted(ruled.needs.segments - above):
            if other in by_id and other not in placed:
                place(by_id[other], above | {other})
        placed[ruled.segment.pk] = ruled

    for ruled in read:
        if ruled.segment.pk not in placed:
            place(ruled, frozenset({ruled.segment.pk}))
    return list(placed.values())


def with_dependents(read: Sequence[Ruled], ids: Iterable[int]) -> set[int]:
    """Give these segments and all that look at them, directly or through others; `read` is in order."""
    touched = set(ids)
    for ruled in read:
        if ruled.needs.segments & touched:
            touched.add(ruled.segment.pk)
    return touched


def segments_that_name(*, segments: Collection[int] = (), lists: Collection[int] = ()) -> set[int]:
    """Give the segments whose rules look at one of these segments, directly or through others, or at these lists."""
    read = live_segments()
    direct = {
        ruled.segment.pk for ruled in read if ruled.needs.lists & set(lists) or ruled.needs.segments & set(segments)
    }
    return with_dependents(read, direct)


def segments_among(ids: Collection[int]) -> list[Segment]:
    """Give the segments of these ids."""
    return list(Segment.objects.filter(pk__in=ids).order_by("pk"))


def circle_of(segment_id: int, needs: Needs) -> list[str]:
    """Name the segments by which a rule would come back to its own segment; empty when it does not."""
    by_id = {ruled.segment.pk: ruled for ruled in live_segments()}

    def search(wanted: Iterable[int], trail: tuple[int, ...]) -> list[str]:
        for other in sorted(wanted):
            if other == segment_id:
                return [by_id[one].segment.name for one in trail if one in by_id]
            if other in by_id and other not in trail:
                found = search(by_id[other].needs.segments, (*trail, other))
                if found:
                    return found
        return []

    if segment_id in needs.segments:
        return [by_id[segment_id].segment.name] if segment_id in by_id else [""]
    return search(needs.segments, ())


# --- who may know of a segment ---------------------------------------------------------------------


def hidden_segments(actor: Actor) -> frozenset[int]:
    """Give the segments whose members would tell the actor something that he may not ask."""
    rights = rights_of(actor)
    if actor.is_system or (rights.everything and actor.permissions is None):
        return frozenset()
    if MEMORY not in actor.memory:
        actor.memory[MEMORY] = frozenset()  # what is asked while finding out does not ask again
        actor.memory[MEMORY] = frozenset(_find_hidden(actor))
    found: frozenset[int] = actor.memory[MEMORY]
    return found


def _find_hidden(actor: Actor) -> set[int]:
    rows = Segment.objects.order_by("pk").values_list("pk", "rule")
    hidden: set[int] = set()
    named: dict[int, set[int]] = {}
    for pk, rule in rows:
        try:
            tree = read_rule(rule, actor)
            needs = needs_of(tree)
        except (FilterError, NotFoundHere):
            hidden.add(pk)
            continue
        named[pk] = needs.segments
        if partly_seen(actor, needs):
            hidden.add(pk)
    while more := {pk for pk, others in named.items() if pk not in hidden and others & hidden}:
        hidden |= more
    return hidden


def partly_seen(actor: Actor, needs: Needs) -> str:
    """Name a linked type of which the actor sees only a part, so that membership would tell of the rest; "" for none.

    Parts of a customer are seen with the customer; segments and lists are judged by themselves.
    """
    root = customer_type().key
    apart = {SEGMENT, "customers.list", *(step.key for step in steps_of(root))}
    for type_key in dict.fromkeys(link.type_key for link in needs.links):
        if type_key in apart:
            continue
        rt = record_type(type_key)
        followed = rt.scope.follows if rt.scope is not None else ""
        if followed and record_type(fields_of(rt)[followed].target).root_key == root:
            continue
        if scope_condition(actor, rt) is not None:
            return str(rt.plural_label)
    return ""
