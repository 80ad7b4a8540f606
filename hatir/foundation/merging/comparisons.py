"""What a comparison of two records is made of; no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hatir.foundation.merging.features import CompareKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ALL_SHARE: frozenset[str] = frozenset({"phone", "place", "address"})
"""Kinds that a household or a building has in common: by themselves they tell no two records to be one."""


@dataclass(frozen=True)
class More:
    """Further values in records that are parts: of type `of`, tied by `link`, those of `where`, in column `value`."""

    of: str
    link: str
    value: str
    where: Mapping[str, Any] = field(default_factory=dict, hash=False)
    typed: str = "value"
    """The field in which people write it, where `value` is a normalised column."""


@dataclass(frozen=True)
class Compare:
    """One comparison: `fields` of the record are compared as `kind`.

    Two fields of the kind "name" are given and family name. `columns` are read instead of the fields where a
    normalised helper column stands beside them. What is `shared` by several (a household's telephone) never makes
    a pair alone; None takes what is usual for the kind.
    """

    kind: CompareKind
    fields: tuple[str, ...]
    label: StrOrPromise = ""
    columns: tuple[str, ...] = ()
    more: More | None = None
    shared: bool | None = None

    @property
    def key(self) -> str:
        return self.fields[0]

    @property
    def read_from(self) -> tuple[str, ...]:
        return self.columns or self.fields

    @property
    def is_shared(self) -> bool:
        return self.kind in ALL_SHARE if self.shared is None else self.shared
