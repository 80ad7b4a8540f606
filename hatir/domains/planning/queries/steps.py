"""The next step of many records at once: what lists and boards of higher rooms show beside their records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from hatir.domains.planning.models import OPEN, Task
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.kit.ids import encode_id

CUSTOMER = "customers.customer"


@dataclass(frozen=True)
class NextStep:
    """The earliest open task about a record; one without a due time comes last."""

    task_id: int
    kind: str
    title: str
    due_at: datetime | None
    owner_id: int | None

    def is_late(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at < at


_forms: dict[str, str] = {}


def add_step_form(type_key: str, address: str) -> None:
    """Let a room name the form in which the next step of its records is planned; `{id}` is the record's public id."""
    _forms[type_key] = address


def step_form_of(ref: RecordRef) -> str:
    """Give the address of the form in which the next step of a record is planned; "" where its room has none."""
    return _forms.get(ref.type_key, "").format(id=encode_id(ref.id))


def next_step_of(actor: Actor, refs: Sequence[RecordRef]) -> Mapping[RecordRef, NextStep]:
    """Give the next step of each record that has one, as far as the actor sees tasks; one statement in all.

    A customer's next step may be about one of the customer's own records (a deal).
    """
    wanted = set(refs)
    about = Q(about_id__in={ref.id for ref in wanted})
    customers = {ref.id for ref in wanted if ref.type_key == CUSTOMER}
    if customers:
        about |= Q(customer__in=customers)
    rows = visible(actor, Task).filter(about, status=OPEN, archived_at=None).order_by(F("due_at").asc(nulls_last=True))
    found: dict[RecordRef, NextStep] = {}
    for task in rows.only("kind", "title", "due_at", "owner", "about_type", "about_id", "customer"):
        step = NextStep(task.pk, task.kind, task.title, task.due_at, task.owner_id)
        own = [task.about, RecordRef(CUSTOMER, task.customer_id) if task.customer_id else None]
        for ref in own:
            if ref in wanted:
                found.setdefault(ref, step)
    return found
