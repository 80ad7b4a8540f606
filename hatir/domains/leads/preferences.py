"""What a company decides about its leads: how soon they are answered, when they count as silent."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

RESPONSE_MINUTES = declare(
    Preference(
        key="leads.response_minutes",
        kind="integer",
        label=_("First response to a lead"),
        unit=_("working minutes"),
        default=60,
        minimum=1,
        maximum=10_000,
        section="leads",
        help=_("Within this working time somebody should have called or written. An assignment rule may say less."),
    )
)
SILENT_DAYS = declare(
    Preference(
        key="leads.silent_days",
        kind="integer",
        label=_("Leads without activity"),
        unit=_("days"),
        default=7,
        minimum=0,
        maximum=365,
        section="leads",
        help=_("After so many days without activity a lead gives its owner a task. 0: never."),
    )
)
