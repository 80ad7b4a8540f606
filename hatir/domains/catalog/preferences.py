"""How the company prices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

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
