"""Turn stored events into messages for each listener, never more than the listener may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hatir.foundation.access.queries import may, readable_fields, visible
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.live.watching import Watch
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User
from hatir.kit.ids import encode_id

KIND_OF = {
    "records.created": "created",
    "records.changed": "changed",
    "records.archived": "archived",
    "records.restored": "changed",
    "timeline.note_posted": "timeline",
}
MOST_ROWS = 50
"""Above so many records in one write a list hears once that it is no longer fresh."""


@dataclass(frozen=True)
class Message:
    """One server-sent event: its name, its JSON data, and the outbox id to resume from ("" for none)."""

    name: str
    data: Mapping[str, Any]
    id: str = ""


@dataclass
class Sight:
    """What users may see, asked once a batch and then forgotten, so that changed rights count at once."""

    actors: dict[int, Actor] = field(default_factory=dict)
    seen: dict[tuple[int, RecordRef], bool] = field(default_factory=dict)

    def actor(self, user: User) -> Actor:
        if user.pk not in self.actors:
            self.actors[user.pk] = Actor(
                kind="user", label=user.name, user_id=user.pk, is_admin=user.is_admin, memory={"user": user}
            )
        return self.actors[user.pk]

    def of(self, user: User, refs: Iterable[RecordRef]) -> set[RecordRef]:
        """Give those of the records that the user may see."""
        wanted = set(refs)
        by_type: dict[str, list[int]] = {}
        for ref in wanted:
            if (user.pk, ref) not in self.seen:
                by_type.setdefault(ref.type_key, []).append(ref.id)
        for type_key, ids in by_type.items():
            found = self._ask(user, type_key, ids)
            for record_id in ids:
                self.seen[user.pk, RecordRef(type_key, record_id)] = record_id in found
        return {ref for ref in wanted if self.seen[user.pk, ref]}

    def _ask(self, user: User, type_key: str, ids: Sequence[int]) -> set[int]:
        try:
            rt = record_type(type_key)
        except NotFoundHere:
            return set()
        actor = self.actor(user)
        if not may(actor, "view", rt):
            return set()
        return set(visible(actor, rt).filter(pk__in=ids).values_list("pk", flat=True))


def messages_for(user: User, watch: Watch, rows: Sequence[OutboxEvent], sight: Sight) -> list[Message]:
    """Give what one listener hears of the stored events."""
    found: list[Message] = []
    for row in rows:
        kind = KIND_OF.get(row.key)
        if kind is not None:
            found.extend(_of_row(user, watch, row, kind, sight))
    return found


def _of_row(user: User, watch: Watch, row: OutboxEvent, kind: str, sight: Sight) -> list[Message]:
    about = [RecordRef(key, int(record_id)) for key, record_id in row.payload.get("about", ())]
    listed = kind != "timeline" and any(ref.type_key in watch.lists for ref in about[:1])
    if listed and len(about) > MOST_ROWS:
        return _for_list(user, row, kind, about, sight)
    wanted = [ref for ref in about if ref in watch.refs or listed]
    seen = sight.of(user, wanted) if wanted else set()
    return [_message(user, row, kind, ref, sight) for ref in wanted if ref in seen]


def _for_list(user: User, row: OutboxEvent, kind: str, about: Sequence[RecordRef], sight: Sight) -> list[Message]:
    seen = sight.of(user, about)
    if not seen:
        return []
    data = {"type": about[0].type_key, "id": "", "kind": kind, "mine": row.user_id == user.pk, "n": len(seen)}
    return [Message("changed", data, encode_id(row.pk))]


def _message(user: User, row: OutboxEvent, kind: str, ref: RecordRef, sight: Sight) -> Message:
    data: dict[str, Any] = {
        "type": ref.type_key,
        "id": encode_id(ref.id),
        "kind": kind,
        "mine": row.user_id == user.pk,
        "by": row.actor_label,
    }
    if kind == "changed":
        names = (row.payload.get("fields") or {}).get(encode_id(ref.id), ())
        readable = readable_fields(sight.actor(user), record_type(ref.type_key))
        data["fields"] = [name for name in names if name in readable]
    return Message("timeline" if kind == "timeline" else "changed", data, encode_id(row.pk))
