"""What the composer and the page of a record ask of planning, without knowing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hatir.domains.planning import actions, queries
from hatir.domains.planning.models import CALL, MEETING, TO_DO, VISIT, Task
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.planner import Planned, Wanted, install

ICONS = {TO_DO: "circle-check", CALL: "phone", MEETING: "calendar", VISIT: "map-pin"}


class _Planner:
    """Fulfils the timeline's `Planner`."""

    def plan(self, about: RecordRef, wanted: Wanted, *, actor: Actor, once: int | None = None) -> Planned:
        made = actions.plan(
            wanted.title,
            actor=actor,
            about=about,
            kind=MEETING if wanted.kind == "meeting" else TO_DO,
            due_at=wanted.due_at,
            owner_id=wanted.owner_id,
            note=wanted.text,
            place=wanted.place,
            once=once,
        )
        return _planned(made)

    def open_about(self, actor: Actor, about: RecordRef, limit: int) -> Sequence[Planned]:
        return [_planned(task) for task in queries.open_tasks_about(actor, about, limit)]


def _planned(task: Task) -> Planned:
    ref = RecordRef("planning.task", task.pk)
    due_at: datetime | None = task.due_at
    owner = task.owner.name if task.owner else ""
    return Planned(ref, task.title, ICONS[task.kind], due_at, owner, ref.url, f"/tasks/{ref.public_id}/done/")


PLANNER = install(_Planner())
