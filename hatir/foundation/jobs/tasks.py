"""The queue's own tasks."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs import actions
from hatir.foundation.jobs.declaration import task


@task(key="jobs.forget_finished", kind="atomic", label=_("Forget finished jobs"))
def forget_finished() -> int:
    """Delete jobs done long ago."""
    return actions.forget_finished()


@task(key="jobs.django_task", kind="atomic")
def run_django_task(path: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Run a function declared with django-tasks' own decorator."""
    return import_string(path).call(*args, **kwargs)
