"""Who does something. Never a global, never None: every read and write names its actor."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ActorKind = Literal["user", "api_key", "import", "flow", "system"]


def new_operation() -> str:
    """Make the name under which all writes of one request, job or command are grouped."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Actor:
    """The one who acts, with whose rights, from where, and in which operation.

    `user_id` is the user whose rights apply; only `system` actors have none, and those may do all.
    `memory` keeps what was resolved once for this actor (grants, scopes); it dies with the actor.
    """

    kind: ActorKind
    label: str
    user_id: int | None = None
    origin: str = ""
    operation: str = field(default_factory=new_operation)
    is_admin: bool = False
    permissions: frozenset[str] | None = None
    """For API keys: the scopes of the key, which narrow the user's rights. None narrows nothing."""
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    def in_operation(self, operation: str) -> Actor:
        """Give the same actor inside another operation."""
        return replace(self, operation=operation)

    def acting_as(self, kind: ActorKind, label: str) -> Actor:
        """Give an actor of another kind with the same user's rights (an import, a flow)."""
        return replace(self, kind=kind, label=label)


HOUSE = "Hatır"
"""What people call a part that has no words of its own."""
_parts: dict[str, StrOrPromise] = {}


def name_part(name: str, words: StrOrPromise) -> None:
    """Let a room say, at start-up, what people call a part of the house that acts by itself."""
    _parts[name] = words


def told_name(label: str) -> str:
    """Give the name of who acted as people read it."""
    return str(_parts.get(label, label))


def system_actor(name: str) -> Actor:
    """Name a part of the house that acts by itself; it may do all, and audit shows its name."""
    return Actor(kind="system", label=name, origin=name)
