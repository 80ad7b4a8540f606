"""What search does when roles change."""

from __future__ import annotations

from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated
from hatir.foundation.search.actions import reindex, types_with_changed_rules


@on(RecordsCreated, RecordsChanged, RecordsArchived)
def keep_hidden_fields_out(event: RecordsCreated | RecordsChanged | RecordsArchived, delivery: Delivery) -> None:
    """A role may now hide a field: write the entries of its type without it."""
    if event.type_key != "access.role":
        return
    for type_key in types_with_changed_rules():
        reindex(type_key)
