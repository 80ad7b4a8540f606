"""Tasks that were done, on the timeline of the record they are about, and the customer's last contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hatir.domains.customers import actions as customers
from hatir.domains.customers.actions.membership import retest_touched
from hatir.domains.planning.models import CALL, DONE, MEETING, TO_DO, VISIT, Task
from hatir.domains.planning.queries.steps import CUSTOMER
from hatir.domains.planning.rules import CONTACTS, WITHOUT_CONTACT
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.actions import keep_entries, take_off
from hatir.foundation.timeline.models import TimelineEntry

TYPE = "planning.task"
ENTRY_KIND = {TO_DO: "task", CALL: "call", MEETING: "meeting", VISIT: "meeting"}


def write_history(task_ids: Sequence[int], *, user_id: int | None, label: str) -> None:
    """Make the timeline say what is so now: one entry for each task that is done, on each record it is about.

    Running twice changes nothing. Whoever was reached by it has been contacted.
    """
    tasks = list(Task.objects.filter(pk__in=task_ids))
    done = [task for task in tasks if task.status == DONE and task.archived_at is None]
    gone = [RecordRef(TYPE, task.pk) for task in tasks if task not in done]
    take_off(gone)
    keep_entries([_entry(task, about, user_id, label) for task in done for about in _places(task)])
    for task in done:
        channel = CONTACTS.get(task.kind)
        if channel and task.customer_id and task.done_at and task.outcome not in WITHOUT_CONTACT:
            actor = system_actor("planning")
            customers.note_contact([task.customer_id], channel=channel, at=task.done_at, actor=actor)
    touched = {task.customer_id for task in tasks if task.customer_id}
    retest_touched(sorted(touched), {f"{CUSTOMER}.timeline"}, actor=system_actor("planning"))


def _places(task: Task) -> list[RecordRef]:
    found = [task.about, RecordRef(CUSTOMER, task.customer_id) if task.customer_id else None]
    return list(dict.fromkeys(ref for ref in found if ref is not None))


def _entry(task: Task, about: RecordRef, user_id: int | None, label: str) -> TimelineEntry:
    data: dict[str, Any] = {"outcome": task.outcome} if task.outcome else {}
    if task.place:
        data["place"] = task.place
    return TimelineEntry(
        type_key=about.type_key,
        about_id=about.id,
        at=task.done_at or task.updated_at,
        done_at=task.done_at,
        kind=ENTRY_KIND[task.kind],
        channel=CONTACTS.get(task.kind, ""),
        direction="out" if task.kind == CALL else "",
        user_id=user_id,
        user_label=label[:120],
        title=task.title,
        body="\n\n".join(part for part in (task.title, task.result) if part) if task.kind == CALL else task.result,
        data=data,
        ref_type=TYPE,
        ref_id=task.pk,
    )
