"""The step of the write door that judges own fields."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.queries import visible
from hatir.foundation.records.changes import WriteBatch
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of


def validate(batch: WriteBatch) -> None:
    """Refuse unknown own keys, missing required values and links to records out of sight."""
    if batch.verb not in ("create", "edit"):
        return
    own = {spec.custom_key: spec for spec in fields_of(batch.type).values() if spec.is_custom}
    wrong: dict[int, dict[str, list[str]]] = {}
    for at, change in enumerate(batch.changes):
        errors = _problems(own, change.record.custom, new=batch.verb == "create" and batch.actor.kind != "import")
        if errors:
            wrong[at] = errors
    if wrong:
        raise Invalid(rows=wrong)
    for spec in own.values():
        if spec.kind in ("relation", "user"):
            _check_links(batch, spec)


def _problems(own: dict[str, FieldSpec], values: dict[str, Any], *, new: bool) -> dict[str, list[str]]:
    errors = {
        f"custom.{key}": [_("There is no such field to write.")] for key in values if not _known(own, key, values)
    }
    if new:
        for key, spec in own.items():
            if spec.required and values.get(key) in (None, "", []):
                errors[spec.name] = [_("This field is required.")]
    return errors


def _known(own: dict[str, FieldSpec], key: str, values: dict[str, Any]) -> bool:
    """Values of a field that was archived stay; only a key that no definition ever had is refused."""
    from hatir.foundation.customization.models import CustomField

    return key in own or CustomField.objects.filter(key=key).exists()


def _check_links(batch: WriteBatch, spec: FieldSpec) -> None:
    ids = {
        change.after[spec.name]
        for change in batch.changes
        if change.after.get(spec.name) and change.after[spec.name] != change.before.get(spec.name)
    }
    if ids and visible(batch.actor, spec.target).filter(pk__in=ids).count() != len(ids):
        raise Invalid({spec.name: [_("This record does not exist or you may not see it.")]})
