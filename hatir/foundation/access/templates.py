"""Ready-made roles that a new company starts with; each can be changed like any other role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.grants import MANAGE, REVEAL, VIEW_AUDIT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class RoleTemplate:
    """A role before it exists: `grants` maps verb to scope, on every type; `home` is the first page of who has it."""

    key: str
    name: StrOrPromise
    description: StrOrPromise
    grants: Mapping[str, str]
    permissions: tuple[str, ...] = field(default=())
    home: str = ""


def _scoped(**scopes: str) -> dict[str, str]:
    return {verb.rstrip("_"): scope for verb, scope in scopes.items()}


TEMPLATES: tuple[RoleTemplate, ...] = (
    RoleTemplate(
        "administrator",
        _("Administrator"),
        _("Everything, settings and audit included."),
        _scoped(view="all", create="all", edit="all", archive="all", export="all", import_="all", merge="all"),
        (MANAGE, VIEW_AUDIT, REVEAL),
    ),
    RoleTemplate(
        "sales_manager",
        _("Sales manager"),
        _("The records of own teams and the teams below: sees, changes, exports."),
        _scoped(view="team", create="team", edit="team", archive="team", export="team", import_="team", merge="team"),
        (REVEAL,),
        home="/sales/forecast/",
    ),
    RoleTemplate(
        "executive",
        _("Executive"),
        _("Sees all records and exports them, changes none."),
        _scoped(view="all", export="all"),
        home="/sales/reports/",
    ),
    RoleTemplate(
        "sales_rep",
        _("Sales representative"),
        _("Sees the team's records, changes own ones."),
        _scoped(view="team", create="own", edit="own", archive="own"),
    ),
    RoleTemplate(
        "branch_staff",
        _("Branch staff"),
        _("The records of the own branch: sees and changes."),
        _scoped(view="branch", create="branch", edit="branch"),
    ),
    RoleTemplate(
        "support",
        _("Support"),
        _("Sees and changes all records, archives and exports none."),
        _scoped(view="all", create="all", edit="all"),
    ),
    RoleTemplate(
        "marketing",
        _("Marketing"),
        _("Sees and changes all records, imports, exports and merges duplicates."),
        _scoped(view="all", create="all", edit="all", export="all", import_="all", merge="all"),
    ),
    RoleTemplate(
        "accountant",
        _("Accountant"),
        _("Sees all records with identity and tax numbers, changes and exports them."),
        _scoped(view="all", create="all", edit="all", export="all"),
        (REVEAL,),
    ),
    RoleTemplate(
        "logistics",
        _("Logistics"),
        _("Sees all records, changes own ones."),
        _scoped(view="all", create="own", edit="own"),
    ),
    RoleTemplate(
        "analyst",
        _("Analyst"),
        _("Sees all records, changes and exports none."),
        _scoped(view="all"),
    ),
)
