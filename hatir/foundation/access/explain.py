"""Answer, on a record: why can or can't this user see it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.grants import rights_of
from hatir.foundation.access.models import EVERY_TYPE, SCOPES, Grant
from hatir.foundation.access.queries import READING, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import fields_of, record_type, type_of
from hatir.foundation.staff.models import User


@dataclass(frozen=True)
class Reason:
    """One sentence of the answer; `allows` says which way it counts."""

    allows: bool
    text: str


@dataclass(frozen=True)
class Answer:
    """Whether the user may use the verb on the record, and every reason for and against."""

    allowed: bool
    reasons: tuple[Reason, ...]


def explain(user: User, record: Any, verb: str = "view") -> Answer:
    """Tell why the user may or may not use the verb on the record, role by role."""
    rt = type_of(record)
    actor = Actor(kind="user", label=str(user), user_id=user.pk)
    allowed = visible(actor, rt, verb).filter(pk=record.pk).exists()
    if not user.is_active:
        return Answer(False, (Reason(False, _("This user may not sign in.")),))
    if user.is_admin:
        return Answer(True, (Reason(True, _("Administrators see everything.")),))
    if rt.scope is not None and rt.scope.follows:
        target = record_type(fields_of(rt)[rt.scope.follows].target)
        parent = target.model._default_manager.get(pk=getattr(record, f"{rt.scope.follows}_id"))
        above = explain(user, parent, verb)
        text = _("Access follows %(record)s.") % {"record": target.title_of(parent)}
        return Answer(allowed, (Reason(allowed, text), *above.reasons))
    if rt.scope is None and verb in ("view", "export") and allowed:
        return Answer(True, (Reason(True, _("Everybody with a role sees records of this kind.")),))
    if rt.scope is not None and rt.scope.shared and verb in READING and allowed and getattr(record, rt.scope.shared):
        return Answer(True, (Reason(True, _("This record is shared with everybody who sees records of this kind.")),))
    reasons = tuple(_grant_reasons(user, actor, rt.root_key, record, verb))
    if not reasons:
        reasons = (Reason(False, _("None of the user's roles grants this on this kind of record.")),)
    return Answer(allowed, reasons)


def _grant_reasons(user: User, actor: Actor, type_key: str, record: Any, verb: str) -> list[Reason]:
    reasons = []
    grants = Grant.objects.filter(
        role__assignments__user=user, role__archived_at=None, verb=verb, type_key__in=(type_key, EVERY_TYPE)
    )
    named = set(grants.filter(type_key=type_key).values_list("role_id", flat=True))
    for grant in grants.select_related("role"):
        if grant.type_key == EVERY_TYPE and grant.role_id in named:
            continue  # the role's own grant on this type stands before it
        alone = Actor(kind="user", label=actor.label, user_id=user.pk)
        rights = rights_of(actor)
        alone.memory["rights"] = type(rights)(
            user_id=user.pk,
            grants={(type_key, verb): ((grant.scope, grant.filter),)},
            read_teams=rights.read_teams,
        )
        allows = visible(alone, type_key, verb).filter(pk=record.pk).exists()
        scope = str(dict(SCOPES)[grant.scope])
        text = (
            _("Role %(role)s reaches %(scope)s; this record is one.")
            if allows
            else _("Role %(role)s reaches %(scope)s; this record is none.")
        )
        reasons.append(Reason(allows, text % {"role": grant.role.name, "scope": scope}))
    return reasons
