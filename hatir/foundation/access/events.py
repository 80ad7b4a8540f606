"""What happened to rights that no record shows: API keys made and withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hatir.foundation.events.facts import Event


@dataclass(frozen=True, kw_only=True)
class ApiKeyCreated(Event):
    """A program got a key that acts for a user (`about[0]`)."""

    key: ClassVar[str] = "access.api_key_created"
    name: str = ""
    prefix: str = ""
    scopes: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(Event):
    """A program's key was withdrawn."""

    key: ClassVar[str] = "access.api_key_revoked"
    name: str = ""
    prefix: str = ""
    origin: str = ""
