"""Declare tasks, shaped like Django Tasks: `@task(…)`, `.using(…)`, `.enqueue(…)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from hatir.foundation.jobs.actions import enqueue
from hatir.foundation.jobs.errors import UnknownTask
from hatir.foundation.jobs.models import Job
from hatir.foundation.records.actor import Actor

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TaskKind = Literal["atomic", "long"]
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Task:
    """A declared piece of code that the worker can run. `body` gets the JobContext first when it takes one."""

    key: str
    kind: TaskKind
    body: Callable[..., Any] = field(repr=False)
    label: StrOrPromise = ""
    max_attempts: int = MOST_ATTEMPTS
    takes_context: bool = False
    tells_starter: bool = False
    priority: int = 0
    run_after: datetime | None = None
    unique_key: str = ""
    titled: StrOrPromise = ""
    subject: str = ""
    actor: Actor | None = None

    def using(
        self,
        *,
        run_after: datetime | None = None,
        unique_key: str | None = None,
        priority: int | None = None,
        subject: str | None = None,
        actor: Actor | None = None,
    ) -> Task:
        """Give the same task to be enqueued otherwise: later, once at a time, sooner, on a subject, or as somebody."""
        return replace(
            self,
            run_after=run_after or self.run_after,
            unique_key=self.unique_key if unique_key is None else unique_key,
            priority=self.priority if priority is None else priority,
            subject=self.subject if subject is None else subject,
            actor=actor or self.actor,
        )

    def enqueue(self, **kwargs: Any) -> Job:
        """Put a job into the queue; it runs after the surrounding transaction commits.

        Keyword arguments are JSON values. `actor=` says as whom it acts; without one it is the house itself.
        With a unique key whose job is still live, that job is given and nothing is added.
        """
        return self.enqueue_for("", **kwargs)

    def enqueue_for(self, claimed_by: str, **kwargs: Any) -> Job:
        """Put a job into the queue that a worker has claimed already (see `running.run_here`)."""
        actor = kwargs.pop("actor", None) or self.actor
        return enqueue(
            self.key,
            kwargs,
            actor=actor,
            priority=self.priority,
            max_attempts=self.max_attempts,
            run_after=self.run_after,
            unique_key=self.unique_key,
            subject=self.subject,
            claimed_by=claimed_by,
        )


_tasks: dict[str, Task] = {}


def task(
    *,
    key: str,
    kind: TaskKind = "atomic",
    label: StrOrPromise = "",
    max_attempts: int = MOST_ATTEMPTS,
    takes_context: bool | None = None,
    tells_starter: bool | None = None,
    priority: int = 0,
    titled: StrOrPromise = "",
) -> Callable[[Callable[..., Any]], Task]:
    """Declare a task. Long tasks get a JobContext as first argument, atomic ones when `takes_context`.

    The person who started a job hears how it goes and ends when it is long, or as `tells_starter` says.
    `titled` names a job by what it works on ("Importing %(subject)s"); `label` names it without.
    """

    def declare(body: Callable[..., Any]) -> Task:
        declared = Task(
            key=key,
            kind=kind,
            body=body,
            label=label,
            max_attempts=max_attempts,
            takes_context=kind == "long" if takes_context is None else takes_context,
            tells_starter=kind == "long" if tells_starter is None else tells_starter,
            priority=priority,
            titled=titled,
        )
        if key in _tasks and _tasks[key].body.__qualname__ != body.__qualname__:
            raise ValueError(f"The task {key} is declared twice.")
        _tasks[key] = declared
        return declared

    return declare


def task_of(key: str) -> Task:
    """Find a declared task. Raises UnknownTask."""
    try:
        return _tasks[key]
    except KeyError:
        raise UnknownTask(key) from None


def label_of(key: str) -> str:
    """Name a task as people read it; an unknown one by its key."""
    declared = _tasks.get(key)
    return str(declared.label or key) if declared else key


def keys_that_tell() -> list[str]:
    """List the tasks whose starter hears how they go."""
    return sorted(key for key, declared in _tasks.items() if declared.tells_starter)


def title_of(job: Job) -> str:
    """Name a job as people read it: by its task and what it works on."""
    declared = _tasks.get(job.key)
    if declared is not None and job.subject and declared.titled:
        return str(declared.titled) % {"subject": job.subject}
    return label_of(job.key)


def task_keys(kind: TaskKind | None = None) -> list[str]:
    """List the keys of declared tasks, of one kind or all."""
    return sorted(key for key, declared in _tasks.items() if kind is None or declared.kind == kind)
