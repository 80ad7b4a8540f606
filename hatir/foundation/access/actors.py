"""Make the actor of a signed-in user."""

from __future__ import annotations

from dataclasses import replace

from hatir.foundation.access.grants import Rights
from hatir.foundation.records.actor import Actor, ActorKind, new_operation
from hatir.foundation.staff.models import User


def actor_for_user(user: User, origin: str, *, operation: str | None = None, kind: ActorKind = "user") -> Actor:
    """Give the actor of a user who acts from `origin` (an address or a program)."""
    return Actor(
        kind=kind,
        label=str(user),
        user_id=user.pk,
        origin=origin,
        operation=operation or new_operation(),
        is_admin=user.is_admin,
        memory={"user": user},
    )


def with_every_right(actor: Actor) -> Actor:
    """Give the same one, in the same operation, who may now write what a verb entails once its own right was asked.

    Merging moves what points at a record, colleagues' records included: the right to merge was asked before.
    """
    everything = Rights(everything=True, user_id=actor.user_id)
    return replace(actor, permissions=None, memory={**actor.memory, "rights": everything})
