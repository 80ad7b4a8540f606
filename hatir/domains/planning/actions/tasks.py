"""The verbs of tasks: every one passes here, so that ends, reminders, repetition and done instants are always true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.planning import rules
from hatir.domains.planning.events import TaskCompleted, TaskPlanned, TaskPostponed, TaskReopened
from hatir.domains.planning.models import CANCELLED, DONE, OPEN, Task
from hatir.domains.planning.queries.steps import CUSTOMER
from hatir.domains.planning.queries.tasks import task_of_key
from hatir.foundation.access.queries import get_for, get_visible, visible
from hatir.foundation.events.bus import publish
from hatir.foundation.records import writing
from hatir.foundation.records.actions import blank
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.records.snapshot import put_all

MOST_TOLD = 50
"""Of more tasks made at once (an import) only the write door's own fact is told."""
CARRIED_ON = (
    "kind", "title", "note", "customer_id", "about_type", "about_id", "place", "priority", "owner_id", "team_id",
    "is_all_day", "zone", "repeat_except", "custom",
)  # fmt: skip
"""What the next task of a series takes from the one before."""


@dataclass(frozen=True)
class Done:
    """A task that was completed, and the next one of its series if it has one."""

    task: Task
    following: Task | None = None


# --- making and changing ---------------------------------------------------------------------------


def plan(
    title: str,
    *,
    actor: Actor,
    about: RecordRef | None = None,
    kind: str = rules.TO_DO,
    due_at: datetime | None = None,
    ends_at: datetime | None = None,
    owner_id: int | None = None,
    customer_id: int | None = None,
    note: str = "",
    place: str = "",
    priority: str = "normal",
    remind_at: datetime | None = None,
    reminds: bool = True,
    repeat_rule: str = "",
    is_all_day: bool = False,
    once: int | None = None,
) -> Task:
    """Plan a task, a call, a meeting or a visit about any record that the actor sees.

    Without `owner_id` it is the actor's. `customer_id` is the customer behind `about` where `about` is none itself (a
    deal's customer). Without `remind_at` the reminder comes the usual time before, with `reminds=False` none does. A
    second call with the same `once` gives the task of the first. Raises Invalid, NotFoundHere or Denied.
    """
    with transaction.atomic():
        known = task_of_key(once) if once is not None else None
        if known is not None:
            return known
        if about is not None:
            get_visible(actor, about.type_key, about.id)
        task: Task = blank(type_of_model(Task))
        task.kind, task.title, task.note, task.place, task.priority = kind, title, note, place, priority
        task.due_at, task.ends_at, task.is_all_day = due_at, ends_at, is_all_day
        task.owner_id, task.customer_id, task.once = owner_id or actor.user_id, customer_id, once
        if about is not None:
            task.about_type, task.about_id = about
        task.repeat_rule = repeat_rule
        task.remind_at = remind_at
        if reminds and remind_at is None and due_at is not None:
            task.remind_at = due_at - rules.REMIND_BEFORE[kind]
        _tidy([task])
        writing.save(task, actor=actor)
        _tell_planned([task], actor)
    return task


def create_tasks(rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Task]:
    """Create tasks from cleaned values; the house may say with `about` (a RecordRef) which record each is about.

    Raises Invalid with the row's position.
    """
    rt = type_of_model(Task)
    tasks = []
    for row in rows:
        task: Task = blank(rt)
        put_all(rt, task, {name: value for name, value in row.items() if name != "about"})
        if isinstance(row.get("about"), RecordRef):
            task.about_type, task.about_id = row["about"]
        if "remind_at" not in row and task.due_at is not None and task.status == OPEN and task.kind in rules.LENGTHS:
            task.remind_at = task.due_at - rules.REMIND_BEFORE[task.kind]
        tasks.append(task)
    _tidy(tasks)
    with transaction.atomic():
        writing.save_many(tasks, actor=actor)
        if len(tasks) <= MOST_TOLD:
            _tell_planned(tasks, actor)
    return tasks


def update_tasks(
    pairs: Sequence[tuple[Task, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
) -> list[Task]:
    """Change tasks, each with its own cleaned values; one that becomes done goes on with its series.

    What is moved takes its end and its reminder along, unless these are given too. See `writing.save_many` for the
    errors.
    """
    rt = type_of_model(Task)
    before = [(task, task.status, task.due_at) for task, _values in pairs]
    for (task, values), (_same, _status, was_due_at) in zip(pairs, before, strict=True):
        put_all(rt, task, values)
        _take_along(task, was_due_at, values)
    tasks = [task for task, _values in pairs]
    _tidy(tasks)
    with transaction.atomic():
        writing.save_many(tasks, actor=actor, expected_version=expected_version)
        for task, status, was_due_at in before:
            _tell_change(task, status, was_due_at, actor)
    return tasks


def _take_along(task: Task, was_due_at: datetime | None, values: Mapping[str, Any]) -> None:
    if was_due_at is None or task.due_at is None or task.due_at == was_due_at:
        return
    moved = task.due_at - was_due_at
    if "ends_at" not in values and task.ends_at is not None:
        task.ends_at += moved
    if "remind_at" not in values and task.remind_at is not None:
        task.remind_at += moved


def _tidy(tasks: Sequence[Task]) -> None:
    wrong: dict[int, dict[str, list[str]]] = {}
    zone = timezone.get_current_timezone()
    for at, task in enumerate(tasks):
        task.title = " ".join(task.title.split())[:300]
        task.place = " ".join(task.place.split())[:200]
        _settle_about(task)
        _settle_status(task)
        problems = _problems(task)
        if not problems:
            problems = _settle_times(task, rules.zone_named(task.zone, zone))
        if problems:
            wrong[at] = problems
    if wrong:
        raise Invalid(rows=wrong)


def _settle_about(task: Task) -> None:
    """A task about a customer has that customer; one with a customer alone is about the customer."""
    if task.about_type == CUSTOMER and task.about_id:
        if task.customer_id is None or task._state.adding:
            task.customer_id = task.customer_id or task.about_id
        task.about_id = task.customer_id
    elif not task.about_type and task.customer_id:
        task.about_type, task.about_id = CUSTOMER, task.customer_id


def _settle_status(task: Task) -> None:
    if task.status == OPEN:
        task.done_at, task.outcome = None, ""
    elif task.done_at is None:
        now = timezone.now()
        task.done_at = min(task.due_at or now, now) if task._state.adding else now
    if task.outcome and task.outcome not in rules.RESULTS[task.kind]:
        task.outcome = ""


def _settle_times(task: Task, zone: Any) -> dict[str, list[str]]:
    if task.due_at is None:
        task.ends_at = None
    elif task.ends_at is None and task.kind in rules.LENGTHS and not task.is_all_day:
        task.ends_at = task.due_at + rules.LENGTHS[task.kind]
    if not task.repeat_rule:
        return {}
    assert task.due_at is not None
    try:
        task.repeat_rule = rules.read_repeat(task.repeat_rule, task.due_at, zone)
    except rules.NoSuchRepeat:
        told = _("This is no repetition that Hatır knows. Write “every week”, for example.")
        return {"repeat_rule": [told]}
    task.zone = task.zone or str(zone)
    return {}


def _problems(task: Task) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not task.title:
        errors["title"] = [_("Write what it is about.")]
    if task.kind not in rules.RESULTS:
        errors["kind"] = [_("There is no such kind.")]
    if task.repeat_rule and task.due_at is None:
        errors["due_at"] = [_("What repeats needs a first time.")]
    if task.ends_at is not None and task.due_at is not None and task.ends_at < task.due_at:
        errors["ends_at"] = [_("It cannot end before it begins.")]
    return errors


# --- what is done with one -------------------------------------------------------------------------


def complete_task(
    task_id: int, *, actor: Actor, outcome: str = "", result: str = "", at: datetime | None = None
) -> Done:
    """Complete a task with what came of it; one of a series makes the next. Raises NotFoundHere, Denied, Invalid.

    What is done already stays as it is, so two people who tick at once make one next task.
    """
    with transaction.atomic():
        task = _locked(task_id, actor)
        if task.status == DONE:
            return Done(task)
        was = task.status, task.due_at
        if outcome and outcome not in rules.RESULTS[task.kind]:
            raise Invalid({"outcome": [_("This result does not belong to the kind of the task.")]})
        task.status, task.outcome = DONE, outcome or rules.RESULTS[task.kind][0]
        task.result = result.replace("\x00", "").strip()[:5000] or task.result
        task.done_at = at or timezone.now()
        writing.save(task, actor=actor)
        return Done(task, _tell_change(task, *was, actor))


def call_off(task_id: int, *, actor: Actor) -> Task:
    """Call a task off: it will not be done, and its series ends."""
    with transaction.atomic():
        task = _locked(task_id, actor)
        task.status, task.done_at = CANCELLED, timezone.now()
        writing.save(task, actor=actor)
    return task


def reopen(task_id: int, *, actor: Actor) -> Task:
    """Make a task that was done or called off open again."""
    with transaction.atomic():
        task = _locked(task_id, actor)
        was = task.status
        task.status, task.done_at, task.outcome = OPEN, None, ""
        writing.save(task, actor=actor)
        _tell_change(task, was, task.due_at, actor)
    return task


def postpone(task_id: int, *, due_at: datetime, actor: Actor) -> Task:
    """Put a task off to another instant; end and reminder move along."""
    with transaction.atomic():
        task = _locked(task_id, actor)
        return update_tasks([(task, {"due_at": due_at})], actor=actor)[0]


def reassign(task_id: int, *, owner_id: int, actor: Actor) -> Task:
    """Give a task to a colleague, who is told of it."""
    with transaction.atomic():
        task = _locked(task_id, actor)
        return update_tasks([(task, {"owner": owner_id})], actor=actor)[0]


def note_reminded(tasks: Sequence[Task], *, at: datetime) -> None:
    """Keep that reminders went out; nobody's change, so without version and audit."""
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(reminded_at=at)


def _locked(task_id: int, actor: Actor) -> Task:
    get_for(actor, Task, task_id, "edit")
    found: Task = visible(actor, Task).select_for_update(of=("self",)).get(pk=task_id)
    return found


# --- telling ---------------------------------------------------------------------------------------


def _about(task: Task) -> tuple[RecordRef, ...]:
    own = RecordRef(type_of_model(Task).key, task.pk)
    found = [own, task.about, RecordRef(CUSTOMER, task.customer_id) if task.customer_id else None]
    return tuple(dict.fromkeys(ref for ref in found if ref is not None))


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _tell_planned(tasks: Sequence[Task], actor: Actor) -> None:
    for task in tasks:
        if task.status == OPEN:
            fact = TaskPlanned(
                about=_about(task), kind=task.kind, title=task.title, due_at=_iso(task.due_at), owner_id=task.owner_id
            )
            publish(fact, actor=actor)


def _tell_change(task: Task, was: str, was_due_at: datetime | None, actor: Actor) -> Task | None:
    """Publish what a write meant; a task that became done makes the next of its series, which is given."""
    about = _about(task)
    if task.status == DONE and was != DONE:
        publish(TaskCompleted(about=about, kind=task.kind, title=task.title, outcome=task.outcome), actor=actor)
        return _go_on(task, actor)
    if task.status == OPEN and was != OPEN:
        publish(TaskReopened(about=about, kind=task.kind), actor=actor)
    if task.status == OPEN and task.due_at != was_due_at:
        fact = TaskPostponed(about=about, kind=task.kind, was_due_at=_iso(was_due_at), due_at=_iso(task.due_at))
        publish(fact, actor=actor)
    return None


def _go_on(task: Task, actor: Actor) -> Task | None:
    """Make the next task of a series: the first after this one that is still to come."""
    if not task.repeat_rule or task.due_at is None:
        return None
    zone = rules.zone_named(task.zone, timezone.get_current_timezone())
    found = rules.following(
        task.repeat_rule, task.due_at, zone, at=timezone.now(), without=[str(text) for text in task.repeat_except]
    )
    if found is None:
        return None
    due_at, rule = found
    moved = due_at - task.due_at
    new: Task = blank(type_of_model(Task))
    for name in CARRIED_ON:
        setattr(new, name, getattr(task, name))
    new.due_at, new.repeat_rule = due_at, rule
    new.ends_at = task.ends_at + moved if task.ends_at else None
    new.remind_at = task.remind_at + moved if task.remind_at else None
    writing.save(new, actor=actor)
    _tell_planned([new], actor)
    return new
