"""How the company prices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

RATES = "rates"
"""The section of the settings on exchange rates."""
FETCH_RATES = declare(
    Preference(
        key="catalog.fetch_rates",
        kind="boolean",
        label=_("Fetch exchange rates every working day"),
        default=False,
        help=_("In the afternoon the server asks the publisher; days that are missing are filled, at most 14."),
        section=RATES,
    )
)
RATE_MARKET = declare(
    Preference(
        key="catalog.rate_market",
        kind="choice",
        label=_("Rate that is taken over"),
        default="forex",
        choices=(("forex", _("Forex (money on accounts)")), ("banknote", _("Banknotes (cash)"))),
        help=_("Holds for what is fetched from now on. Where there is no rate for banknotes, forex is taken."),
        required=True,
        section=RATES,
    )
)
RATE_DAYS = declare(
    Preference(
        key="catalog.rate_days",
        kind="integer",
        label=_("Days that an exchange rate holds"),
        unit=_("days"),
        default=15,
        minimum=1,
        maximum=365,
        help=_("On days without a rate (weekends, holidays) the last one counts, if it is not older than this."),
        section=RATES,
    )
)
RATE_SIDE = declare(
    Preference(
        key="catalog.rate_side",
        kind="choice",
        label=_("Exchange rate for prices"),
        default="selling",
        choices=(("selling", _("Selling rate")), ("buying", _("Buying rate"))),
        required=True,
        section=RATES,
    )
)
DISCOUNT_LIMIT = declare(
    Preference(
        key="catalog.discount_limit_percent",
        kind="integer",
        label=_("Discount without approval"),
        unit="%",
        default=15,
        minimum=0,
        maximum=100,
        help=_("Whoever has no limit of their role may give so many per cent off; above it somebody has to approve."),
    )
)
