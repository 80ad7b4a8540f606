"""What a write is about: one Change a record, one WriteBatch a call of the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.models import Record
from hatir.foundation.records.refs import RecordRef

if TYPE_CHECKING:
    from hatir.foundation.records.declaration import RecordType

Verb = Literal["create", "edit", "archive", "restore"]
NO_SETS: Mapping[str, Sequence[int]] = MappingProxyType({})


class Change:
    """One record before and after, as JSON-able values by field name ("custom.alerji" included).

    `after` of a new record may be a function that takes the values when a step first asks: of a thousand rows of a
    file nobody may. `sets` holds what a new record's to-many fields link to.
    """

    def __init__(
        self,
        record: Record,
        ref: RecordRef,
        before: dict[str, Any],
        after: dict[str, Any] | Callable[[], dict[str, Any]],
        sets: Mapping[str, Sequence[int]] = NO_SETS,
    ) -> None:
        self.record, self.ref, self.before, self.sets = record, ref, before, sets
        self._after = after

    @property
    def after(self) -> dict[str, Any]:
        """What the record holds after the write."""
        if not isinstance(self._after, dict):
            self._after = {**self._after(), **self.sets}
        return self._after

    def put(self, name: str, column: str, value: Any) -> None:
        """Fill in a value that the maker left open."""
        setattr(self.record, column, value)
        if isinstance(self._after, dict):
            self._after[name] = value

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
