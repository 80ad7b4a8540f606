"""Derive the fields of a declared type from its Django model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec, Kind

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
            may_be_null=getattr(field, "null", True),
            fold_path=rt.fold.get(field.name, ""),
            sort_path=rt.sort.get(field.name, ""),
            unique=field.unique and not field.primary_key,
            personal=field.name in rt.personal,
            masked=field.name in rt.masked,
            permission=rt.restricted.get(field.name, ""),
            written_by=rt.written_by.get(field.name, ""),
            condition_on=rt.conditions.get(field.name, ""),
            names_fields_of=rt.field_lists.get(field.name, ""),
        )
        yield from _reckoned(rt, field.name)


def _reckoned(rt: RecordType, name: str) -> Iterator[FieldSpec]:
    """Derive the numbers that follow from a date field; who may not see the date may not see them."""
    for own, reckoned in rt.reckoned.items():
        if reckoned.of == name:
            yield FieldSpec(
                name=own,
                label=reckoned.label,
                kind="integer",
                path=name,
                editable=False,
                sortable=False,
                personal=name in rt.personal,
                permission=rt.restricted.get(name, ""),
                reckon=reckoned.how,
            )


def _is_required(field: Any, kind: str) -> bool:
    return not (field.blank or kind in ("boolean", "relations") or field.has_default())


def built_in_fields(rt: RecordType) -> tuple[FieldSpec, ...]:
    """List the fields that exist without the company's own definitions."""
    return rt.plain_fields if rt.plain_fields is not None else tuple(model_fields(rt))
