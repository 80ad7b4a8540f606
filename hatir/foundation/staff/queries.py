"""Questions about how and where colleagues are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from hatir.foundation.staff.models import User

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
           ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True)
class SignedIn:
    """One browser in which somebody is signed in."""

    id: int
    device: str
    address: str
    since: datetime
    seen_at: datetime
    is_here: bool
    is_phone: bool


def user_with(user_id: int) -> User:
    """Give a user by id, to answer a question about them. Raises User.DoesNotExist."""
    return User.objects.get(pk=user_id)


def places_of(user: Any, present: str = "") -> list[SignedIn]:
    """List the browsers in which a user is signed in, this one first; sessions that are over are dropped."""
    alive = sorted(UserSession.objects.purge_and_list(user), key=lambda session: session.last_seen_at, reverse=True)
    return sorted((_place(session, present) for session in alive), key=lambda place: not place.is_here)


def _place(session: Any, present: str) -> SignedIn:
    agent = session.user_agent
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    device = ", ".join(part for part in (browser, system) if part) or agent[:60]
    return SignedIn(
        session.pk,
        device,
        str(session.ip),
        session.created_at,
        session.last_seen_at,
        session.session_key == present,
        system in ("iPhone", "Android"),
    )


def second_steps_of(user: Any) -> list[str]:
    """List the kinds of second step and passkey that a user has: totp, recovery_codes, webauthn."""
    return list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
