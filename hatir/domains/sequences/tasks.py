"""What the room does by the clock and in the background: steps whose time has come, mails, large selections."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hatir.domains.sequences import actions
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.savedviews.selection import Selection


@task(key="sequences.run", kind="long", label=_("Steps of sequences"), tells_starter=False)
def run(job: JobContext) -> dict[str, int]:
    """Let enrolments take the steps whose time has come, and send the mails whose senders have room."""
    at = timezone.now()
    gone_on = actions.run_due(at, between=job.progress)
    sent = actions.send_due(at, between=lambda count: job.progress(gone_on + count))
    return {"gone_on": gone_on, "sent": sent}


@task(key=actions.ENROL_MANY, kind="long", label=_("Enrolling selected records"), titled=_("Sequence “%(subject)s”"))
def enrol_many(job: JobContext, selection: dict[str, Any], sequence_id: int) -> dict[str, Any]:
    """Enrol a large selection."""
    chosen = Selection(**{**selection, "ids": tuple(selection["ids"])})
    done = actions.enrol_all(chosen, sequence_id, actor=job.actor, progress=job.progress)
    return {"enrolled": done.count, "refused": dict(done.refused), "operation": done.operation}
