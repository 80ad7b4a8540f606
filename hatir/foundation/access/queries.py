"""The read door, and every question about rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from hatir.foundation.access.grants import MANAGE, REVEAL, Rights, rights_of
from hatir.foundation.access.models import RoleAssignment
from hatir.foundation.access.templates import TEMPLATES
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.filtering import Sight, compile_filter, compile_tree, context_for, with_steps
from hatir.foundation.records.querying import Sort, parse_sort
from hatir.foundation.records.registry import asked_type, fields_of, record_type, root_of, type_of_model
from hatir.kit.filters.parse import parse
from hatir.kit.filters.schema import FieldShape
from hatir.kit.filters.tree import Node
from hatir.kit.filters.values import resolve

NOTHING = Q(pk__in=())
PROGRAMS = frozenset({"api_key", "import"})
READING = frozenset({"view", "export"})
_PARENT_VERB = {"create": "edit", "archive": "edit", "import": "edit", "merge": "edit"}


def as_type(what: RecordType | type[Model] | str) -> RecordType:
    """Give the record type named by a declaration, a key or a model. Raises NotFoundHere."""
    if isinstance(what, RecordType):
        return what
    return record_type(what) if isinstance(what, str) else type_of_model(what)


def visible(actor: Actor, what: RecordType | type[Model] | str, verb: str = "view") -> QuerySet[Any]:
    """Give the records on which the actor may use the verb; every query that serves somebody starts here.

    Archived records are included: lists leave them out with their own filter.
    """
    rt = as_type(what)
    rows = rt.model._default_manager.all()
    if rt.where:
        rows = rows.filter(**rt.where)
    condition = scope_condition(actor, rt, verb)
    return rows if condition is None else rows.filter(condition)


def scope_condition(actor: Actor, rt: RecordType, verb: str = "view", prefix: str = "") -> Q | None:
    """Give the condition under which records fall in the actor's scope; None means no condition."""
    if actor.is_system:
        return None
    root = root_of(rt)
    if not key_allows(actor, root.key, verb):
        return NOTHING
    condition = _in_scope(actor, root, verb, prefix)
    hidden = root.hides(actor) if root.hides is not None else ()
    if not hidden:
        return condition
    telling = ~Q(**{f"{prefix}pk__in": hidden})
    return telling if condition is None else condition & telling


def _in_scope(actor: Actor, root: RecordType, verb: str, prefix: str) -> Q | None:
    rights = rights_of(actor)
    if root.scope is None:
        return None if _may_lookup(rights, root, verb) else NOTHING
    if root.scope.follows:
        return _followed(actor, root, verb, prefix)
    options: list[Q] = []
    for scope, tree in rights.scopes(root.key, verb):
        if scope == "all":
            return None
        options.append(_option(rights, root, scope, tree, prefix))
    if options and root.scope.shared and verb in READING:
        options.append(Q(**{f"{prefix}{root.scope.shared}": True}))
    condition = NOTHING
    for option in options:
        condition = condition | option
    return condition


def _may_lookup(rights: Rights, rt: RecordType, verb: str) -> bool:
    """A lookup table is read by whoever has any role; writing needs its own grant or settings rights."""
    if rights.everything:
        return True
    if verb in ("view", "export"):
        return bool(rights.grants)
    if rt.admin_only:
        return MANAGE in rights.permissions
    return bool(rights.scopes(rt.key, verb)) or MANAGE in rights.permissions


def _followed(actor: Actor, root: RecordType, verb: str, prefix: str) -> Q | None:
    assert root.scope is not None
    field = root.scope.follows
    target = fields_of(root)[field].target
    parent_verb = _PARENT_VERB.get(verb, verb)
    return scope_condition(actor, record_type(target), parent_verb, f"{prefix}{field}__")


def _option(rights: Rights, rt: RecordType, scope: str, tree: Any, prefix: str) -> Q:
    assert rt.scope is not None
    if scope == "filter":
        return compile_filter(tree, rt, context_for(rights), prefix=prefix)
    own = NOTHING
    if rt.scope.owner:
        own = Q(**{f"{prefix}{rt.scope.owner}": rights.user_id})
    if scope == "own" or not rt.scope.team:
        return own
    if scope == "team":
        return own | Q(**{f"{prefix}{rt.scope.team}__in": rights.subteam_ids})
    return own | Q(**{f"{prefix}{rt.scope.team}__branch__in": rights.branch_ids})


def key_allows(actor: Actor, type_key: str, verb: str) -> bool:
    """Ask whether the API key's scopes, if any, let this verb through ("view:*", "edit:customers.customer")."""
    if actor.permissions is None:
        return True
    wanted = {f"{verb}:{type_key}", f"{verb}:*", f"*:{type_key}", "*:*"}
    return bool(wanted & actor.permissions)


def may(actor: Actor, verb: str, what: RecordType | type[Model] | str) -> bool:
    """Ask whether the actor may use the verb on any record of the type at all."""
    if actor.is_system:
        return True
    root = root_of(as_type(what))
    if not key_allows(actor, root.key, verb):
        return False
    rights = rights_of(actor)
    if root.scope is None:
        return _may_lookup(rights, root, verb)
    if root.scope.follows:
        target = fields_of(root)[root.scope.follows].target
        return may(actor, _PARENT_VERB.get(verb, verb), target)
    return bool(rights.scopes(root.key, verb))


def has_permission(actor: Actor, code: str) -> bool:
    """Ask for one single right, such as "settings.manage"; a narrowed API key needs the scope for it too."""
    rights = rights_of(actor)
    return (rights.everything or code in rights.permissions) and key_permits(actor, code)


def key_permits(actor: Actor, code: str) -> bool:
    """Ask whether the API key's scopes, if any, let a single right through ("permission:settings.manage")."""
    return actor.permissions is None or bool({f"permission:{code}", "*:*"} & actor.permissions)


def may_reveal(actor: Actor) -> bool:
    """Ask whether masked personal values (tax numbers) may be opened."""
    return has_permission(actor, REVEAL)


def homes_of(user_id: int) -> list[str]:
    """Give the first pages that the ready-made roles of a user have, in the order of the templates."""
    held = RoleAssignment.objects.filter(user=user_id, role__archived_at=None)
    sources = set(held.values_list("role__source", flat=True))
    return [one.home for one in TEMPLATES if one.home and f"template:{one.key}" in sources]


def readable_fields(actor: Actor, rt: RecordType) -> dict[str, FieldSpec]:
    """Give the fields that the actor may see at all, by name."""
    rights = rights_of(actor)
    hidden = () if rights.everything else rights.hidden.get(rt.root_key, ())
    return {
        name: spec
        for name, spec in fields_of(rt).items()
        if name not in hidden
        and not (spec.reckon and spec.path in hidden)
        and (not spec.permission or has_permission(actor, spec.permission))
    }


def writable_fields(actor: Actor, rt: RecordType) -> dict[str, FieldSpec]:
    """Give the fields that the actor may change, by name; derived ones only to programs with the right for them."""
    rights = rights_of(actor)
    locked = () if rights.everything else rights.locked.get(rt.root_key, ())
    open_to_programs = actor.kind in PROGRAMS
    return {
        name: spec if spec.editable else replace(spec, editable=True)
        for name, spec in readable_fields(actor, rt).items()
        if name not in locked
        and (spec.editable or (open_to_programs and spec.written_by and has_permission(actor, spec.written_by)))
    }


def get_visible(actor: Actor, what: RecordType | type[Model] | str, record_id: int, verb: str = "view") -> Any:
    """Fetch one record through the read door. Raises NotFoundHere when it is not there for the actor."""
    found = visible(actor, what, verb).filter(pk=record_id).first()
    if found is None:
        raise NotFoundHere(str(record_id))
    return found


def get_for(actor: Actor, what: RecordType | type[Model] | str, record_id: int, verb: str) -> Any:
    """Fetch one record that the actor wants to change. Raises NotFoundHere or, when only seen, Denied."""
    from hatir.foundation.records.errors import Denied

    record = get_visible(actor, what, record_id)
    if not visible(actor, what, verb).filter(pk=record_id).exists():
        raise Denied(verb, as_type(what).root_key)
    return record


def open_fields(actor: Actor, rt: RecordType) -> dict[str, FieldSpec]:
    """Give the fields that the actor may ask about: covered values are left out, or questions would open them."""
    reveal = may_reveal(actor)
    return {name: spec for name, spec in readable_fields(actor, rt).items() if reveal or not spec.masked}


def relations_for(actor: Actor) -> Callable[[str], Mapping[str, FieldShape]]:
    """Give what a filter sent by this actor may say behind a relation: fields that the actor may ask about.

    The function raises KeyError for a type that is unknown or out of the actor's sight.
    """

    def schema(type_key: str) -> Mapping[str, FieldShape]:
        try:
            rt = asked_type(type_key)
        except NotFoundHere:
            raise KeyError(type_key) from None
        if not may(actor, "view", rt):
            raise KeyError(type_key)
        return with_steps(rt, open_fields(actor, rt))

    return schema


def filter_context(actor: Actor) -> Any:
    """Give what variables in a filter stand for: me, my teams, now."""
    return context_for(rights_of(actor), at=timezone.now())


def sight_of(actor: Actor) -> Sight:
    """Give the sight with which the actor's questions look behind relations: the read door, step by step."""

    return lambda rt, prefix: scope_condition(actor, rt, prefix=prefix)


def asked_tree(actor: Actor, tree: Node, rt: RecordType) -> Q:
    """Compile what the actor asks; linked records out of the actor's sight count as absent."""
    return compile_tree(resolve(tree, filter_context(actor)), rt, see=sight_of(actor))


def asked_condition(actor: Actor, rt: RecordType, data: object) -> Q:
    """Read and compile a filter that the actor sent, by what the actor may ask about. Raises FilterError."""
    if not data:
        return Q()
    return asked_tree(actor, parse(data, with_steps(rt, open_fields(actor, rt)), relations_for(actor)), rt)


def asked_sorts(actor: Actor, rt: RecordType, text: str) -> tuple[Sort, ...]:
    """Read an order that the actor asked for: by fields the actor may ask about, by titles the actor may see."""
    return parse_sort(text, open_fields(actor, rt), sight_of(actor))
