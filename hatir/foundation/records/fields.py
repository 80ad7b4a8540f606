"""What the generic features know of one field, taken from the Django model or from a custom definition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Kind = Literal[
    "text", "longtext", "integer", "number", "money", "percent", "boolean", "date", "datetime",
    "choice", "multichoice", "relation", "relations", "user", "team", "email", "phone", "url", "id",
]  # fmt: skip
Reckoning = Literal["", "age", "birthday"]
TO_ONE: frozenset[str] = frozenset({"relation", "user", "team"})
NUMERIC: frozenset[str] = frozenset({"integer", "number", "money", "percent"})
TEXTUAL: frozenset[str] = frozenset({"text", "longtext", "email", "phone", "url"})
CUSTOM_PREFIX = "custom."


@dataclass(frozen=True)
class FieldSpec:
    """One field of a record type, the same for built-in and custom fields.

    `path` is the ORM path, empty for a custom field, whose value lives in `custom[key]`.
    `fold_path` and `sort_path` name columns that hold the Turkish search fold and sort key.
    `target` is the record type that a relation points to. `searchable` counts for own fields: a declared type
    says itself which of its fields are searched. `may_be_null` is False where the column always holds a value.
    """

    name: str
    label: StrOrPromise
    kind: Kind
    path: str = ""
    target: str = ""
    choices: tuple[tuple[str, StrOrPromise], ...] = ()
    required: bool = False
    max_length: int | None = None
    decimal_places: int = 2
    default: Any = None
    help: StrOrPromise = ""
    unit: str = ""
    section: str = ""
    editable: bool = True
    filterable: bool = True
    sortable: bool = True
    searchable: bool = False
    may_be_null: bool = True
    fold_path: str = ""
    sort_path: str = ""
    unique: bool = False
    personal: bool = False
    masked: bool = False
    permission: str = ""
    reckon: Reckoning = ""
    """How the value follows from the date in `path`: an age in years, or the days until the birthday."""
    condition_on: str = ""
    """The type on whose records the text is a condition: a filter in its text form, empty for none."""
    names_fields_of: str = ""
    """The type whose fields the text names, one in a line."""
    written_by: str = ""
    """The single right with which programs (API, import) write a derived value that nobody edits on screen."""

    @cached_property
    def is_custom(self) -> bool:
        return self.name.startswith(CUSTOM_PREFIX)

    @property
    def is_year(self) -> bool:
        """Whether the number names a year, which is written without a thousands mark and never added up."""
        return self.kind == "integer" and self.name.endswith("_year")

    @property
    def custom_key(self) -> str:
        return self.name.removeprefix(CUSTOM_PREFIX)

    @property
    def is_many(self) -> bool:
        return self.kind in ("relations", "multichoice")

    def choice_label(self, value: str) -> StrOrPromise:
        """Find the label of a stored choice; an unknown value is its own label."""
        return next((label for key, label in self.choices if key == value), value)
