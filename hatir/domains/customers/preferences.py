"""Where the value bands of customers end."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

BAND_A = declare(
    Preference(
        key="customers.band_a_percent",
        kind="integer",
        label=_("Value band A: share of revenue"),
        unit="%",
        default=80,
        minimum=1,
        maximum=100,
        help=_("Customers who together bring this share of the revenue, from the most valuable on, are in band A."),
    )
)
BAND_B = declare(
    Preference(
        key="customers.band_b_percent",
        kind="integer",
        label=_("Value band B: share of revenue"),
        unit="%",
        default=15,
        minimum=0,
        maximum=100,
        help=_("The next customers, up to this further share, are in band B; the rest are in band C."),
    )
)
