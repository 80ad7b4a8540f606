"""A series of numbers, as a room declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Series:
    """Numbers of one kind of document. `pattern` holds while the company has chosen no other."""

    key: str
    label: StrOrPromise
    pattern: str

    @property
    def preference_key(self) -> str:
        return f"{self.key}_number"


def declare_series(key: str, label: StrOrPromise, pattern: str) -> Series:
    """Make a series known, with a setting for its pattern."""
    series = Series(key, label, pattern)
    declare(
        Preference(
            series.preference_key,
            "text",
            label,
            pattern,
            _("{year}, {month} and {number} are filled in; {number} has at least five digits."),
            max_length=30,
        )
    )
    return series
