"""Own fields and objects are record types themselves, so settings use the generic screens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.customization import actions, queries, types
from hatir.foundation.customization.models import CustomField, CustomObject
from hatir.foundation.records.declaration import RecordType, Section
from hatir.foundation.records.registry import register, set_sources

FIELD = register(
    RecordType(
        key="customization.field",
        model=CustomField,
        title="label",
        icon="text-cursor-input",
        create=actions.define_fields,
        update=actions.change_fields,
        list_columns=("label", "type_key", "kind", "section", "required", "searchable", "position"),
        quick_fields=("label", "type_key", "kind", "choice_lines", "target", "section", "required"),
        sections=(
            Section("field", _("Field"), ("label", "type_key", "kind", "choice_lines", "target", "unit")),
            Section("form", _("On the form"), ("section", "position", "help", "required", "searchable")),
        ),
        order=("position",),
        match_on=("type_key", "label"),
        choices={"type_key": queries.type_choices, "target": queries.type_choices},
        admin_only=True,
    )
)
OBJECT = register(
    RecordType(
        key="customization.object",
        model=CustomObject,
        title="plural",
        icon="box",
        create=actions.define_objects,
        update=actions.change_objects,
        list_columns=("plural", "label", "icon", "title_label"),
        quick_fields=("label", "plural", "title_label"),
        match_on=("label",),
        admin_only=True,
    )
)
set_sources(types.own_types, queries.own_fields, types.own_panels)
