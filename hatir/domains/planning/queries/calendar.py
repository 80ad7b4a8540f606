"""The calendar: what lies in a stretch of time, series unfolded, and when people are busy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from hatir.domains.planning.models import CALL, CANCELLED, MEETING, OPEN, VISIT, Task
from hatir.domains.planning.rules import occurrences, zone_named
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.staff.models import User

LONGEST = timedelta(days=31)
"""What takes longer than this is not looked for when it began before the stretch."""
MOST_SLOTS = 2000
FAR = timedelta(days=366)
TAKES_TIME = (CALL, MEETING, VISIT)


@dataclass(frozen=True)
class Slot:
    """A task in the calendar; `is_repeat` for one of a series that is still to be made."""

    task: Task
    starts_at: datetime
    ends_at: datetime
    is_repeat: bool = False


@dataclass(frozen=True)
class Busy:
    """When somebody has no time; nothing is told of what for."""

    user_id: int
    starts_at: datetime
    ends_at: datetime


def calendar_of(actor: Actor, user_ids: Sequence[int], start: datetime, end: datetime) -> list[Slot]:
    """List what these people have from `start` to `end`, as far as the actor sees it, in the order of time."""
    rows = visible(actor, Task).filter(owner__in=list(user_ids), archived_at=None).exclude(status=CANCELLED)
    found = _in_stretch(rows.select_related("customer", "owner"), start, end)
    slots = [slot for task in found for slot in _slots(task, start, end)]
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.task.pk))[:MOST_SLOTS]


def _in_stretch(rows: QuerySet[Task], start: datetime, end: datetime) -> Iterable[Task]:
    inside = Q(due_at__gte=start, due_at__lt=end)
    running = Q(due_at__lt=start, due_at__gte=start - LONGEST, ends_at__gt=start)
    series = Q(status=OPEN, due_at__lt=end) & ~Q(repeat_rule="")
    return rows.filter(inside | running | series).order_by("due_at", "id")[:MOST_SLOTS]


def _slots(task: Task, start: datetime, end: datetime) -> Iterator[Slot]:
    assert task.due_at is not None
    length = (task.ends_at or task.due_at) - task.due_at
    if not task.repeat_rule or task.status != OPEN:
        yield Slot(task, task.due_at, task.due_at + length)
        return
    zone = zone_named(task.zone, timezone.get_current_timezone())
    without = [str(text) for text in task.repeat_except]
    first = max(start - length, task.due_at)
    for at in occurrences(task.repeat_rule, task.due_at, zone, after=first, before=end, without=without):
        if at + length > start or at >= start:
            yield Slot(task, at, at + length, is_repeat=at != task.due_at)


def lies_in(task: Task, start: datetime | None, end: datetime | None) -> bool:
    """Tell whether a task, or one of its series, lies in a stretch; an open end is far away. Without a time it does."""
    if task.due_at is None:
        return True
    first = start or task.due_at - LONGEST
    last = end or max(first, task.due_at) + FAR
    return any(slot.starts_at < last and slot.ends_at >= first for slot in _slots(task, first, last))


def busy_of(user_ids: Sequence[int], start: datetime, end: datetime, *, without_task: int | None = None) -> list[Busy]:
    """Tell when these people are busy from `start` to `end`; for everybody, since nothing else is told."""
    rows = Task.objects.filter(
        owner__in=list(user_ids), archived_at=None, status=OPEN, kind__in=TAKES_TIME, is_all_day=False
    ).exclude(pk=without_task or 0)
    found = _in_stretch(rows, start, end)
    return sorted(
        (
            Busy(task.owner_id, slot.starts_at, slot.ends_at)
            for task in found
            for slot in _slots(task, start, end)
            if task.owner_id is not None and slot.ends_at > slot.starts_at
        ),
        key=lambda busy: (busy.user_id, busy.starts_at),
    )


def colleagues_in_calendar(actor: Actor, limit: int = 12) -> list[User]:
    """List the colleagues of the actor's teams (all for those who see all), for the team's calendar."""
    from hatir.foundation.access.grants import rights_of

    rights = rights_of(actor)
    users = User.objects.filter(is_active=True, archived_at=None)
    if not rights.everything:
        users = users.filter(Q(pk=actor.user_id) | Q(memberships__team__in=rights.subteam_ids)).distinct()
    return list(users.order_by("name")[:limit])
