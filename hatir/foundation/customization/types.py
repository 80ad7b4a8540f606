"""The company's own objects as record types, and the panels that their links bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.queries import visible
from hatir.foundation.customization import actions
from hatir.foundation.customization.models import CustomField, CustomObject, CustomRecord
from hatir.foundation.customization.queries import definitions, own_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import Panel, RecordType, Scope
from hatir.foundation.records.expressions import CustomValue
from hatir.foundation.records.fields import CUSTOM_PREFIX, FieldSpec
from hatir.foundation.records.registry import record_type

PANEL_ROWS = 6


def own_types() -> list[RecordType]:
    """List the company's own objects as record types."""
    return [_type_of(custom) for custom in definitions()[1]]


def _type_of(custom: CustomObject) -> RecordType:
    own = own_fields(custom.type_key)
    name = FieldSpec(
        name="name",
        label=custom.title_label or _("Name"),
        kind="text",
        path="name",
        required=True,
        max_length=200,
        fold_path="name_fold",
        sort_path="name_sort",
    )
    columns = tuple(spec.name for spec in own[:5])
    quick = ("name", *(spec.name for spec in own if spec.required or len(own) <= 4))
    return RecordType(
        key=custom.type_key,
        model=CustomRecord,
        title="name",
        label=custom.label,
        plural=custom.plural,
        icon=custom.icon or "box",
        create=actions.creator(custom.type_key),
        update=actions.update_own_records,
        list_columns=("name", *columns, "owner", "updated_at"),
        quick_fields=quick,
        search={"name": "A"},
        match_on=("name",),
        scope=Scope(owner="owner", team="team"),
        where={"own_type_key": custom.type_key},
        plain_fields=(name, *_base_fields(), *own),
        area="own",
        timeline=True,
    )


def _base_fields() -> tuple[FieldSpec, ...]:
    fixed = FieldSpec(name="id", label=_("id"), kind="id", path="id", editable=False)
    return (
        fixed,
        FieldSpec(name="owner", label=_("owner"), kind="user", path="owner", target="staff.user"),
        FieldSpec(name="team", label=_("team"), kind="team", path="team", target="staff.team"),
        FieldSpec(name="source", label=_("source"), kind="text", path="source", max_length=40),
        replace(fixed, name="created_at", label=_("created"), kind="datetime", path="created_at"),
        replace(fixed, name="updated_at", label=_("updated"), kind="datetime", path="updated_at"),
        replace(fixed, name="archived_at", label=_("archived"), kind="datetime", path="archived_at"),
    )


def own_panels(type_key: str) -> Sequence[Panel]:
    """Show, on the page of a linked record, what links to it by the company's own fields."""
    return [
        _panel(type_key, owner_key, field)
        for owner_key, fields in definitions()[0].items()
        for field in fields
        if field.kind == "relation" and field.target and record_type(field.target).root_key == type_key
    ]


def _panel(on: str, owner_key: str, field: CustomField) -> Panel:
    def rows(actor: Actor, record: Any) -> list[Any]:
        linked = (
            visible(actor, owner_key)
            .filter(archived_at=None)
            .alias(own_link=CustomValue("custom", field.key, "relation"))
        )
        return list(linked.filter(own_link=record.pk).order_by("-id")[:PANEL_ROWS])

    owner = record_type(owner_key)
    return Panel(
        on=on,
        title=owner.plural_label,
        rows=rows,
        of=owner_key,
        link=CUSTOM_PREFIX + field.key,
        icon=owner.icon,
        order=80,
    )
