"""What search does when roles or own fields change."""

from __future__ import annotations

from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored
from hatir.foundation.search.actions import reindex_later, types_of_own_fields, types_with_changed_rules

Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored


@on(RecordsCreated, RecordsChanged, RecordsArchived)
def keep_hidden_fields_out(event: RecordsCreated | RecordsChanged | RecordsArchived, delivery: Delivery) -> None:
    """A role may now hide a field: write the entries of its type without it."""
    if event.type_key != "access.role":
        return
    reindex_later(types_with_changed_rules())


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def follow_own_fields(event: Written, delivery: Delivery) -> None:
    """An own field shall be found from now on, or no longer: write the entries of its type anew, in a job."""
    if event.type_key != "customization.field":
        return
    ids = [ref.id for ref in event.about]
    if not isinstance(event, RecordsChanged):
        reindex_later(types_of_own_fields(ids, only_searchable=True))
    elif "searchable" in set().union(*event.fields.values()):
        reindex_later(types_of_own_fields(ids))
