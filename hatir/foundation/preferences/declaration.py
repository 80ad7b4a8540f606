"""What a setting is: declared once by the room that reads it, with type, unit, default and help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from hatir.foundation.records.fields import FieldSpec, Kind
from hatir.foundation.records.values import clean, from_plain, plain

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Level = Literal["company", "user", "both"]


@dataclass(frozen=True)
class Preference:
    """One setting. `level` says who chooses: the company, each user, or the company with users differing.

    `minimum` and `maximum` bound numbers. Values are judged by the same reading as record fields.
    """

    key: str
    kind: Kind
    label: StrOrPromise
    default: Any
    help: StrOrPromise = ""
    unit: StrOrPromise = ""
    choices: tuple[tuple[str, StrOrPromise], ...] = ()
    level: Level = "company"
    section: str = "general"
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None

    @property
    def spec(self) -> FieldSpec:
        """Give the setting as a field, for the generic form."""
        return FieldSpec(
            name=self.key,
            label=self.label,
            kind=self.kind,
            choices=self.choices,
            required=self.required,
            default=self.default,
            help=self.help,
            unit=str(self.unit),
            section=self.section,
            max_length=self.max_length,
        )

    def read(self, raw: Any) -> Any:
        """Read a raw value as the setting's type. Raises ValueError with a message fit for the user."""
        value = clean(self.spec, raw)
        low, high = self.minimum, self.maximum
        if value is not None and low is not None and high is not None and not low <= value <= high:
            raise ValueError(_("Enter a number from %(low)d to %(high)d.") % {"low": low, "high": high})
        return self.default if value is None and self.kind in ("integer", "choice", "boolean") else value

    def to_stored(self, value: Any) -> Any:
        return plain(value)

    def from_stored(self, value: Any) -> Any:
        return from_plain(self.spec, value)


_declared: dict[str, Preference] = {}


def declare(preference: Preference) -> Preference:
    """Make a setting known. Raises ImproperlyConfigured when its key is taken."""
    if preference.key in _declared:
        raise ImproperlyConfigured(f"Preference {preference.key} is declared twice.")
    _declared[preference.key] = preference
    return preference


def preference(key: str) -> Preference:
    """Find a declared setting. Raises KeyError: an unknown key is a mistake of the programmer."""
    return _declared[key]


def preferences(level: Literal["company", "user"] | None = None) -> list[Preference]:
    """List the declared settings, or those that may be chosen on a level, in order of declaration."""
    return [one for one in _declared.values() if level is None or one.level in (level, "both")]
