"""The step of the write door that keeps what was changed: one bulk insert a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.changes import Change, WriteBatch
from hatir.kit.ids import new_ids

TITLE_LENGTH = 200
REASON = "audit.reason"
OPEN: Mapping[str, Any] = {"erased_at": None, "digest": "", "seal_no": None, "seal": ""}
"""What an entry has until it is sealed."""
NOTHING: tuple[Any, ...] = (None, "", [], {})


def record_changes(batch: WriteBatch) -> None:
    """Keep one entry for each changed record. Part of every write, in its transaction."""
    same = {"at": batch.at, "verb": batch.verb, **who(batch.actor), **OPEN}
    ids = new_ids(len(batch.changes))
    fixed = tuple(same.values())
    bulk.insert_rows(
        AuditEntry,
        ("id", "type_key", "record_id", "title", "changes", *same),
        [(key, *_told(batch, change), *fixed) for key, change in zip(ids, batch.changes, strict=True)],
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


def _told(batch: WriteBatch, change: Change) -> tuple[str, int, str, dict[str, list[Any]]]:
    title = batch.type.title_of(change.record)[:TITLE_LENGTH]
    return change.ref.type_key, change.ref.id, title, _changes(batch, change)


def _changes(batch: WriteBatch, change: Change) -> dict[str, list[Any]]:
    if batch.verb == "create":
        # Most values are filled or "": the comparison with all of NOTHING is for the few that are neither.
        return {name: [None, value] for name, value in change.after.items() if value or value not in NOTHING}
    return {name: [change.before.get(name), change.after[name]] for name in change.fields}
