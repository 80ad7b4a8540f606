"""Background work of the room."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.webhooks import actions
from hatir.kit.ids import decode_id


# Long, since it waits for others and must not hold a transaction meanwhile; its own schedule does the retries.
@task(key="webhooks.deliver", kind="long", tells_starter=False, label=_("Deliver a webhook"))
def deliver(context: JobContext, delivery_id: str) -> None:
    """Try once to deliver."""
    actions.deliver(decode_id(delivery_id), at=timezone.now())


@task(key="webhooks.forget_old", kind="atomic", label=_("Forget old webhook deliveries"))
def forget_old() -> int:
    """Delete deliveries of which nobody will ask any more."""
    return actions.forget_old_deliveries(at=timezone.now())
