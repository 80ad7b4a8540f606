"""Correcting what checks found: through the write door, one operation, so that one undo takes it all back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from hatir.foundation.access.queries import visible, writable_fields
from hatir.foundation.quality.models import Finding
from hatir.foundation.quality.queries import findings_of
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, RecordError
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import clean_values

BATCH = 200
Told = Callable[[int, int], None]


@dataclass
class Corrected:
    """How it went: how many were changed, and the names of those left alone because they were changed since."""

    changed: int = 0
    skipped: list[str] = field(default_factory=list)


def correct(
    rt: RecordType,
    field_name: str,
    check_key: str,
    *,
    actor: Actor,
    finding_ids: Sequence[int] | None = None,
    told: Told | None = None,
) -> Corrected:
    """Put the suggestions of a check in place: of the chosen findings, or of all of them.

    A record whose value is no longer the one found is left alone. Raises Denied for a field not theirs to write.
    """
    if field_name not in writable_fields(actor, rt):
        raise Denied("edit", rt.key, [field_name])
    rows = findings_of(rt, field_name, check_key).exclude(suggestion="").filter(is_skipped=False)
    if finding_ids is not None:
        rows = rows.filter(pk__in=finding_ids)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    outcome = Corrected()
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            _batch(rt, field_name, list(Finding.objects.filter(pk__in=ids[start : start + BATCH])), actor, outcome)
            if told is not None:
                told(min(start + BATCH, len(ids)), len(ids))
    return outcome


def _batch(rt: RecordType, name: str, rows: list[Finding], actor: Actor, outcome: Corrected) -> None:
    spec = writable_fields(actor, rt)[name]
    records = visible(actor, rt, "edit").filter(archived_at=None).in_bulk([row.record_id for row in rows])
    done, skipped = [], []
    for row in rows:
        record = records.get(row.record_id)
        if record is None:
            continue
        if str(value_of(spec, record)) != row.value or not _put(rt, record, name, row.suggestion, actor):
            skipped.append(row.pk)
            outcome.skipped.append(rt.title_of(record))
        else:
            done.append(row.pk)
    Finding.objects.filter(pk__in=skipped).update(is_skipped=True)
    Finding.objects.filter(pk__in=done).delete()
    outcome.changed += len(done)


def _put(rt: RecordType, record: object, name: str, value: str, actor: Actor) -> bool:
    """Change one record; tell whether the door let it through."""
    try:
        with transaction.atomic():
            values = clean_values(writable_fields(actor, rt), {name: value}, complete=False)
            actions.update(rt, [(record, values)], actor=actor)
    except RecordError:
        return False
    return True
