"""Declaration of roles: their list and form are the generic ones; grants and field rules are parts of a role."""

from __future__ import annotations

from hatir.foundation.access import parts as parts  # registers the parts of roles and users
from hatir.foundation.access.models import Role
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import register

ROLE = register(
    RecordType(
        key="access.role",
        model=Role,
        title="name",
        icon="shield",
        list_columns=("name", "description"),
        quick_fields=("name", "description"),
        order=("name",),
        search={"name": "A", "description": "B"},
        match_on=("name",),
        admin_only=True,
    )
)
