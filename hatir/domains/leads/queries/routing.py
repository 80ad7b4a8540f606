"""Questions of assignment: which rules there are, who is in a team, who has how much to do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Q

from hatir.domains.leads.models import AssignmentRule, Lead
from hatir.domains.leads.rules import OPEN
from hatir.foundation.records.conditions import condition_of, read_condition
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.staff.models import Membership, Team
from hatir.kit.filters.schema import FilterError
from hatir.kit.filters.tree import Node
from hatir.kit.text_tr import fold


def read_rule(text: str) -> Node:
    """Read a condition on leads. Raises FilterError."""
    return read_condition(text, type_of_model(Lead))


def fitting(text: str, ids: Collection[int]) -> set[int]:
    """Name the leads among these that fit a rule; one that can no longer be read fits none."""
    try:
        rows = Lead.objects.filter(pk__in=ids).filter(condition_of(text, type_of_model(Lead)))
    except FilterError:
        return set()
    return set(rows.values_list("pk", flat=True))


def live_rules() -> list[AssignmentRule]:
    """List the rules in use, in their order."""
    rows = AssignmentRule.objects.filter(archived_at=None, is_active=True)
    return list(rows.order_by("position", "pk"))


def members_of(team_id: int | None) -> list[int]:
    """List who is in a team and may sign in."""
    rows = Membership.objects.filter(team=team_id, user__is_active=True, user__archived_at=None)
    return list(rows.order_by("user").values_list("user", flat=True)) if team_id else []


def loads_of(users: Collection[int]) -> dict[int, int]:
    """Count the open leads of each of these people."""
    rows = Lead.objects.filter(owner__in=users, status__in=OPEN, archived_at=None)
    return dict(rows.order_by().values_list("owner").annotate(n=Count("pk")))


def teams() -> list[Team]:
    """List the live teams, the oldest first."""
    return list(Team.objects.filter(archived_at=None).order_by("pk"))


def team_of_city(city: str, known: Sequence[Team]) -> Team | None:
    """Find the team that works in a city; the one with the fewest cities when there are several."""
    wanted = fold(city)
    found = [team for team in known if wanted in {fold(place) for place in team.values_along("geography")}]
    return min(found, key=lambda team: (len(team.values_along("geography")), team.pk), default=None) if wanted else None


def team_with_skill(words: str, known: Sequence[Team]) -> Team | None:
    """Find the team one of whose skills or products is named in what a lead asks for."""
    text = f" {fold(words)} "
    for team in known:
        named = [*team.values_along("skill"), *team.values_along("product")]
        if any(fold(one) in text for one in named):
            return team
    return None


def silent_leads(before: Any, limit: int) -> list[Lead]:
    """List open leads with an owner with whom nothing happened since an instant, the longest first."""
    rows = Lead.objects.filter(status__in=("new", "working", "qualified"), archived_at=None, owner__isnull=False)
    quiet = Q(last_activity_at__lt=before) | Q(last_activity_at=None, captured_at__lt=before)
    return list(rows.filter(quiet).order_by("last_activity_at", "pk")[:limit])
