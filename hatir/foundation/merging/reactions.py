"""What the room hears: a record was written, so it alone is compared again."""

from __future__ import annotations

from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored
from hatir.foundation.merging.scanning import changed_by, note_changed
from hatir.foundation.merging.starting import catch_up_soon

Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def compare_again_soon(event: Written, delivery: Delivery) -> None:
    """Put what was written on the list of records to compare, and have the list worked off in a moment."""
    names = {name for one in event.fields.values() for name in one} if isinstance(event, RecordsChanged) else None
    ids = [ref.id for ref in event.about]
    for root_key, owners in changed_by(event.type_key, ids, names):
        note_changed(root_key, owners)
        catch_up_soon()
