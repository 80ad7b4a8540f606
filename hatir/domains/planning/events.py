"""What the room tells the house beside the facts of the write door. `about` is the task, then what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class TaskPlanned(Event):
    """Somebody has something to do. `due_at` is ISO in UTC, or "" without a time."""

    key: ClassVar[str] = "planning.task_planned"
    kind: str = "todo"
    title: str = ""
    due_at: str = ""
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class TaskCompleted(Event):
    """A task was done, with what came of it."""

    key: ClassVar[str] = "planning.task_completed"
    kind: str = "todo"
    title: str = ""
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskPostponed(Event):
    """A task was put off (or drawn near); both instants are ISO in UTC, "" without a time."""

    key: ClassVar[str] = "planning.task_postponed"
    kind: str = "todo"
    was_due_at: str = ""
    due_at: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskReopened(Event):
    """A task that was done or called off is to be done after all."""

    key: ClassVar[str] = "planning.task_reopened"
    kind: str = "todo"
