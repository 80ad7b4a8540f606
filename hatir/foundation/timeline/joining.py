"""Histories that belong together: what happened to a lead is part of the history of the customer that it became."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.refs import RecordRef

Ask = Callable[[Actor, int], Sequence[RecordRef]]
_asks: dict[str, list[Ask]] = {}


def join_history(type_key: str, ask: Ask) -> Ask:
    """Let a type's timeline and tasks show those of further records too; called at start-up.

    `ask(actor, id)` names them with one statement, and only those that the actor may see.
    """
    _asks.setdefault(type_key, []).append(ask)
    return ask


def joined(actor: Actor, about: RecordRef) -> list[RecordRef]:
    """Name the records whose history belongs to this one; asked once in a piece of work."""
    asks = _asks.get(about.type_key)
    if not asks:
        return []
    key = f"timeline.joined.{actor.user_id}.{about}"
    return per_request(key, lambda: [ref for ask in asks for ref in ask(actor, about.id)])
