"""Correcting what checks found: through the write door, one operation, so that one undo takes it all back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

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
MOST_LEFT = 200
Told = Callable[[int, int], None]


@dataclass
class Corrected:
    """How it went: how many were changed, the names of those left alone, and of each (record, name) why."""

    changed: int = 0
    skipped: list[str] = field(default_factory=list)
    left: list[dict[str, str]] = field(default_factory=list)
    """The first of them, as a job keeps them: {record, title, reason}."""

    def leave(self, rt: RecordType, record: Any, reason: str) -> None:
        """Note a record that stays as it is."""
        self.skipped.append(rt.title_of(record))
        if len(self.left) < MOST_LEFT:
            self.left.append({"record": str(rt.ref(record)), "title": rt.title_of(record), "reason": reason})


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
        is_same = str(value_of(spec, record)) == row.value
        reason = _put(rt, record, name, row.suggestion, actor) if is_same else _("It was changed since it was found.")
        if reason:
            skipped.append(row.pk)
            outcome.leave(rt, record, reason)
        else:
            done.append(row.pk)
    Finding.objects.filter(pk__in=skipped).update(is_skipped=True)
    Finding.objects.filter(pk__in=done).delete()
    outcome.changed += len(done)


def _put(rt: RecordType, record: Any, name: str, value: str, actor: Actor) -> str:
    """Change one record; give why the door did not let it through, or ""."""
    try:
        with transaction.atomic():
            values = clean_values(writable_fields(actor, rt), {name: value}, complete=False)
            actions.update(rt, [(record, values)], actor=actor)
    except RecordError as problem:
        return str(problem)
    return ""
