"""Declarations of users, teams, departments and branches: their lists and forms are the generic ones."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.declaration import RecordType, Section
from hatir.foundation.records.registry import register
from hatir.foundation.staff import actions
from hatir.foundation.staff.models import Branch, Department, Team, User

USER = register(
    RecordType(
        key="staff.user",
        model=User,
        title="name",
        icon="user",
        create=actions.create_users,
        update=actions.update_users,
        list_columns=("name", "email", "job_title", "department", "teams", "is_admin", "is_active"),
        quick_fields=("name", "email", "teams", "language"),
        order=("name",),
        search={"name": "A", "email": "B"},
        match_on=("email", "name"),
        kinds={"phone": "phone"},
        read_only={"is_admin", "is_active"},
        admin_only=True,
    )
)
TEAM = register(
    RecordType(
        key="staff.team",
        model=Team,
        title="name",
        icon="users",
        list_columns=("name", "parent", "leads", "department", "branch", "geography", "channel", "product", "skill"),
        quick_fields=("name", "parent", "department", "branch"),
        sections=(
            Section("team", _("Team"), ("name", "parent", "leads", "department", "branch")),
            Section("dimensions", _("Works along"), ("geography", "channel", "product", "skill")),
        ),
        order=("name",),
        match_on=("name",),
        admin_only=True,
    )
)
DEPARTMENT = register(
    RecordType(
        key="staff.department",
        model=Department,
        title="name",
        icon="building",
        list_columns=("name",),
        order=("name",),
        match_on=("name",),
        admin_only=True,
    )
)
BRANCH = register(
    RecordType(
        key="staff.branch",
        model=Branch,
        title="name",
        icon="map-pin",
        list_columns=("name", "city"),
        order=("name",),
        match_on=("name",),
        admin_only=True,
    )
)
