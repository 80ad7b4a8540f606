"""As whom a command acts: a named user with his rights, or the operator, who owns the machine."""

from __future__ import annotations

import getpass

from hatir.config.cli.words import _
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.staff.models import User


def acting_user(email: str | None) -> Actor:
    """Give the actor of a command. Raises ValueError when there is no such user."""
    if not email:
        return system_actor(f"hatir ({getpass.getuser()})")
    user = visible(system_actor("hatir"), User).filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise ValueError(_("There is no user %(email)s.") % {"email": email})
    return Actor(kind="user", label=user.name, user_id=user.pk, origin="hatir", is_admin=user.is_admin)
