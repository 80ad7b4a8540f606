"""The verbs of rights: make and fill roles, give them to users. All pass the write door, so all are audited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hatir.foundation.access import parts
from hatir.foundation.access.grants import MANAGE, rights_of
from hatir.foundation.access.models import EVERY_TYPE, SCOPES, VERBS, Role
from hatir.foundation.access.permissions import permissions
from hatir.foundation.access.queries import has_permission
from hatir.foundation.access.templates import TEMPLATES, RoleTemplate
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.filtering import relation_schema, with_steps
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.staff.actions import create_users, issue_link
from hatir.foundation.staff.models import User
from hatir.kit.filters.parse import parse
from hatir.kit.filters.schema import FilterError


@dataclass(frozen=True)
class GrantRow:
    """One right to be given: this verb on this type ("*" is every type), within this scope."""

    verb: str
    scope: str
    type_key: str = EVERY_TYPE
    filter: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class FieldRow:
    """One field to be closed to a role: not read at all, or read but not written."""

    type_key: str
    field: str
    may_read: bool = True
    may_write: bool = False


@dataclass(frozen=True)
class Invitation:
    """An invited colleague and the path of the sign-in link that works once."""

    user: User
    path: str


@transaction.atomic
def create_role(
    name: str, *, actor: Actor, description: str = "", grants: Sequence[GrantRow] = (), codes: Iterable[str] = ()
) -> Role:
    """Make a role with its grants and permissions. Raises Denied or Invalid."""
    role = writing.save(Role(name=name, description=description), actor=actor)
    if grants:
        set_grants(role, grants, actor=actor)
    set_permissions(role, codes, actor=actor)
    return role


def set_grants(role: Role, grants: Sequence[GrantRow], *, actor: Actor) -> bool:
    """Replace all grants of a role; tell whether anything changed. Raises Denied or Invalid."""
    rows = [_grant_row(grant) for grant in grants]
    if len({(row["type_key"], row["verb"]) for row in rows}) != len(rows):
        raise Invalid({"grants": [_("The same verb is granted twice on one type.")]})
    rows.sort(key=lambda row: (row["type_key"], row["verb"]))
    return writing.save_part(role, parts.GRANTS.name, rows, actor=actor)


def set_field_rules(role: Role, rules: Sequence[FieldRow], *, actor: Actor) -> bool:
    """Replace all field rules of a role; tell whether anything changed. Raises Denied or Invalid."""
    rows = [_field_row(rule) for rule in rules]
    rows.sort(key=lambda row: (row["type_key"], row["field"]))
    return writing.save_part(role, parts.FIELD_RULES.name, rows, actor=actor)


def set_permissions(role: Role, codes: Iterable[str], *, actor: Actor) -> bool:
    """Replace the single rights of a role; tell whether anything changed. Raises Denied or Invalid."""
    wanted = sorted(set(codes))
    unknown = sorted(set(wanted) - {permission.code for permission in permissions()})
    if unknown:
        raise Invalid({"permissions": [_("There is no right called “%(code)s”.") % {"code": unknown[0]}]})
    return writing.save_part(role, parts.PERMISSIONS.name, wanted, actor=actor)


def set_roles(user: User, roles: Iterable[Role], *, actor: Actor) -> bool:
    """Give a user exactly these roles; tell whether anything changed. Raises Denied."""
    return writing.save_part(user, parts.ROLES.name, sorted({role.pk for role in roles}), actor=actor)


def assign_role(user: User, role: Role, *, actor: Actor) -> bool:
    """Give a user one role more; tell whether it was new. Raises Denied."""
    return writing.save_part(user, parts.ROLES.name, sorted({*parts.read_roles(user), role.pk}), actor=actor)


def withdraw_role(user: User, role: Role, *, actor: Actor) -> bool:
    """Take one role from a user; tell whether they had it. Raises Denied."""
    left = [pk for pk in parts.read_roles(user) if pk != role.pk]
    return writing.save_part(user, parts.ROLES.name, left, actor=actor)


@transaction.atomic
def install_templates(*, actor: Actor) -> list[Role]:
    """Make the ready-made roles that are not there yet, named in the present language; give the new ones."""
    made = {role.source for role in Role.objects.filter(source__startswith="template:")}
    taken = set(Role.objects.values_list("name", flat=True))
    return [
        _install(template, actor)
        for template in TEMPLATES
        if f"template:{template.key}" not in made and str(template.name) not in taken
    ]


def role_from_template(key: str) -> Role:
    """Find the role that a template became. Raises NotFoundHere."""
    role = Role.objects.filter(source=f"template:{key}", archived_at=None).first()
    if role is None:
        raise NotFoundHere(key)
    return role


@transaction.atomic
def invite_users(rows: Sequence[Mapping[str, Any]], *, roles: Sequence[Role] = (), actor: Actor) -> list[Invitation]:
    """Create colleagues and give each the roles and a sign-in link that works once.

    `rows` hold cleaned values (name, email, teams, language …). Raises Denied or Invalid by row.
    """
    if not has_permission(actor, MANAGE) or any(row.get("is_admin") for row in rows):
        raise Denied("create", "staff.user")
    users = create_users(rows, actor=actor)
    for user in users:
        if roles:
            set_roles(user, roles, actor=actor)
    return [Invitation(user, issue_link(user)) for user in users]


def sign_in_link(user: User, *, actor: Actor) -> str:
    """Make a sign-in link for a colleague who lost the first one. Raises Denied."""
    if not has_permission(actor, MANAGE) or (user.is_admin and not rights_of(actor).everything):
        raise Denied("edit", "staff.user")
    return issue_link(user)


def _install(template: RoleTemplate, actor: Actor) -> Role:
    role = Role(name=str(template.name), description=str(template.description), source=f"template:{template.key}")
    writing.save(role, actor=actor)
    set_grants(role, [GrantRow(verb, scope) for verb, scope in template.grants.items()], actor=actor)
    set_permissions(role, template.permissions, actor=actor)
    return role


def _grant_row(grant: GrantRow) -> dict[str, Any]:
    if grant.verb not in dict(VERBS) or grant.scope not in dict(SCOPES):
        raise Invalid({"grants": [_("There is no such right: %(verb)s, %(scope)s.") % vars(grant)]})
    if grant.type_key != EVERY_TYPE:
        record_type(grant.type_key)
    if grant.scope == "filter":
        _check_filter(grant)
    tree = dict(grant.filter) if grant.scope == "filter" and grant.filter else None
    return {"type_key": grant.type_key, "verb": grant.verb, "scope": grant.scope, "filter": tree}


def _check_filter(grant: GrantRow) -> None:
    if grant.type_key == EVERY_TYPE or not grant.filter:
        raise Invalid({"grants": [_("A right by filter needs one type and a filter.")]})
    try:
        parse(grant.filter, with_steps(record_type(grant.type_key)), relation_schema)
    except FilterError as problem:
        raise Invalid({"grants": [str(problem)]}) from None


def _field_row(rule: FieldRow) -> dict[str, Any]:
    rt = record_type(rule.type_key)
    if rule.field not in fields_of(record_type(rt.root_key)):
        raise Invalid({"field_rules": [_("There is no field called “%(field)s”.") % {"field": rule.field}]})
    return {
        "type_key": rt.root_key,
        "field": rule.field,
        "may_read": rule.may_read,
        "may_write": rule.may_write and rule.may_read,
    }
