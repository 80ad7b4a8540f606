"""Where fields are used: a registry to which every room adds what it keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hatir.foundation.access.models import Grant
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.savedviews.declared import declared_views
from hatir.foundation.savedviews.models import SavedView

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Names = Callable[[RecordType], Iterable[str]]
"""Gives the field names that a kind of thing uses of a type, one for each time; paths count by their first step."""


@dataclass(frozen=True)
class Use:
    """One kind of thing that uses fields."""

    label: StrOrPromise
    names: Names


_uses: list[Use] = []


def declare_use(label: StrOrPromise, names: Names) -> Use:
    """Let a room say which fields it uses: segments, reports, templates, automations."""
    _uses.append(Use(label, names))
    return _uses[-1]


def uses_of(rt: RecordType) -> Counter[str]:
    """Count for each field of a type how often it is used."""
    found: Counter[str] = Counter()
    for use in _uses:
        for name in use.names(rt):
            found[name] += 1
            if not name.startswith("custom."):
                found[name.partition(".")[0]] += "." in name
    return found


def names_in(tree: Any) -> list[str]:
    """List the fields that filter JSON names on the record itself."""
    if isinstance(tree, list):
        return [name for item in tree for name in names_in(item)]
    if not isinstance(tree, dict):
        return []
    own = [str(tree[word]) for word in ("field", "has", "has_no") if word in tree]
    return own + [name for word in ("all", "any", "not") if word in tree for name in names_in(tree[word])]


def used_in_views(rt: RecordType) -> list[str]:
    """List what saved and declared views filter, sort and show."""
    found: list[str] = []
    for view in SavedView.objects.filter(type_key=rt.key):
        found += [*names_in(view.filter), *view.columns, *_sorted_by(view.sort)]
    for declared in declared_views(rt.key):
        found += [*names_in(declared.filter), *declared.columns, *_sorted_by(declared.sort)]
    return found


def _sorted_by(sort: str) -> list[str]:
    return [part.strip().removeprefix("-") for part in sort.split(",") if part.strip()]


def used_in_roles(rt: RecordType) -> list[str]:
    """List what the filters of roles name."""
    rows = Grant.objects.filter(type_key=rt.key).exclude(filter=None).values_list("filter", flat=True)
    return [name for tree in rows for name in names_in(tree)]
