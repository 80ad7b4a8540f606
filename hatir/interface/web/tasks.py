"""Long work that screens of this corridor start: what is large is done beside the request, with progress and an end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.handover import HandoverRule, hand_over
from hatir.foundation.access.queries import get_visible, visible
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.staff.models import User
from hatir.interface.web import sample_data


@task(key="web.hand_over", kind="long", label=_("Handover of a colleague's records"))
def hand_over_records(context: JobContext, user_id: int, receiver_ids: Sequence[int]) -> dict[str, Any]:
    """Move what a colleague owns to others in turn. Killed in the middle, it goes on with what is left."""
    user = get_visible(context.actor, User, user_id)
    receivers = visible(context.actor, User).filter(pk__in=list(receiver_ids), is_active=True).order_by("pk")
    result = hand_over(user, [HandoverRule(tuple(receivers))], actor=context.actor, progress=context.progress)
    return {"moved": result.moved_count, "left": dict(result.left)}


@task(key="web.remove_samples", kind="long", label=_("Removal of the example data"))
def remove_sample_records(context: JobContext) -> dict[str, int]:
    """Archive the example company. Killed in the middle, it goes on with what is left."""
    return {"removed": sample_data.remove_samples(actor=context.actor, progress=context.progress)}
