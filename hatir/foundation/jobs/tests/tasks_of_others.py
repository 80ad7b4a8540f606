"""A function as a package that knows only django-tasks would declare it."""

from __future__ import annotations

from django_tasks import task


@task()
def double(number: int) -> int:
    return number * 2
