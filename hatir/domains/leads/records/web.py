"""The declarations of web forms and their fields."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.leads import actions
from hatir.domains.leads.models import FormField, WebForm
from hatir.foundation.records.actor import HOUSE, name_part
from hatir.foundation.records.declaration import RecordType, Scope, Section
from hatir.foundation.records.fields import Kind
from hatir.foundation.records.registry import register

KINDS: dict[str, Kind] = {"link": "url"}
name_part("leads", HOUSE)
name_part("leads.form", _("Web form"))
WEB_FORM = register(
    RecordType(
        key="leads.form",
        model=WebForm,
        title="name",
        path="lead-forms",
        icon="file-text",
        area="sales",
        create=actions.create_forms,
        update=actions.update_forms,
        list_columns=("name", "link", "lead_source", "assign_to", "assign_team", "is_active", "owner"),
        quick_fields=("name", "title", "lead_source", "consent_text", "consent_channel"),
        sections=(
            Section("look", _("What it says"), ("title", "intro", "button", "thank_you", "redirect_url", "link")),
            Section("consent", _("Consent"), ("consent_text", "consent_channel")),
            Section("leads", _("Its leads"), ("lead_source", "assign_to", "assign_team", "is_active", "origins")),
        ),
        search={"name": "A", "title": "B"},
        match_on=("name",),
        scope=Scope(owner="owner", team="team"),
        kinds=KINDS,
        hidden={"token"},
    )
)
FORM_FIELD = register(
    RecordType(
        key="leads.form_field",
        model=FormField,
        title="label",
        icon="list",
        list_columns=("form", "asks", "label", "is_required", "options", "position"),
        quick_fields=("asks", "label", "is_required", "options", "position"),
        order=("form", "position", "id"),
        match_on=("form", "asks", "label"),
        scope=Scope(follows="form"),
        part_of="form",
    )
)
