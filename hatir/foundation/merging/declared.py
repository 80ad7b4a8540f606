"""How duplicates of a type are recognised and merged: declared beside the model by the room that owns it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.features import CompareKind
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import record_type, record_types

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Kept:
    """Where values of the merged record go that lose against another value: a part of type `of`.

    `fields` maps a field of the record to the one of the part; the first decides whether there is anything to keep.
    `values` are those that every such part gets.
    """

    of: str
    link: str
    fields: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Duplicates:
    """How duplicates of one type are found and merged. Pairs of at least `threshold` per cent are shown to people.

    Fields that stand `together` (an address) are taken from one record or the other, never mixed.
    """

    comparisons: tuple[Compare, ...]
    kept: tuple[Kept, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    threshold: int = 50


_declared: dict[str, Duplicates] = {}


def declare_duplicates(type_key: str, duplicates: Duplicates) -> Duplicates:
    """Say how duplicates of a type are found. Raises ImproperlyConfigured when that is said already."""
    if type_key in _declared:
        raise ImproperlyConfigured(f"Duplicates of {type_key} are declared twice.")
    _declared[type_key] = duplicates
    return duplicates


def duplicates_of(rt: RecordType) -> Duplicates | None:
    """Give how duplicates of a type are found; a company's own object is compared by its name. None: not at all."""
    found = _declared.get(rt.key)
    if found is None and rt.plain_fields is not None:
        return Duplicates((Compare("text", (rt.title,), label=_("name")), *_of_own_fields(rt)))
    return found


def _of_own_fields(rt: RecordType) -> tuple[Compare, ...]:
    kinds: dict[str, CompareKind] = {"phone": "phone", "email": "email"}
    return tuple(
        Compare(kinds[spec.kind], (spec.name,), label=spec.label)
        for spec in rt.plain_fields or ()
        if spec.is_custom and spec.kind in kinds
    )


def types_with_duplicates(all_types: Sequence[RecordType]) -> list[RecordType]:
    """List, of these types, those whose duplicates can be found."""
    return [rt for rt in all_types if duplicates_of(rt) is not None]


def compared_type(rt: RecordType, values: Mapping[str, Any]) -> RecordType | None:
    """Find the type as which a record with these values is compared: a person, not any customer. None: not at all."""
    if duplicates_of(rt) is not None:
        return rt
    for key in _declared:
        try:
            narrow = record_type(key)
        except NotFoundHere:
            continue
        if narrow.narrows == rt.key and all(values.get(name) == value for name, value in narrow.where.items()):
            return narrow
    return None


def is_compared(rt: RecordType) -> bool:
    """Tell whether duplicates of a type are found, as that type or as one that narrows it."""
    if duplicates_of(rt) is not None:
        return True
    return any(each.narrows == rt.key for each in record_types() if each.key in _declared)


def without(duplicates: Duplicates, off: Sequence[str], threshold: int) -> Duplicates:
    """Give the same with comparisons switched off and another threshold: what a company chose."""
    kept = tuple(one for one in duplicates.comparisons if one.key not in off)
    return replace(duplicates, comparisons=kept or duplicates.comparisons[:1], threshold=threshold)
