"""The one declaration of a business object; every generic feature reads it and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import ObjectDoesNotExist

from hatir.foundation.records.actor import Actor
from hatir.foundation.records.fields import FieldSpec, Kind, Reckoning
from hatir.foundation.records.models import Record
from hatir.foundation.records.refs import RecordRef

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class CreateMany(Protocol):
    """Create records from cleaned values by field name; one transaction, in the given order."""

    def __call__(self, rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Any]: ...


class UpdateMany(Protocol):
    """Change records, each with its own cleaned values; one transaction. See `writing.save_many`."""

    def __call__(
        self, pairs: Sequence[tuple[Any, Mapping[str, Any]]], *, actor: Actor, expected_version: int | None = None
    ) -> list[Any]: ...


class DraftMany(Protocol):
    """Make new records of cleaned values as `create` does, but store none and ask the database for nothing.

    Gives the records, and what is wrong with them by their place. `create` stores exactly such records; what links
    to others is put onto them afterwards, so nothing may follow from it.
    """

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> tuple[list[Any], dict[int, dict[str, list[str]]]]: ...


@dataclass(frozen=True)
class Scope:
    """Where record-level access looks: fields naming the owner and the team, or a parent to follow.

    `shared` names a yes-or-no field that lets everybody read a record who may read any of its type; changing it stays
    with its owner and team.
    """

    owner: str = ""
    team: str = ""
    follows: str = ""
    shared: str = ""


@dataclass(frozen=True)
class Section:
    """A titled group of fields on the record page and in the full form."""

    key: str
    label: StrOrPromise
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """Rows that one room shows on another type's page.

    `rows(actor, record)` gives at most a handful of records of type `of`, already visible to the actor.
    `link` is the to-one field of `of` through which a new one is attached to the page's record.
    """

    on: str
    title: StrOrPromise
    rows: Callable[[Actor, Any], Sequence[Any]]
    of: str = ""
    link: str = ""
    columns: tuple[str, ...] = ()
    icon: str = ""
    order: int = 50
    press: str = ""
    """The key that makes a new one on the page."""


@dataclass(frozen=True)
class Kpi:
    """One figure of the strip above the timeline. `value(actor, record)` gives text parts or None."""

    key: str
    label: StrOrPromise
    value: Callable[[Actor, Any], Any]


@dataclass(frozen=True)
class Reckoned:
    """A number that nobody stores: it follows from the date field `of` and today."""

    of: str
    how: Reckoning
    label: StrOrPromise


@dataclass(frozen=True)
class Late:
    """When the day or instant of a record was let pass: `is_late(record, at)`, told by the fields that it `needs`."""

    needs: tuple[str, ...]
    is_late: Callable[[Any, datetime], bool]


@dataclass(frozen=True, eq=False)
class RecordType:
    """Everything the house needs to know about one kind of business object.

    `where` and `narrows` declare a view on another type's table ("customers.person" narrows
    "customers.customer" where kind is person): audit, access, search and references use the root type.
    """

    key: str
    model: type[Record]
    title: str
    label: StrOrPromise = ""
    plural: StrOrPromise = ""
    icon: str = "square"
    path: str = ""
    create: CreateMany | None = None
    update: UpdateMany | None = None
    draft: DraftMany | None = None
    """The part of `create` that another process may do ahead; only together with it."""
    list_columns: tuple[str, ...] = ()
    quick_fields: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    order: tuple[str, ...] = ("-id",)
    search: Mapping[str, str] = field(default_factory=dict)
    search_extra: Callable[[Sequence[Any]], Mapping[int, str]] | None = None
    """Gives what else records are found by, from rows that belong to them; a new record has none yet."""
    match_on: tuple[str, ...] = ()
    scope: Scope | None = None
    restricted: Mapping[str, str] = field(default_factory=dict)
    personal: frozenset[str] | set[str] = frozenset()
    masked: frozenset[str] | set[str] = frozenset()
    hidden: frozenset[str] | set[str] = frozenset()
    read_only: frozenset[str] | set[str] = frozenset()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    fold: Mapping[str, str] = field(default_factory=dict)
    sort: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Callable[[], Sequence[tuple[str, StrOrPromise]]]] = field(default_factory=dict)
    """Choices that are only known at run time, by field."""
    conditions: Mapping[str, str] = field(default_factory=dict)
    """Long texts that hold a condition (a filter in its text form), each with the type that it asks about."""
    field_lists: Mapping[str, str] = field(default_factory=dict)
    """Long texts that name fields, one in a line, each with the type whose fields they are."""
    panels: tuple[Panel, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    reckoned: Mapping[str, Reckoned] = field(default_factory=dict)
    late: Mapping[str, Late] = field(default_factory=dict)
    """Days and instants that lists mark once they were let pass, for whoever may read what tells it."""
    currency: str = ""
    """The field that names the currency of the record's money fields; empty means lira."""
    written_by: Mapping[str, str] = field(default_factory=dict)
    """Derived fields, each with the single right by which programs may write it."""
    hides: Callable[[Actor], Collection[int]] | None = None
    """Gives ids that the actor may not see although they lie in the scope, because of what they tell."""
    guard_archiving: Callable[[Sequence[Any], Actor], None] | None = None
    """Refuses, with an Invalid, to archive records on which others stand."""
    guard_restoring: Callable[[Sequence[Any], Actor], None] | None = None
    """Refuses, with an Invalid, to bring records back whose place is taken by now."""
    narrows: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    part_of: str = ""
    """The to-one field to the record that this one is a part of (an address of a customer)."""
    area: str = ""
    """Navigation area; empty keeps it out of the sidebar (it stays reachable by palette and links)."""
    admin_only: bool = False
    """Writing needs the right to manage settings; reading is for everybody who is signed in."""
    timeline: bool = False
    """Whether the page carries a timeline with a composer."""
    plain_fields: tuple[FieldSpec, ...] | None = None
    """Given by custom objects, whose fields come from their definition and not from the model."""

    @property
    def root_key(self) -> str:
        return self.narrows or self.key

    @property
    def singular_label(self) -> StrOrPromise:
        return self.label or self.model._meta.verbose_name or self.key

    @property
    def plural_label(self) -> StrOrPromise:
        return self.plural or self.model._meta.verbose_name_plural or self.key

    @property
    def api_path(self) -> str:
        return self.path or self.key

    def ref(self, record: Record) -> RecordRef:
        return RecordRef(self.root_key, record.pk)

    def title_of(self, record: Record) -> str:
        """Give the text by which people call this record."""
        if self.title.startswith("custom."):
            return str(record.custom.get(self.title.removeprefix("custom.")) or "")
        try:
            return str(getattr(record, self.title) or "")
        except ObjectDoesNotExist:  # a type named by a link, whose link leads nowhere: its reference is refused later
            return ""
