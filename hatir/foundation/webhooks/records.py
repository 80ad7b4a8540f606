"""The declaration of endpoints: list and form are the generic ones."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import register
from hatir.foundation.webhooks import actions
from hatir.foundation.webhooks.models import WebhookEndpoint

ENDPOINT = register(
    RecordType(
        key="webhooks.endpoint",
        model=WebhookEndpoint,
        title="name",
        label=_("webhook"),
        plural=_("webhooks"),
        icon="webhook",
        create=actions.create_endpoints,
        update=actions.update_endpoints,
        list_columns=("name", "url", "events", "is_active", "failing_since"),
        quick_fields=("name", "url", "events"),
        order=("name",),
        match_on=("name",),
        restricted={"url": MANAGE},
        hidden={"sealed_secrets", "secret_shown_at"},
        admin_only=True,
    )
)
