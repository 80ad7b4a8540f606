"""What one actor may do, resolved once and kept on the actor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch

from hatir.foundation.access.models import EVERY_TYPE, FieldRule, Grant, Role
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.stamps import while_unchanged
from hatir.foundation.staff.models import DIMENSIONS, Membership, Team, User

MANAGE = "settings.manage"
VIEW_AUDIT = "audit.view"
REVEAL = "personal.reveal"


@dataclass(frozen=True)
class TeamsOf:
    """A user's teams, and the ids of these and of all teams below them."""

    own: tuple[Team, ...] = ()
    with_below: tuple[int, ...] = ()


NO_TEAMS = TeamsOf()


@dataclass(frozen=True)
class Rights:
    """All rights of an actor.

    `grants` maps (type key, verb) to the scopes granted, each (scope, filter or None).
    `hidden` and `locked` map a type key to field names that none of the actor's roles lets through.
    `subteam_ids` includes teams below the actor's own; teams are read when first asked for.
    """

    everything: bool = False
    user_id: int | None = None
    grants: dict[tuple[str, str], tuple[tuple[str, Any], ...]] = field(default_factory=dict)
    permissions: frozenset[str] = frozenset()
    hidden: dict[str, frozenset[str]] = field(default_factory=dict)
    locked: dict[str, frozenset[str]] = field(default_factory=dict)
    role_names: tuple[str, ...] = ()
    read_teams: Callable[[], TeamsOf] = field(default=lambda: NO_TEAMS, repr=False)

    @cached_property
    def teams(self) -> TeamsOf:
        """The user's teams, read when first asked for: an administrator's page never asks."""
        return self.read_teams()

    @property
    def team_ids(self) -> tuple[int, ...]:
        return tuple(team.pk for team in self.teams.own)

    @property
    def subteam_ids(self) -> tuple[int, ...]:
        return self.teams.with_below

    @property
    def branch_ids(self) -> tuple[int, ...]:
        return tuple({team.branch_id for team in self.teams.own if team.branch_id})

    @property
    def dimensions(self) -> dict[str, tuple[str, ...]]:
        return _dimensions(self.teams.own)

    def scopes(self, type_key: str, verb: str) -> tuple[tuple[str, Any], ...]:
        """List the scopes granted for a verb on a type; "*" grants count too. Empty means never."""
        if self.everything:
            return (("all", None),)
        own = self.grants.get((type_key, verb), ())
        return own or self.grants.get((EVERY_TYPE, verb), ())


def rights_of(actor: Actor) -> Rights:
    """Resolve the actor's rights once per actor: no statement while roles and teams stay as they are."""
    if "rights" not in actor.memory:
        actor.memory["rights"] = _resolve(actor)
    rights: Rights = actor.memory["rights"]
    return rights


def _resolve(actor: Actor) -> Rights:
    if actor.is_system:
        return Rights(everything=True)
    user = _user(actor)
    if user is None or not user.is_active:
        return Rights()
    roles = [] if user.is_admin else _roles(user)
    return Rights(
        everything=user.is_admin,
        user_id=user.pk,
        grants=_merged_grants(roles),
        permissions=frozenset(code for role in roles for code in role.permissions),
        hidden=_fields_denied(roles, "may_read"),
        locked=_fields_denied(roles, "may_write"),
        role_names=tuple(role.name for role in roles),
        read_teams=lambda: _teams_of(user),
    )


def _user(actor: Actor) -> User | None:
    known = actor.memory.get("user")
    if known is not None:
        return known  # type: ignore[no-any-return]
    return None if actor.user_id is None else User.objects.filter(pk=actor.user_id).first()


def _roles(user: User) -> list[Role]:
    return while_unchanged(f"access.roles.{user.pk}", lambda: _read_roles(user.pk))


def _read_roles(user_id: int) -> list[Role]:
    grants = Prefetch("grants", queryset=Grant.objects.all())
    rules = Prefetch("field_rules", queryset=FieldRule.objects.all())
    return list(Role.objects.filter(assignments__user=user_id, archived_at=None).prefetch_related(grants, rules))


def _merged_grants(roles: Iterable[Role]) -> dict[tuple[str, str], tuple[tuple[str, Any], ...]]:
    """Within one role a grant on a type stands before that on every type; across roles all count."""
    each = [{(g.type_key, g.verb): (g.scope, g.filter) for g in role.grants.all()} for role in roles]
    places = {place for grants in each for place in grants}
    return {
        (type_key, verb): tuple(
            found
            for grants in each
            if (found := grants.get((type_key, verb)) or grants.get((EVERY_TYPE, verb))) is not None
        )
        for type_key, verb in places
    }


def _fields_denied(roles: list[Role], flag: str) -> dict[str, frozenset[str]]:
    """A field is denied when every role that the user has denies it."""
    denied: dict[str, list[set[str]]] = {}
    for at, role in enumerate(roles):
        for rule in role.field_rules.all():
            per_role = denied.setdefault(rule.type_key, [set() for _role in roles])
            if not getattr(rule, flag) or (flag == "may_write" and not rule.may_read):
                per_role[at].add(rule.field)
    return {key: frozenset(set.intersection(*sets)) for key, sets in denied.items()}


def _teams_of(user: User) -> TeamsOf:
    return while_unchanged(f"access.teams.{user.pk}", lambda: _read_teams(user.pk))


def _read_teams(user_id: int) -> TeamsOf:
    """Read the tree of teams, which are few, with one statement."""
    mine = Membership.objects.filter(user=user_id, team=OuterRef("pk"))
    teams = list(Team.objects.annotate(is_mine=Exists(mine)).order_by("pk"))
    own = tuple(team for team in teams if team.is_mine)
    return TeamsOf(own, tuple(_with_below({team.pk for team in own}, {team.pk: team.parent_id for team in teams})))


def _with_below(team_ids: set[int], parents: dict[int, int | None]) -> set[int]:
    """Add the teams below."""
    found = set(team_ids)
    grown = True
    while grown:
        below = {pk for pk, parent in parents.items() if parent in found and pk not in found}
        grown = bool(below)
        found |= below
    return found


def _dimensions(teams: Iterable[Team]) -> dict[str, tuple[str, ...]]:
    teams = list(teams)
    return {
        name: tuple(dict.fromkeys(value for team in teams for value in team.values_along(name))) for name in DIMENSIONS
    }
