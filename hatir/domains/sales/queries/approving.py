"""Who may let which deal into which stage, what was asked, and whether what was approved still holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from hatir.domains.sales.models import (
    APPROVED,
    ASKED,
    BY_LEAD,
    BY_PEOPLE,
    BY_ROLE,
    Deal,
    DealApproval,
    Stage,
    StageApprover,
)
from hatir.domains.sales.queries.pipelines import outside
from hatir.domains.sales.rules import AMOUNT, covers
from hatir.foundation.access.grants import rights_of
from hatir.foundation.access.models import RoleAssignment
from hatir.foundation.access.queries import visible
from hatir.foundation.notifications.queries import administrators, those_who_see
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.conditions import fields_asked_by
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import fields_of, type_of_model
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import plain
from hatir.foundation.staff.models import Membership, Team, TeamLead

KEY = "sales.deal"
DECIDERS = ("user", "api_key", "import")
"""Kinds of actors that act for a person; flows and the house itself approve nothing."""
ALWAYS = (AMOUNT, "currency")
FOLLOWING = frozenset({
    "stage", "pipeline", "status", "stage_entered_at", "closed_on", "next_step_at", "next_step_kind", "held_until_on",
    "updated_at",
})  # fmt: skip
"""What changes by moving itself is not watched."""
MOST_SHOWN = 20
Pair = tuple[Deal, Stage]


# --- what is asked about -----------------------------------------------------------------------------


def watched_of(deal: Deal, stage: Stage) -> dict[str, Any]:
    """Give what an approval of a deal for a stage is about: its amount, and what the stage's condition asks."""
    specs = fields_of(type_of_model(Deal))
    names = {*ALWAYS, *fields_asked_by(stage.approval_rule, type_of_model(Deal))}
    return {name: plain(value_of(specs[name], deal)) for name in sorted(names - FOLLOWING) if name in specs}


def needing_approval(stage: Stage, ids: Sequence[int]) -> set[int]:
    """Name the deals among these that enter a stage only with an approval, as they are stored now."""
    if not stage.approval_by or not ids:
        return set()
    return set(ids) - outside(stage.approval_rule, ids) if stage.approval_rule else set(ids)


def covered(deals: Collection[Deal], stage: Stage) -> set[int]:
    """Name the deals among these whose latest approval for a stage still holds."""
    by_id = {deal.pk: deal for deal in deals}
    rows = DealApproval.objects.filter(deal__in=by_id, stage=stage.pk, state=APPROVED).order_by("pk")
    latest = dict(rows.values_list("deal", "watched"))
    return {pk for pk, watched in latest.items() if covers(watched, watched_of(by_id[pk], stage))}


# --- who decides -------------------------------------------------------------------------------------


def deciders(pairs: Sequence[Pair]) -> list[frozenset[int]]:
    """Give for each deal and stage who may let the one into the other; the number of statements is fixed."""
    stages = {stage.pk: stage for _deal, stage in pairs}
    people, roles = _people(stages.values()), _holders(stages.values())
    leads = _Leads([deal for deal, stage in pairs if stage.approval_by == BY_LEAD])
    found = []
    for deal, stage in pairs:
        if stage.approval_by == BY_LEAD:
            found.append(leads.of(deal))
        elif stage.approval_by == BY_ROLE:
            found.append(roles.get(stage.approval_role_id or 0, frozenset()))
        else:
            found.append(people.get(stage.pk, frozenset()))
    return found


def _people(stages: Iterable[Stage]) -> dict[int, frozenset[int]]:
    ids = [stage.pk for stage in stages if stage.approval_by == BY_PEOPLE]
    if not ids:
        return {}
    rows = StageApprover.objects.filter(stage__in=ids, user__is_active=True, user__archived_at=None)
    return _sets(rows.values_list("stage", "user"))


def _holders(stages: Iterable[Stage]) -> dict[int, frozenset[int]]:
    ids = {stage.approval_role_id for stage in stages if stage.approval_by == BY_ROLE and stage.approval_role_id}
    if not ids:
        return {}
    rows = RoleAssignment.objects.filter(role__in=ids, role__archived_at=None, user__is_active=True)
    return _sets(rows.filter(user__archived_at=None).values_list("role", "user"))


def _sets(rows: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for key, user in rows:
        found[key].add(user)
    return {key: frozenset(users) for key, users in found.items()}


class _Leads:
    """Who leads the team of a deal: the nearest team upwards that has a lead; a deal without a team, its owner's."""

    def __init__(self, deals: Sequence[Deal]) -> None:
        self._leads: dict[int, frozenset[int]] = {}
        self._parents: dict[int, int | None] = {}
        self._teams: dict[int, frozenset[int]] = {}
        if not deals:
            return
        rows = TeamLead.objects.filter(user__is_active=True, user__archived_at=None)
        self._leads = _sets(rows.values_list("team", "user"))
        self._parents = dict(Team.objects.values_list("pk", "parent"))
        owners = {deal.owner_id for deal in deals if deal.owner_id and not deal.team_id}
        if owners:
            self._teams = _sets(Membership.objects.filter(user__in=owners).values_list("user", "team"))

    def of(self, deal: Deal) -> frozenset[int]:
        teams = [deal.team_id] if deal.team_id else sorted(self._teams.get(deal.owner_id or 0, ()))
        return frozenset[int]().union(*(self._above(team) for team in teams if team))

    def _above(self, team: int) -> frozenset[int]:
        at: int | None = team
        for _step in self._parents:
            if at is None or at in self._leads:
                break
            at = self._parents.get(at)
        return self._leads.get(at or 0, frozenset())


def may_decide(actor: Actor, pairs: Sequence[Pair]) -> list[bool]:
    """Tell for each deal and stage whether the actor may let the one into the other; administrators always may."""
    if actor.user_id is None or actor.kind not in DECIDERS:
        return [False for _pair in pairs]
    if rights_of(actor).everything:
        return [True for _pair in pairs]
    return [actor.user_id in users for users in deciders(pairs)]


def whom_to_ask(deal: Deal, stage: Stage, *, asker: int | None) -> list[int]:
    """Name who is asked: those who may decide and see the deal; where there is nobody, the administrators."""
    [named] = deciders([(deal, stage)])
    ref = RecordRef(KEY, deal.pk)
    seeing = those_who_see([pk for pk in named if pk != asker], ref)
    users = seeing or administrators(without=asker) or administrators(without=None)
    return [user.pk for user in users]


# --- what was asked ----------------------------------------------------------------------------------


def open_asking(deal_id: int) -> DealApproval | None:
    """Give what is asked about a deal now."""
    rows = DealApproval.objects.filter(deal=deal_id, state=ASKED)
    return rows.select_related("stage", "asked_by", "deal").first()


def open_askings(ids: Collection[int]) -> dict[int, DealApproval]:
    """Give what is asked about these deals now, by deal."""
    rows = DealApproval.objects.filter(deal__in=ids, state=ASKED).select_related("stage") if ids else ()
    return {asked.deal_id: asked for asked in rows}


def approvals_of(deal: Deal) -> list[DealApproval]:
    """List what was asked about a deal, the latest first."""
    rows = DealApproval.objects.filter(deal=deal.pk).select_related("stage", "asked_by", "decided_by")
    return list(rows.order_by("-pk")[:MOST_SHOWN])


def asked_of(actor: Actor, limit: int) -> list[DealApproval]:
    """List what waits for this very actor, the longest waiting first: deals that he sees and may let in.

    Administrators may always, but find here only what was asked of them because nobody else could be.
    """
    if actor.user_id is None:
        return []
    seen: QuerySet[Any] = visible(actor, Deal).filter(archived_at=None)
    rows = DealApproval.objects.filter(state=ASKED, deal__in=seen).select_related("deal", "stage", "asked_by")
    found = list(rows.order_by("asked_at", "pk")[:limit])
    named = deciders([(asked.deal, asked.stage) for asked in found])
    everything = rights_of(actor).everything
    return [
        asked
        for asked, users in zip(found, named, strict=True)
        if actor.user_id in users or (everything and actor.user_id in asked.asked_ids)
    ]
