"""What the pages about colleagues show: the list with its figures, and what one person can see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.grants import rights_of
from hatir.foundation.access.models import SCOPES
from hatir.foundation.access.queries import may, visible
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.querying import BadCursor, Sort, page_of
from hatir.foundation.records.registry import record_type, root_types
from hatir.foundation.staff.models import User
from hatir.kit.text_tr import fold

PAGE = 50
STATES = ("active", "invited", "closed")
SHOWN_ROLES = 2


@dataclass(frozen=True)
class PersonRow:
    """One colleague of the list."""

    user: User
    url: str
    state: str
    teams: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """How far somebody's rights go on one kind of record: sees `seen` of `total`."""

    label: Any
    scope: str
    seen: int
    total: int
    verbs: str


def state_of(user: User) -> str:
    """Tell active, invited (never signed in) or closed."""
    if not user.is_active:
        return "closed"
    return "active" if user.last_login else "invited"


def listing(actor: Actor, asked: Mapping[str, str]) -> dict[str, Any]:
    """Give a page of colleagues with the state and name asked for."""
    state = asked.get("state", "")
    rows = visible(actor, User).filter(archived_at=None)
    counts = {
        "": rows.filter(is_active=True).count(),
        "active": rows.filter(is_active=True, last_login__isnull=False).count(),
        "invited": rows.filter(is_active=True, last_login=None).count(),
        "closed": rows.filter(is_active=False).count(),
    }
    wanted = _in_state(rows, state)
    text = fold(asked.get("q", ""))
    if text:
        named = [pk for pk, name, email in rows.values_list("pk", "name", "email") if text in fold(f"{name} {email}")]
        wanted = wanted.filter(pk__in=named)
    rt = record_type("staff.user")
    wanted = wanted.prefetch_related("teams", "role_assignments__role")
    try:
        page = page_of(wanted, rt, (Sort("name"),), size=PAGE, cursor=asked.get("cursor", ""))
    except BadCursor:
        page = page_of(wanted, rt, (Sort("name"),), size=PAGE)
    labels = {"": _("All"), "active": _("Active"), "invited": _("Invited"), "closed": _("Closed")}
    return {
        "people": [_row(user) for user in page.rows],
        "next": page.next,
        "previous": page.previous,
        "q": asked.get("q", ""),
        "state": state,
        "states": [(key, label, counts[key], key == state) for key, label in labels.items()],
    }


def _in_state(rows: Any, state: str) -> Any:
    if state == "closed":
        return rows.filter(is_active=False)
    rows = rows.filter(is_active=True)
    if state == "invited":
        return rows.filter(last_login=None)
    return rows.filter(last_login__isnull=False) if state == "active" else rows


def _row(user: Any) -> PersonRow:
    roles = tuple(assignment.role.name for assignment in user.role_assignments.all())
    teams = ", ".join(team.name for team in user.teams.all())
    return PersonRow(user, f"/settings/people/{user.public_id}/", state_of(user), teams, roles)


def reach_of(user: User) -> list[Reach]:
    """Say, for each kind of record with owners, how far the user sees and what they may do."""
    actor = Actor(kind="user", label=str(user), user_id=user.pk)
    rights = rights_of(actor)
    names = dict(SCOPES)
    found = []
    for rt in root_types():
        if rt.scope is None or rt.scope.follows or rt.admin_only:
            continue
        scopes = [str(names[scope]) for scope, _tree in rights.scopes(rt.key, "view")]
        scope = ", ".join(dict.fromkeys(scopes)) or _("nothing")
        verbs = [str(label) for verb, label in _verbs() if may(actor, verb, rt)]
        seen = visible(actor, rt).filter(archived_at=None).count()
        total = visible(system_actor("reach"), rt).filter(archived_at=None).count()
        found.append(Reach(rt.plural_label, scope, seen, total, ", ".join(verbs)))
    return found


def _verbs() -> list[tuple[str, str]]:
    return [
        ("view", _("see")),
        ("create", _("create")),
        ("edit", _("edit")),
        ("archive", _("archive")),
        ("export", _("export")),
        ("import", _("import")),
        ("merge", _("merge duplicates")),
    ]
