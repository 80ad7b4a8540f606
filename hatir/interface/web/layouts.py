"""Other ways to look at the records of a type (a board, a calendar); its list and they link to one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.declaration import RecordType
from hatir.interface.web.types import list_url


@dataclass(frozen=True)
class Layout:
    """One way to look: what it is called, its icon, and the address under which it lives."""

    label: str | Promise
    icon: str
    url: str


_offered: dict[str, list[Layout]] = {}


def offer_layout(type_key: str, layout: Layout) -> Layout:
    """Let a type's list lead to another way of looking; called at start-up."""
    _offered.setdefault(type_key, []).append(layout)
    return layout


def layouts_of(rt: RecordType, path: str) -> list[Mapping[str, Any]]:
    """List the ways to look at a type's records, the one at `path` marked; none where there is only the list."""
    offered = _offered.get(rt.key, [])
    if not offered:
        return []
    table = Layout(_("Table"), "rows", list_url(rt))
    shown = [*offered[:1], table, *offered[1:]]
    here = max((each.url for each in shown if path.startswith(each.url)), key=len, default="")
    return [{"label": each.label, "icon": each.icon, "url": each.url, "is_active": each.url == here} for each in shown]
