"""What the room does when others report: what was done with a task stands on the timeline of what it is about."""

from __future__ import annotations

from hatir.domains.planning.actions.history import write_history
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored

Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def keep_history(event: Written, delivery: Delivery) -> None:
    """Put tasks that were done on the timeline, and take them off when they are open again or gone."""
    if event.type_key == "planning.task":
        write_history([ref.id for ref in event.about], user_id=delivery.user_id, label=delivery.actor_label)
