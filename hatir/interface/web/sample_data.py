"""The example company: all of it was written in one named operation, so it is found, counted and removed as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, visible
from hatir.foundation.audit.queries import operation_entries
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User

OPERATION = "example-data"
BATCH = 500
HOUSE = system_actor("example")
LAST = ("customization.field", "access.role", "staff.user", "staff.team", "staff.branch", "staff.department")
"""What other records lean on goes after them. Roles and fields stay: they are the company's from now on."""
KEPT = ("access.role", "sales.pipeline", "sales.stage", "sales.loss_reason")


def sample_actor() -> Actor:
    """Give the actor in whose name the example company is made."""
    return replace(HOUSE, memory={}, label=_("Example data"), operation=OPERATION)


def sample_counts() -> dict[str, int]:
    """Count the example records that are still there, by type key."""
    counts: Counter[str] = Counter()
    for rt, ids in _made():
        counts[rt.key] += visible(HOUSE, rt).filter(pk__in=ids, archived_at=None).count()
    return {key: count for key, count in counts.items() if count}


def is_there() -> bool:
    """Ask whether any example record was ever made and is not yet removed; cheap on an empty house."""
    return any(visible(HOUSE, rt).filter(pk__in=ids, archived_at=None).exists() for rt, ids in _made())


def remove_samples(*, actor: Actor, progress: Callable[[int, int], None] | None = None) -> int:
    """Archive every example record in one operation that can be undone; give how many. Raises Denied.

    Example colleagues may no longer sign in. Who removes them stays, even if he was made as an example.
    """
    if not has_permission(actor, MANAGE):
        raise Denied("archive", "example")
    house = actor.acting_as("system", actor.label)
    total = sum(sample_counts().values()) if progress else 0
    removed = 0
    for rt, ids in sorted(_made(), key=_order):
        records = [
            record
            for record in visible(HOUSE, rt).filter(pk__in=ids, archived_at=None)
            if (rt.key, record.pk) != ("staff.user", actor.user_id)
        ]
        with transaction.atomic():
            if rt.model is User:
                _close(records, house)
            writing.archive_many(records, actor=house)
            removed += len(records)
            if progress and records:
                progress(removed, total)
    return removed


def _close(users: list[Any], actor: Actor) -> None:
    for user in users:
        user.is_active = False
    writing.save_many(users, actor=actor)


def _made() -> Iterator[tuple[RecordType, list[int]]]:
    """Give the example records in batches of one type: what the operation created."""
    rows = operation_entries(OPERATION).filter(verb="create", record_id__isnull=False).exclude(type_key__in=KEPT)
    found: dict[str, list[int]] = {}
    for type_key, record_id in rows.values_list("type_key", "record_id").iterator(chunk_size=2000):
        ids = found.setdefault(type_key, [])
        ids.append(int(record_id or 0))
        if len(ids) == BATCH:
            yield from _batch(type_key, found.pop(type_key))
    for type_key, ids in found.items():
        yield from _batch(type_key, ids)


def _batch(type_key: str, ids: list[int]) -> Iterator[tuple[RecordType, list[int]]]:
    try:
        yield record_type(type_key), ids
    except NotFoundHere:
        return


def _order(batch: tuple[RecordType, list[int]]) -> int:
    key = batch[0].key
    return LAST.index(key) + 1 if key in LAST else 0
