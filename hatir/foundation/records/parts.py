"""Parts of a record that live in tables of their own: a role's grants, a user's roles.

A part is written whole, through the write door of its record: rights are asked, the change is
audited like that of a field, the event is told, and undo can put the old value back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hatir.foundation.records.errors import NotFoundHere

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Part:
    """One part of the records of a type. Values are JSON-able, and equal when nothing differs.

    `read(record)` gives what is stored; `write(record, value)` replaces it.
    """

    type_key: str
    name: str
    label: StrOrPromise
    read: Callable[[Any], Any]
    write: Callable[[Any, Any], None]


_parts: dict[tuple[str, str], Part] = {}


def register_part(part: Part) -> Part:
    """Make a part known to the write door."""
    _parts[(part.type_key, part.name)] = part
    return part


def is_part(type_key: str, name: str) -> bool:
    """Tell whether a name in a change is a part and not a field."""
    return (type_key, name) in _parts


def part_of(type_key: str, name: str) -> Part:
    """Find a part of a type. Raises NotFoundHere."""
    if (type_key, name) not in _parts:
        raise NotFoundHere(f"{type_key}.{name}")
    return _parts[(type_key, name)]
