"""Questions about tasks; each starts at the read door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from hatir.domains.customers.models import Customer
from hatir.domains.planning.models import OPEN, Task
from hatir.domains.planning.queries.steps import CUSTOMER
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.timeline.joining import joined

PANEL_ROWS = 6
REMINDED_WITHIN = timedelta(days=2)
"""A reminder older than this (the server was off) is not made up for."""


def is_overdue(task: Task, at: datetime) -> bool:
    """Tell whether an open task was let pass; one of a whole day has that day."""
    if task.status != OPEN or task.due_at is None:
        return False
    return localtime(task.due_at).date() < timezone.localdate(at) if task.is_all_day else task.due_at < at


def open_tasks_about(actor: Actor, ref: RecordRef, limit: int = 10) -> list[Task]:
    """List the open tasks about a record, the earliest first; a customer's include those about its deals."""
    return list(tasks_about(actor, ref).filter(status=OPEN).order_by(F("due_at").asc(nulls_last=True), "id")[:limit])


def tasks_about(actor: Actor, ref: RecordRef) -> QuerySet[Task]:
    """Give the tasks about a record, open or not."""
    about = Q(about_id=ref.id, about_type=ref.type_key)
    if ref.type_key == CUSTOMER:
        about |= Q(customer=ref.id)
    if further := joined(actor, ref):
        about |= Q(about_id__in=[each.id for each in further])
    rows: QuerySet[Task] = visible(actor, Task).filter(about, archived_at=None).select_related("owner")
    return rows


def tasks_of_customer(actor: Actor, customer: Customer) -> Sequence[Task]:
    """List a customer's tasks for the panel: the open ones, then the latest done."""
    rows = tasks_about(actor, RecordRef(CUSTOMER, customer.pk))
    found = list(rows.filter(status=OPEN).order_by(F("due_at").asc(nulls_last=True), "id")[:PANEL_ROWS])
    if len(found) < PANEL_ROWS:
        found += list(rows.exclude(status=OPEN).order_by("-due_at", "-id")[: PANEL_ROWS - len(found)])
    for task in found:
        day = date_format(localtime(task.due_at), "d.m.Y H:i") if task.due_at else ""
        parts = (str(task.get_kind_display()), day, task.owner.name if task.owner else "")
        task.panel_note = " · ".join(part for part in parts if part)  # type: ignore[attr-defined]
        task.panel_note_right = "" if task.status == OPEN else str(task.get_status_display())  # type: ignore[attr-defined]
    return found


def task_of_key(once: int) -> Task | None:
    """Find the task that was stored under the key with which something was sent; for the house itself."""
    return Task.objects.filter(once=once).first()


def due_reminders(at: datetime | None = None, limit: int = 500) -> list[Task]:
    """List the tasks of whose coming their owners are to be told now; for the house itself."""
    now = at or timezone.now()
    rows = Task.objects.filter(
        status=OPEN, archived_at=None, remind_at__lte=now, remind_at__gt=now - REMINDED_WITHIN, owner__isnull=False
    )
    told = Q(reminded_at=None) | Q(reminded_at__lt=F("remind_at"))
    return list(rows.filter(told).select_related("owner", "customer").order_by("remind_at")[:limit])
