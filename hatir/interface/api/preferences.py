"""What a company may decide about its API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare
from hatir.foundation.preferences.queries import value_of

STRANGERS_PER_MINUTE = 120
PER_MINUTE = declare(
    Preference(
        "api.per_minute",
        "integer",
        _("API requests of a key"),
        12_000,
        _("Beyond it a program is told to wait. Counted for each machine that serves Hatır."),
        _("a minute"),
        section="api",
        minimum=10,
        maximum=1_000_000,
    )
)
ORIGINS = declare(
    Preference(
        "api.origins",
        "longtext",
        _("Web pages that may call the API"),
        "",
        _("One origin a line, such as https://www.company.com. Empty allows none."),
        section="api",
        max_length=4000,
    )
)


def requests_per_minute() -> int:
    """Give how many requests a key or user may make in a minute."""
    return int(value_of(PER_MINUTE.key))


def strangers_per_minute() -> int:
    """Give how many requests without a valid key one address may make in a minute."""
    return STRANGERS_PER_MINUTE


def allowed_origins() -> frozenset[str]:
    """Give the origins whose pages may call the API."""
    return frozenset(line.strip().rstrip("/") for line in str(value_of(ORIGINS.key)).splitlines() if line.strip())
