"""What the room does when others report: a call or a message is the customer's last contact."""

from __future__ import annotations

from hatir.domains.customers import actions
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.records.actor import system_actor
from hatir.foundation.timeline.events import NotePosted

CONTACTS = {"call": "phone", "message": "", "meeting": "visit"}


@on(NotePosted)
def remember_contact(event: NotePosted, delivery: Delivery) -> None:
    """Keep the last contact on the customer page and list true."""
    if event.kind not in CONTACTS:
        return
    ids = [ref.id for ref in event.about if ref.type_key == "customers.customer"]
    channel = event.channel or CONTACTS[event.kind]
    actor = system_actor("customers").in_operation(delivery.operation)
    actions.note_contact(ids, channel=channel, at=delivery.at, actor=actor)
