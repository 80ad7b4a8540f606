"""The queue of the day: what waits for somebody from every room, in one order.

Rooms above hand over their own items with `add_queue_source` (new leads, deals that stand still), and say what their
records are worth with `add_worth`, so that a task about a deal stands where the deal's value puts it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hatir.domains.customers.models import Customer
from hatir.domains.planning.models import CALL, OPEN, Task
from hatir.domains.planning.queries.steps import CUSTOMER
from hatir.domains.planning.rules import urgency
from hatir.foundation.access.queries import may, readable_fields, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import type_of_model
from hatir.foundation.timeline.queries import titles_of

MOST_TASKS = 100
MOST_SILENT, SILENT_DAYS = 5, 30
SILENT_CHANCE = 10
"""Somebody who fell silent buys again with this chance (per cent) when called; a guess that only orders the queue."""


@dataclass(frozen=True)
class QueuePress:
    """What is done with one press, where an item waits for a decision instead of a result: a POST to `url`."""

    label: str
    url: str


@dataclass(frozen=True)
class QueueItem:
    """One thing that waits.

    `ref` is the record that opens; `customer_id` whom it concerns (name and phone come from there). `reason` says in
    a few words why it is here. `value` is in the company's currency, `probability` in per cent; both only put
    it in its place (see `rules.urgency`). `task_id` is set where completing it completes that task; else a result is
    written down as a call about `ref`. `kind` is one of a task's, and gives the results that can be said. With `press`
    the row offers that one decision instead of results.
    """

    key: str
    title: str
    ref: RecordRef
    kind: str = CALL
    reason: str = ""
    icon: str = ""
    value: Decimal | None = None
    probability: int | None = None
    due_at: datetime | None = None
    priority: str = "normal"
    task_id: int | None = None
    customer_id: int | None = None
    customer: str = ""
    phone: str = ""
    is_all_day: bool = False
    press: QueuePress | None = None


@dataclass(frozen=True)
class Worth:
    """What a record is worth (company's currency) and how likely (per cent)."""

    value: Decimal | None
    probability: int | None = None


Source = Callable[[Actor, datetime, datetime], Iterable[QueueItem]]
"""`source(actor, at, until)` gives what waits for the actor at an instant and until the end of the day.

At most about 50 items, with a fixed number of statements, from an index.
"""
WorthOf = Callable[[Actor, Sequence[int]], Mapping[int, Worth]]
_sources: list[Source] = []
_worths: dict[str, WorthOf] = {}


def add_queue_source(source: Source) -> Source:
    """Let a room put its own items into the queue of the day; called at start-up, from its `records`."""
    _sources.append(source)
    return source


def add_worth(type_key: str, ask: WorthOf) -> WorthOf:
    """Let a room say what its records are worth; `ask(actor, ids)` is one statement."""
    _worths[type_key] = ask
    return ask


def todays_queue(actor: Actor, at: datetime, until: datetime) -> list[QueueItem]:
    """Give what waits for the actor, the most urgent first; the number of statements does not grow with the items."""
    found = [item for source in (tasks_of_the_day, silent_customers, *_sources) for item in source(actor, at, until)]
    known = with_customers(actor, found)
    return sorted(known, key=lambda item: (-_urgency(item, at), item.key))


def _urgency(item: QueueItem, at: datetime) -> Decimal:
    return urgency(item.value, item.probability, item.due_at, at, priority=item.priority)


def tasks_of_the_day(actor: Actor, at: datetime, until: datetime) -> list[QueueItem]:
    """Give the actor's open tasks that are due until an instant, the earliest of them where there are very many."""
    del at
    if actor.user_id is None:
        return []
    rows = visible(actor, Task).filter(owner=actor.user_id, status=OPEN, due_at__lt=until, archived_at=None)
    tasks = list(rows.order_by("due_at", "id")[:MOST_TASKS])
    worths = _worths_of(actor, [task.about for task in tasks if task.about])
    about = [str(task.about) for task in tasks if task.about and task.about_type != CUSTOMER]
    names = titles_of(actor, about) if about else {}
    return [_task_item(task, worths, names) for task in tasks]


def _task_item(task: Task, worths: Mapping[RecordRef, Worth], names: Mapping[str, str]) -> QueueItem:
    own = RecordRef("planning.task", task.pk)
    worth = worths.get(task.about) if task.about else None
    note = " ".join(task.note.split())[:120]
    parts = (names.get(str(task.about), ""), task.place, note)
    return QueueItem(
        key=str(own),
        title=task.title,
        ref=own,
        kind=task.kind,
        reason=" · ".join(part for part in parts if part),
        value=worth.value if worth else None,
        probability=worth.probability if worth else None,
        due_at=task.due_at,
        priority=task.priority,
        task_id=task.pk,
        customer_id=task.customer_id,
        is_all_day=task.is_all_day,
    )


def _worths_of(actor: Actor, refs: Sequence[RecordRef]) -> dict[RecordRef, Worth]:
    """Ask each type once what its records are worth."""
    wanted: dict[str, list[int]] = {}
    for ref in refs:
        if ref.type_key in _worths:
            wanted.setdefault(ref.type_key, []).append(ref.id)
    return {
        RecordRef(type_key, record_id): worth
        for type_key, ids in wanted.items()
        for record_id, worth in _worths[type_key](actor, ids).items()
    }


def silent_customers(actor: Actor, at: datetime, until: datetime) -> list[QueueItem]:
    """Give a few of the actor's own customers who were not contacted for a month and for whom nothing is planned."""
    del until
    if actor.user_id is None or not may(actor, "view", Customer):
        return []
    planned = Task.objects.filter(customer=OuterRef("pk"), status=OPEN, archived_at=None)
    rows = visible(actor, Customer).filter(
        owner=actor.user_id, last_contact_at__lt=at - timedelta(days=SILENT_DAYS), archived_at=None
    )
    found = rows.filter(~Exists(planned)).order_by("last_contact_at", "id")[:MOST_SILENT]
    return [_silent(customer, at) for customer in found]


def _silent(customer: Customer, at: datetime) -> QueueItem:
    assert customer.last_contact_at is not None
    days = (at - customer.last_contact_at).days
    told = ngettext("silent for %(count)d day", "silent for %(count)d days", days) % {"count": days}
    return QueueItem(
        key=f"silent:{customer.public_id}",
        title=_("Call and ask how it is going"),
        ref=RecordRef(CUSTOMER, customer.pk),
        reason=told,
        value=customer.average_basket,
        probability=SILENT_CHANCE,
        customer_id=customer.pk,
    )


def with_customers(actor: Actor, items: Sequence[QueueItem]) -> list[QueueItem]:
    """Fill in name, phone and usual basket of the customers whom the actor may see; one statement."""
    ids = {item.customer_id for item in items if item.customer_id}
    if not ids:
        return list(items)
    readable = readable_fields(actor, type_of_model(Customer))
    rows = visible(actor, Customer).filter(pk__in=ids).only("name", "phone", "phone_e164", "average_basket")
    people: dict[int, Any] = {customer.pk: customer for customer in rows}
    return [_with_customer(item, people.get(item.customer_id or 0), "phone" in readable) for item in items]


def _with_customer(item: QueueItem, customer: Any, shows_phone: bool) -> QueueItem:
    if customer is None:
        return item
    return replace(
        item,
        customer=item.customer or customer.name,
        phone=item.phone or (customer.phone_e164 or customer.phone if shows_phone else ""),
        value=customer.average_basket if item.value is None else item.value,
    )
