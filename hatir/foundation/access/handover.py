"""Give everything that one colleague owns to others: one audited operation that can be undone whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import rights_of
from hatir.foundation.access.queries import visible
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.filtering import compile_filter, context_for
from hatir.foundation.records.registry import root_types
from hatir.foundation.staff.models import Membership, User

BATCH = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class HandoverRule:
    """Records that fit the filter (None: all that are left) go to these people in turn."""

    to: tuple[User, ...]
    filter: Mapping[str, Any] | None = None
    type_key: str = ""
    """The type that the filter speaks of; empty for a rule over every type, which has no filter."""


@dataclass(frozen=True)
class HandoverResult:
    """How many records of each type moved to whom, how many stayed, and the operation to undo it by."""

    operation: str
    moved: Mapping[tuple[str, int], int] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)

    @property
    def moved_count(self) -> int:
        return sum(self.moved.values())


def owned_counts(user: User, *, actor: Actor) -> dict[str, int]:
    """Count what a colleague owns, by type key; types without any are left out."""
    counts = {rt.key: _owned(rt, user, actor).count() for rt in types_with_owner()}
    return {key: count for key, count in counts.items() if count}


def types_with_owner() -> list[RecordType]:
    """List the types whose records belong to a person."""
    return [rt for rt in root_types() if rt.scope is not None and rt.scope.owner]


def hand_over(
    user: User,
    rules: User | Sequence[HandoverRule],
    *,
    actor: Actor,
    types: Sequence[str] = (),
    progress: Progress | None = None,
) -> HandoverResult:
    """Move what `user` owns to one colleague, or by rules: the first rule that fits a record counts.

    The record's team follows when the new owner is not in it. Batches of 500, each a transaction of
    its own, so a run that was cut short can simply be started again. Raises Invalid or Denied.
    """
    chosen = [HandoverRule((rules,))] if isinstance(rules, User) else list(rules)
    _check_rules(user, chosen)
    turns = [cycle(rule.to) for rule in chosen]
    teams = _teams_of(chosen)
    moved: dict[tuple[str, int], int] = {}
    left: dict[str, int] = {}
    kept = [rt for rt in types_with_owner() if not types or rt.key in types]
    total = sum(_owned(rt, user, actor).count() for rt in kept) if progress else 0
    for rt in kept:
        for rule, turn in zip(chosen, turns, strict=True):
            for records in _batches(rt, user, rule, actor):
                _give(rt, records, turn, teams, actor, moved)
                if progress:
                    progress(sum(moved.values()), total)
        remaining = _owned(rt, user, actor).count()
        if remaining:
            left[rt.key] = remaining
    return HandoverResult(actor.operation, moved, left)


def _owned(rt: RecordType, user: User, actor: Actor) -> Any:
    assert rt.scope is not None
    return visible(actor, rt, "edit").filter(**{rt.scope.owner: user})


def _condition(rt: RecordType, rule: HandoverRule) -> Q | None:
    if rule.filter is None:
        return Q()
    if rule.type_key != rt.key:
        return None
    return compile_filter(rule.filter, rt, context_for(rights_of(system_actor("handover"))))


def _batches(rt: RecordType, user: User, rule: HandoverRule, actor: Actor) -> Iterator[list[Any]]:
    """Read in order of id; what was moved falls out of the condition, so the next batch starts after it."""
    condition = _condition(rt, rule)
    last = 0
    while condition is not None:
        records = list(_owned(rt, user, actor).filter(condition, pk__gt=last).order_by("pk")[:BATCH])
        if not records:
            return
        last = records[-1].pk
        yield records


def _give(
    rt: RecordType,
    records: list[Any],
    turn: Iterator[User],
    teams: Mapping[int, list[int]],
    actor: Actor,
    moved: dict[tuple[str, int], int],
) -> None:
    assert rt.scope is not None
    for record in records:
        receiver = next(turn)
        setattr(record, f"{rt.scope.owner}_id", receiver.pk)
        own = teams.get(receiver.pk, [])
        if rt.scope.team and own and getattr(record, f"{rt.scope.team}_id") not in own:
            setattr(record, f"{rt.scope.team}_id", own[0])
        moved[(rt.key, receiver.pk)] = moved.get((rt.key, receiver.pk), 0) + 1
    writing.save_many(records, actor=actor)


def _teams_of(rules: Sequence[HandoverRule]) -> dict[int, list[int]]:
    teams: dict[int, list[int]] = {}
    receivers = {user.pk for rule in rules for user in rule.to}
    for user_id, team_id in Membership.objects.filter(user__in=receivers).order_by("id").values_list("user", "team"):
        teams.setdefault(user_id, []).append(team_id)
    return teams


def _check_rules(user: User, rules: Sequence[HandoverRule]) -> None:
    if not rules or any(not rule.to for rule in rules):
        raise Invalid({"to": [_("Choose who takes over.")]})
    for rule in rules:
        if any(receiver.pk == user.pk or not receiver.is_active for receiver in rule.to):
            raise Invalid({"to": [_("Choose active colleagues other than the one who leaves.")]})
        if rule.filter is not None and not rule.type_key:
            raise Invalid({"filter": [_("A rule with a filter needs the type it speaks of.")]})
