"""The actor behind a request, made once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from hatir.foundation.records.actor import Actor

KEPT = "hatir_actor"


def actor_of(request: HttpRequest) -> Actor:
    """Give the signed-in user as an actor; everything written in this request is one operation.

    Raises PermissionError when nobody is signed in: screens are guarded, so this is a mistake in the house.
    """
    kept: Actor | None = getattr(request, KEPT, None)
    if kept is None:
        user: Any = request.user
        if not user.is_authenticated:
            raise PermissionError("nobody is signed in")
        kept = Actor(
            kind="user",
            label=str(user),
            user_id=user.pk,
            origin=str(request.META.get("REMOTE_ADDR", "")),
            is_admin=user.is_admin,
            memory={"user": user},
        )
        setattr(request, KEPT, kept)
    return kept
