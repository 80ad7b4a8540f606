"""The steps of the write door that belong to rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hatir.foundation.access.grants import MANAGE, rights_of
from hatir.foundation.access.queries import has_permission, may, scope_condition, visible, writable_fields
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.changes import Change, WriteBatch
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.registry import fields_of, record_type

_VERB_OF = {"restore": "archive"}


def fill_owner(batch: WriteBatch) -> None:
    """Give a new record without owner to its maker, and to the maker's first team."""
    scope = batch.type.scope
    if batch.verb != "create" or scope is None or not scope.owner or batch.actor.user_id is None:
        return
    narrow = scope_condition(batch.actor, batch.type, "view") is not None
    if batch.actor.kind == "import" and not narrow:
        return
    rights = rights_of(batch.actor)
    for change in batch.changes:
        if getattr(change.record, f"{scope.owner}_id") is None:
            change.put(scope.owner, f"{scope.owner}_id", batch.actor.user_id)
        if scope.team and rights.team_ids and getattr(change.record, f"{scope.team}_id") is None:
            change.put(scope.team, f"{scope.team}_id", rights.team_ids[0])


def check_write(batch: WriteBatch) -> None:
    """Refuse what the actor may not write. Raises NotFoundHere, Denied or Invalid."""
    if batch.actor.is_system:
        return
    verb = _VERB_OF.get(batch.verb, batch.verb)
    if batch.type.admin_only and not has_permission(batch.actor, MANAGE):
        raise Denied(verb, batch.type.key)
    if not may(batch.actor, verb, batch.type):
        raise Denied(verb, batch.type.key)
    if batch.verb != "create":
        _check_in_scope(batch, verb)
    if batch.verb in ("create", "edit"):
        _check_fields(batch)
        _check_targets(batch)


def _check_in_scope(batch: WriteBatch, verb: str) -> None:
    if scope_condition(batch.actor, batch.type, verb) is None:
        return
    ids = {change.ref.id for change in batch.changes}
    allowed = set(visible(batch.actor, batch.type, verb).filter(pk__in=ids).values_list("pk", flat=True))
    if ids <= allowed:
        return
    seen = set(visible(batch.actor, batch.type).filter(pk__in=ids).values_list("pk", flat=True))
    if ids <= seen:
        raise Denied(verb, batch.type.key)
    raise NotFoundHere(batch.type.key)


def _check_fields(batch: WriteBatch) -> None:
    allowed = writable_fields(batch.actor, batch.type)
    specs = fields_of(batch.type)
    if all(name in allowed for name, spec in specs.items() if spec.editable):
        return
    defaults = {name: spec.default for name, spec in specs.items()}
    for change in batch.changes:
        touched = change.fields if batch.verb == "edit" else _filled(batch, change, defaults)
        refused = [name for name in touched if name not in allowed and name in specs and specs[name].editable]
        if refused:
            raise Denied(batch.verb, batch.type.key, [str(specs[name].label) for name in refused])


def _filled(batch: WriteBatch, change: Change, defaults: Mapping[str, Any]) -> list[str]:
    """Name the fields of a new record that differ from what every new record has."""
    owner = batch.type.scope
    given = {owner.owner, owner.team} if owner else set()
    return [
        name
        for name, value in change.after.items()
        if value not in (None, "", [], {}, False) and value != defaults.get(name) and name not in given
    ]


def _check_targets(batch: WriteBatch) -> None:
    """Linking needs sight of the target; for a part, the right to change its parent."""
    root = record_type(batch.type.root_key)
    for spec in fields_of(root).values():
        if spec.kind not in (*TO_ONE, "relations") or not spec.target:
            continue
        ids = _linked(batch, spec) - _own_place(batch, spec)
        if not ids:
            continue
        follows = root.scope is not None and root.scope.follows == spec.name
        target = record_type(spec.target)
        # Colleagues and teams may be named by everybody; all that counts is that they are there.
        asking = system_actor("access") if spec.kind in ("user", "team") else batch.actor
        found = visible(asking, target, "edit" if follows else "view").filter(pk__in=ids)
        missing = ids - set(found.values_list("pk", flat=True))
        if missing and follows:
            raise NotFoundHere(spec.target)
        if missing:
            raise Invalid({spec.name: [str(NotFoundHere())]})


def _own_place(batch: WriteBatch, spec: FieldSpec) -> set[int]:
    """Give what needs no look-up: the actor, and the actor's own teams."""
    if spec.kind == "user":
        return {batch.actor.user_id} if batch.actor.user_id is not None else set()
    return set(rights_of(batch.actor).team_ids) if spec.kind == "team" else set()


def _linked(batch: WriteBatch, spec: FieldSpec) -> set[int]:
    if batch.verb == "create" and not spec.is_custom:
        if spec.kind in TO_ONE:
            column = f"{spec.path}_id"
            return {pk for change in batch.changes if (pk := change.record.__dict__[column])}
        return {pk for change in batch.changes for pk in change.sets.get(spec.name, ())}
    ids: set[int] = set()
    for change in batch.changes:
        value: Any = change.after.get(spec.name)
        if value and value != change.before.get(spec.name):
            ids.update(value if isinstance(value, list) else [value])
    return ids
