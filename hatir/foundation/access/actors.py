"""Make the actor of a signed-in user."""

from __future__ import annotations

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
