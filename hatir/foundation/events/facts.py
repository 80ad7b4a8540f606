"""The base of every event, and the facts that the write door itself tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hatir.foundation.records.refs import RecordRef


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Subclasses are frozen, in the past tense, with a dotted `key`.

    Fields hold JSON-able values and record references only. `about[0]` orders delivery.
    """

    key: ClassVar[str]
    about: tuple[RecordRef, ...]


@dataclass(frozen=True, kw_only=True)
class RecordsCreated(Event):
    """Records of one type came into being in one write."""

    key: ClassVar[str] = "records.created"
    type_key: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordsChanged(Event):
    """Fields of records changed. `fields` maps the record's public id to the changed names."""

    key: ClassVar[str] = "records.changed"
    type_key: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RecordsArchived(Event):
    """Records were taken out of daily sight."""

    key: ClassVar[str] = "records.archived"
    type_key: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordsRestored(Event):
    """Archived records came back."""

    key: ClassVar[str] = "records.restored"
    type_key: str = ""
