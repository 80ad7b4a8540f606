"""The company's own definitions, kept until one of them changes."""

from __future__ import annotations

from typing import Any

from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from hatir.foundation.customization.models import CustomField, CustomObject
from hatir.foundation.customization.rules import parse_choices
from hatir.foundation.records.fields import CUSTOM_PREFIX, FieldSpec
from hatir.foundation.records.registry import root_types
from hatir.foundation.records.stamps import while_unchanged

FIELD_COLUMNS = (
    "pk", "type_key", "label", "key", "kind", "choice_lines", "target", "section", "unit", "help", "required",
    "searchable", "position",
)  # fmt: skip


def definitions() -> tuple[dict[str, list[CustomField]], list[CustomObject]]:
    """Give all definitions; read with one statement after one of them changed."""
    return while_unchanged("records.definitions", _read)


def _read() -> tuple[dict[str, list[CustomField]], list[CustomObject]]:
    """Read fields and, in the same statement, objects in the columns of fields: every request needs both."""
    fields = CustomField.objects.filter(archived_at=None).values_list(*FIELD_COLUMNS)
    nothing, no, zero = Value(""), Value(False), Value(0)
    texts = ("plural", "key", "icon", "title_label", nothing, nothing, nothing)
    objects = CustomObject.objects.filter(archived_at=None).values_list("pk", nothing, "label", *texts, no, no, zero)
    own: dict[str, list[CustomField]] = {}
    found = []
    for row in sorted(fields.union(objects, all=True), key=lambda row: (row[-1], row[0])):
        if row[1]:
            own.setdefault(row[1], []).append(CustomField(**dict(zip(FIELD_COLUMNS, row, strict=True))))
        else:
            pk, _type, label, plural, key, icon, title_label, *_rest = row
            found.append(CustomObject(pk=pk, label=label, plural=plural, key=key, icon=icon, title_label=title_label))
    return own, found


def own_fields(type_key: str) -> list[FieldSpec]:
    """List the company's own fields of a type."""
    return [spec_of(field) for field in definitions()[0].get(type_key, [])]


def spec_of(field: CustomField) -> FieldSpec:
    """Give a definition as the generic features see it."""
    return FieldSpec(
        name=CUSTOM_PREFIX + field.key,
        label=field.label,
        kind=field.kind,  # type: ignore[arg-type]
        choices=parse_choices(field.choice_lines) if field.kind in ("choice", "multichoice") else (),
        target={"user": "staff.user", "team": "staff.team"}.get(field.kind, field.target),
        required=field.required,
        max_length=500 if field.kind in ("text", "email", "phone", "url") else None,
        help=field.help,
        unit=field.unit,
        section=field.section or str(_("More")),
        searchable=field.searchable,
        sortable=field.kind not in ("longtext", "multichoice", "relation", "user"),
    )


def type_choices() -> list[tuple[str, Any]]:
    """List the types that may carry own fields or be linked to."""
    return [(rt.key, rt.plural_label) for rt in root_types() if not rt.admin_only]
