"""Jobs of the room."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.savedviews import bulk
from hatir.foundation.savedviews.selection import Selection


@task(key=bulk.CHANGE_MANY, kind="long", label=_("Changing selected records"))
def change_many(context: JobContext, selection: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Change a large selection."""
    chosen = Selection(**{**selection, "ids": tuple(selection["ids"])})
    outcome = bulk.run(chosen, bulk.BulkChange(**change), actor=context.actor, progress=context.progress)
    return {"changed": outcome.changed_count, "refused": outcome.refused_count, "operation": outcome.operation}
