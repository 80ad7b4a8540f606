"""How the parts of roles and users are read and written: grants, field rules, permissions, roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.models import FieldRule, Grant, Role, RoleAssignment
from hatir.foundation.records.parts import Part, register_part
from hatir.foundation.staff.models import User

Row = dict[str, Any]


def read_grants(role: Role) -> list[Row]:
    """Give a role's grants, ordered by type and verb."""
    rows = Grant.objects.filter(role=role).order_by("type_key", "verb")
    return [dict(row) for row in rows.values("type_key", "verb", "scope", "filter")]


def _write_grants(role: Role, rows: Sequence[Row]) -> None:
    Grant.objects.filter(role=role).delete()
    Grant.objects.bulk_create([Grant(role=role, **row) for row in rows])


def read_field_rules(role: Role) -> list[Row]:
    """Give a role's field rules, ordered by type and field."""
    rows = FieldRule.objects.filter(role=role).order_by("type_key", "field")
    return [dict(row) for row in rows.values("type_key", "field", "may_read", "may_write")]


def _write_field_rules(role: Role, rows: Sequence[Row]) -> None:
    FieldRule.objects.filter(role=role).delete()
    FieldRule.objects.bulk_create([FieldRule(role=role, **row) for row in rows])


def _read_permissions(role: Role) -> list[str]:
    return sorted(role.permissions)


def _write_permissions(role: Role, codes: Sequence[str]) -> None:
    Role.objects.filter(pk=role.pk).update(permissions=list(codes))
    role.permissions = list(codes)


def read_roles(user: User) -> list[int]:
    """Give the ids of a user's roles, in order."""
    return list(RoleAssignment.objects.filter(user=user).order_by("role_id").values_list("role_id", flat=True))


def _write_roles(user: User, role_ids: Sequence[int]) -> None:
    RoleAssignment.objects.filter(user=user).delete()
    RoleAssignment.objects.bulk_create([RoleAssignment(user=user, role_id=pk) for pk in role_ids])


GRANTS = register_part(Part("access.role", "grants", _("grants"), read_grants, _write_grants))
FIELD_RULES = register_part(Part("access.role", "field_rules", _("field rules"), read_field_rules, _write_field_rules))
PERMISSIONS = register_part(Part("access.role", "permissions", _("permissions"), _read_permissions, _write_permissions))
ROLES = register_part(Part("staff.user", "roles", _("roles"), read_roles, _write_roles))
