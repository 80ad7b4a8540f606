"""The declaration of consents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.domains.privacy import actions, queries
from hatir.domains.privacy.models import Consent
from hatir.foundation.records.declaration import Panel, RecordType, Scope
from hatir.foundation.records.registry import register

CONSENT = register(
    RecordType(
        key="privacy.consent",
        model=Consent,
        title="evidence",
        path="consents",
        icon="shield-check",
        create=actions.record_consents,
        update=actions.complete_consents,
        list_columns=("customer", "channel", "status", "obtained_from", "obtained_at", "evidence"),
        quick_fields=("customer", "channel", "status", "obtained_from", "obtained_at", "evidence"),
        order=("-obtained_at", "-id"),
        match_on=("customer", "channel", "status", "obtained_at"),
        scope=Scope(follows="customer"),
        part_of="customer",
        panels=(
            Panel(
                "customers.customer",
                _("Consents"),
                queries.consents_of,
                "privacy.consent",
                "customer",
                icon="shield-check",
                order=60,
            ),
        ),
    )
)
