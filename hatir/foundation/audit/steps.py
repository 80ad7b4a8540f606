"""The step of the write door that keeps what was changed: one bulk insert a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.changes import Change, WriteBatch
from hatir.kit.ids import new_ids

TITLE_LENGTH = 200
REASON = "audit.reason"
NOTHING: tuple[Any, ...] = (None, "", [], {})


def record_changes(batch: WriteBatch) -> None:
    """Keep one entry for each changed record. Part of every write, in its transaction."""
    ids, actor = new_ids(len(batch.changes)), who(batch.actor)
    AuditEntry.objects.bulk_create(
        [_entry(batch, change, key, actor) for change, key in zip(batch.changes, ids, strict=True)], batch_size=500
    )


def with_reason(actor: Actor, reason: str) -> Actor:
    """Give the actor with a reason that is kept beside everything it does from now on."""
    actor.memory[REASON] = reason[:300]
    return actor


def who(actor: Actor) -> Mapping[str, Any]:
    """Give the columns that say who acts."""
    return {
        "operation": actor.operation,
        "actor_kind": actor.kind,
        "actor_label": actor.label[:120],
        "user_id": actor.user_id,
        "origin": actor.origin[:120],
        "reason": str(actor.memory.get(REASON, "")),
    }


def _entry(batch: WriteBatch, change: Change, key: int, actor: Mapping[str, Any]) -> AuditEntry:
    return AuditEntry(
        id=key,
        at=batch.at,
        verb=batch.verb,
        type_key=change.ref.type_key,
        record_id=change.ref.id,
        title=batch.type.title_of(change.record)[:TITLE_LENGTH],
        changes=_changes(batch, change),
        **actor,
    )


def _changes(batch: WriteBatch, change: Change) -> dict[str, list[Any]]:
    if batch.verb == "create":
        return {name: [None, value] for name, value in change.after.items() if value not in NOTHING}
    return {name: [change.before.get(name), change.after[name]] for name in change.fields}
