"""The next step of deals: kept true beside their tasks, and planned from them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter

from hatir.domains.planning import actions as planning
from hatir.domains.planning.models import Task
from hatir.domains.planning.queries import next_step_of
from hatir.domains.sales.models import Deal
from hatir.foundation.access.queries import visible
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.refs import RecordRef

KEY = "sales.deal"
STEP = ("next_step_at", "next_step_kind")
BATCH = 500


def refresh_steps(deal_ids: Collection[int]) -> int:
    """Let the next step of deals be their earliest open task; give how many changed. Safe to run twice.

    A task without a time is no next step: nobody is reminded of it, so the deal still counts as unplanned.
    Written without version and audit, because nobody decided it: what was decided is the task.
    """
    house, ids, changed = system_actor("sales"), sorted(set(deal_ids)), 0
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        steps = next_step_of(house, [RecordRef(KEY, pk) for pk in some])
        behind = []
        for deal in Deal.objects.filter(pk__in=some).only("pk", *STEP):
            step = steps.get(RecordRef(KEY, deal.pk))
            due_at, kind = (step.due_at, step.kind) if step and step.due_at else (None, "")
            if (deal.next_step_at, deal.next_step_kind) != (due_at, kind):
                deal.next_step_at, deal.next_step_kind = due_at, kind
                behind.append(deal)
        bulk.update_rows(Deal, STEP, map(attrgetter(*STEP, "pk"), behind))
        changed += len(behind)
    return changed


def deals_of_tasks(task_ids: Collection[int]) -> list[int]:
    """Name the deals that these tasks are about, for the house's own reckoning."""
    rows = visible(system_actor("sales"), Task).filter(pk__in=task_ids, about_type=KEY)
    return [pk for pk in rows.values_list("about_id", flat=True).distinct() if pk]


def plan_step(deal: Deal, *, title: str, kind: str, due_at: datetime, actor: Actor) -> Task:
    """Plan the next step of a deal, for its owner or else the planner. Raises Invalid, Denied or NotFoundHere."""
    task = planning.plan(
        title, actor=actor, about=RecordRef(KEY, deal.pk), kind=kind, due_at=due_at,
        owner_id=deal.owner_id or actor.user_id, customer_id=deal.customer_id,
    )  # fmt: skip
    refresh_steps([deal.pk])
    return task
