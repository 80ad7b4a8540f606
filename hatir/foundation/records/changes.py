"""What a write is about: one Change a record, one WriteBatch a call of the door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.models import Record
from hatir.foundation.records.refs import RecordRef

if TYPE_CHECKING:
    from hatir.foundation.records.declaration import RecordType

Verb = Literal["create", "edit", "archive", "restore"]


@dataclass
class Change:
    """One record before and after, as JSON-able values by field name ("custom.alerji" included)."""

    record: Record
    ref: RecordRef
    before: dict[str, Any]
    after: dict[str, Any]

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Names whose value differs, in declaration order; asked once the first step has filled the owner in."""
        return tuple(name for name, value in self.after.items() if self.before.get(name) != value)


@dataclass
class WriteBatch:
    """All changes of one call: same root type, same verb, same actor, one instant, one transaction."""

    type: RecordType
    verb: Verb
    actor: Actor
    at: datetime
    changes: list[Change] = field(default_factory=list)
