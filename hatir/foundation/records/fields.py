"""What the generic features know of one field, taken from the Django model or from a custom definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import models

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from hatir.foundation.records.declaration import RecordType

Kind = Literal[
    "text", "longtext", "integer", "number", "money", "percent", "boolean", "date", "datetime",
    "choice", "multichoice", "relation", "relations", "user", "team", "email", "phone", "url", "id",
]  # fmt: skip
TO_ONE: frozenset[str] = frozenset({"relation", "user", "team"})
NUMERIC: frozenset[str] = frozenset({"integer", "number", "money", "percent"})
TEXTUAL: frozenset[str] = frozenset({"text", "longtext", "email", "phone", "url"})
CUSTOM_PREFIX = "custom."


@dataclass(frozen=True)
class FieldSpec:
    """One field of a record type, the same for built-in and custom fields.

    `path` is the ORM path, empty for a custom field, whose value lives in `custom[key]`.
    `fold_path` and `sort_path` name columns that hold the Turkish search fold and sort key.
    `target` is the record type that a relation points to.
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
    fold_path: str = ""
    sort_path: str = ""
    unique: bool = False
    personal: bool = False
    masked: bool = False
    permission: str = ""

    @property
    def is_custom(self) -> bool:
        return self.name.startswith(CUSTOM_PREFIX)

    @property
    def custom_key(self) -> str:
        return self.name.removeprefix(CUSTOM_PREFIX)

    @property
    def is_many(self) -> bool:
        return self.kind in ("relations", "multichoice")

    def choice_label(self, value: str) -> StrOrPromise:
        """Find the label of a stored choice; an unknown value is its own label."""
        return next((label for key, label in self.choices if key == value), value)


_BY_CLASS: tuple[tuple[type[models.Field[Any, Any]], Kind], ...] = (
    (models.BooleanField, "boolean"),
    (models.EmailField, "email"),
    (models.URLField, "url"),
    (models.CharField, "text"),
    (models.TextField, "longtext"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.DecimalField, "number"),
    (models.IntegerField, "integer"),
    (models.FloatField, "number"),
)
_NEVER = frozenset({"custom", "version", "password", "last_login"})


def _kind_of(field: Any) -> Kind | None:
    if isinstance(field, models.ForeignKey):
        label = field.related_model._meta.label
        return {"staff.User": "user", "staff.Team": "team"}.get(label, "relation")  # type: ignore[return-value]
    if isinstance(field, models.ManyToManyField):
        return "relations"
    if field.primary_key:
        return "id"
    if getattr(field, "choices", None):
        return "choice"
    return next((kind for cls, kind in _BY_CLASS if isinstance(field, cls)), None)


def _default_of(field: Any) -> Any:
    if not field.has_default() or field.primary_key:
        return None
    return field.get_default()


def model_fields(rt: RecordType) -> Iterator[FieldSpec]:
    """Derive the specifications of a declared type from its Django model, in model order."""
    meta = rt.model._meta
    fixed = set(rt.where)
    for field in (*meta.concrete_fields, *meta.many_to_many):
        kind = rt.kinds.get(field.name) or _kind_of(field)
        if kind is None or field.name in _NEVER or field.name in rt.hidden or field.name in fixed:
            continue
        yield FieldSpec(
            name=field.name,
            label=field.verbose_name,
            kind=kind,
            path=field.name,
            target=rt.targets.get(field.name, ""),
            choices=tuple((str(key), label) for key, label in (getattr(field, "flatchoices", None) or ())),
            required=_is_required(field, kind),
            max_length=getattr(field, "max_length", None),
            decimal_places=getattr(field, "decimal_places", 2) or 2,
            default=_default_of(field),
            help=field.help_text,
            editable=field.editable and field.name not in rt.read_only,
            filterable=True,
            sortable=kind not in ("relations", "longtext", "multichoice"),
            fold_path=rt.fold.get(field.name, ""),
            sort_path=rt.sort.get(field.name, ""),
            unique=field.unique and not field.primary_key,
            personal=field.name in rt.personal,
            masked=field.name in rt.masked,
            permission=rt.restricted.get(field.name, ""),
        )


def _is_required(field: Any, kind: str) -> bool:
    return not (field.blank or kind in ("boolean", "relations") or field.has_default())
