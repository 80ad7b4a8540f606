"""What the room does by the clock and in the background: scores that fade, leads that nobody touches."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.leads import actions
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task


@task(key="leads.rescore", kind="long", label=_("Reckon the scores of leads"), tells_starter=False)
def rescore(job: JobContext) -> dict[str, int]:
    """Reckon the scores of all open leads: what they did is worth less every day."""
    del job
    return {"changed": actions.rescore()}


@task(key="leads.learn", kind="long", label=_("Learn from decided leads"), tells_starter=False)
def learn(job: JobContext) -> dict[str, int]:
    """Learn anew which leads are converted, and say it of the open ones."""
    del job
    return {"decided": actions.learn().decided}


@task(key="leads.follow_silent", label=_("Tasks for leads without activity"))
def follow_silent() -> None:
    """Plan a task for each lead that nobody touched for too long."""
    actions.follow_silent()
