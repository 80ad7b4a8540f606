"""What the room does when others report: next steps follow tasks, amounts follow lines that came or went."""

from __future__ import annotations

from hatir.domains.sales.actions import deals_of_tasks, reckon_deals, refresh_steps
from hatir.domains.sales.queries import deals_with_lines
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored

Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def follow_tasks(event: Written, delivery: Delivery) -> None:
    """Keep the next step of deals true, whoever wrote their tasks: a person, a program, a calendar, an undo."""
    if event.type_key == "planning.task":
        refresh_steps(deals_of_tasks([ref.id for ref in event.about]))


@on(RecordsArchived, RecordsRestored)
def follow_lines(event: RecordsArchived | RecordsRestored, delivery: Delivery) -> None:
    """Reckon deals anew whose lines were taken off or came back."""
    if event.type_key == "sales.deal_line":
        reckon_deals(deals_with_lines([ref.id for ref in event.about]))
