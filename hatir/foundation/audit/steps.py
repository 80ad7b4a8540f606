"""The step of the write door that keeps what was changed: one bulk insert a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.changes import Change, WriteBatch
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import CUSTOM_PREFIX, TO_ONE
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.snapshot import own_values, snapshot
from hatir.kit.ids import new_ids

TITLE_LENGTH = 200
REASON = "audit.reason"
READY = "audit.changes"
"""Under this a new record carries what its entry tells, written ahead."""
OPEN: Mapping[str, Any] = {"erased_at": None, "digest": "", "seal_no": None, "seal": ""}
"""What an entry has until it is sealed."""
NOTHING: tuple[Any, ...] = (None, "", [], {})


def record_changes(batch: WriteBatch) -> None:
    """Keep one entry for each changed record. Part of every write, in its transaction."""
    same = {"at": batch.at, "verb": batch.verb, **who(batch.actor), **OPEN}
    ids, late = new_ids(len(batch.changes)), _columns_of_late(batch.type)
    fixed = tuple(same.values())
    bulk.insert_rows(
        AuditEntry,
        ("id", "type_key", "record_id", "title", "changes", *same),
        [(key, *_told(batch, change, late), *fixed) for key, change in zip(ids, batch.changes, strict=True)],
    )


def make_changes(rt: RecordType, records: Sequence[Any]) -> None:
    """Write ahead what an entry tells of new records, but for what comes late: source, links and own fields."""
    late = _columns_of_late(rt)
    for record in records:
        values = snapshot(rt, record)
        told = {
            name: value for name, value in values.items() if name not in late and not name.startswith(CUSTOM_PREFIX)
        }
        with suppress(TypeError):  # a number beyond 64 bits, half a letter: the entry is written with the record
            ready = orjson.dumps(_filled(told)).decode()
            record.prepared = {**record.prepared, READY: ready}


def _columns_of_late(rt: RecordType) -> dict[str, str]:
    """Give the fields of a new record that are known only when it is stored, with their columns."""
    links = [spec for spec in fields_of(rt).values() if spec.kind in TO_ONE and not spec.is_custom]
    return {"source": "source", **{spec.name: f"{spec.path}_id" for spec in links}}


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


def _told(batch: WriteBatch, change: Change, late: Mapping[str, str]) -> tuple[str, int, str, Any]:
    title = batch.type.title_of(change.record)[:TITLE_LENGTH]
    if batch.verb != "create":
        told: Any = {name: [change.before.get(name), change.after[name]] for name in change.fields}
    elif (ready := change.record.prepared.get(READY)) is not None:
        told = _with_late(ready, batch.type, change, late)
    else:
        told = _filled(change.after)
    return change.ref.type_key, change.ref.id, title, told


def _with_late(ready: str, rt: RecordType, change: Change, late: Mapping[str, str]) -> Any:
    """Add to what was written ahead what came since."""
    held = change.record.__dict__
    came = {name: held[column] for name, column in late.items()} | dict(change.sets) | own_values(rt, change.record)
    try:
        added = orjson.dumps(_filled(came)).decode()
    except TypeError:
        return _filled(change.after)
    both = len(ready) > len("{}") and len(added) > len("{}")
    return bulk.JsonText(f"{ready[:-1]}{',' if both else ''}{added[1:]}")


def _filled(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    # Most values are filled or "": the comparison with all of NOTHING is for the few that are neither.
    return {name: [None, value] for name, value in values.items() if value or value not in NOTHING}
