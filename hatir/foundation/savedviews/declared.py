"""Views that rooms bring along for their types; they exist in code, so every company has them from the first day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class DeclaredView:
    """A view under a stable key; an empty filter is all records."""

    type_key: str
    key: str
    label: StrOrPromise
    filter: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    sort: str = ""


_declared: dict[str, list[DeclaredView]] = {}


def declare_view(
    type_key: str,
    key: str,
    label: StrOrPromise,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 — the word of the house
    *,
    columns: tuple[str, ...] = (),
    sort: str = "",
) -> DeclaredView:
    """Give a type one more tab."""
    view = DeclaredView(type_key, key, label, dict(filter or {}), columns, sort)
    views = _declared.setdefault(type_key, [])
    views[:] = [*(known for known in views if known.key != key), view]
    return view


def declared_views(type_key: str) -> list[DeclaredView]:
    """List the views that rooms declared for a type."""
    return list(_declared.get(type_key, ()))
