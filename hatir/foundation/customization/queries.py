"""The company's own definitions, read once in a piece of work."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.customization.models import CustomField, CustomObject
from hatir.foundation.customization.rules import parse_choices
from hatir.foundation.records.fields import CUSTOM_PREFIX, FieldSpec
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.registry import root_types


def definitions() -> tuple[dict[str, list[CustomField]], list[CustomObject]]:
    """Read all definitions with two statements, once in a piece of work."""

    def read() -> tuple[dict[str, list[CustomField]], list[CustomObject]]:
        fields: dict[str, list[CustomField]] = {}
        for field in CustomField.objects.filter(archived_at=None).order_by("position", "id"):
            fields.setdefault(field.type_key, []).append(field)
        return fields, list(CustomObject.objects.filter(archived_at=None).order_by("id"))

    return per_request("records.definitions", read)


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
        sortable=field.kind not in ("longtext", "multichoice", "relation", "user"),
    )


def type_choices() -> list[tuple[str, Any]]:
    """List the types that may carry own fields or be linked to."""
    return [(rt.key, rt.plural_label) for rt in root_types() if not rt.admin_only]
