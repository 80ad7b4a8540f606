"""Background work of the room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.feeds import actions, taking
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task


@task(key="feeds.start_due", kind="atomic", label=_("Look for scheduled imports"))
def start_due() -> int:
    """Start what is due."""
    return actions.start_due()


# Long, since it waits for others; what it starts is a job of its own that tells how it went.
@task(key="feeds.fetch", kind="long", tells_starter=False, label=_("Fetch a file"), titled=_("Fetching %(subject)s"))
def fetch(context: JobContext, feed_id: int) -> str:
    """Fetch one feed."""
    return taking.fetch(feed_id)
