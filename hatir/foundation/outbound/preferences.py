"""What a company may decide about where its house calls."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare
from hatir.foundation.preferences.queries import value_of

INNER = declare(
    Preference(
        "webhooks.inner_addresses",
        "boolean",
        _("Webhooks and scheduled imports may call addresses inside our own network"),
        False,
        _("Leave this off unless the other program or the file stands on your own servers."),
        section="api",
    )
)


def inner_addresses_allowed() -> bool:
    """Ask whether loopback and private addresses may be called."""
    return bool(value_of(INNER.key))
