"""How long the audit trail is kept."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

KEEP_DAYS = declare(
    Preference(
        key="audit.keep_days",
        kind="integer",
        label=_("Keep the audit trail for"),
        unit=_("days"),
        default=0,
        minimum=0,
        maximum=36_500,
        help=_("Older entries are deleted every night. 0 keeps everything."),
    )
)
