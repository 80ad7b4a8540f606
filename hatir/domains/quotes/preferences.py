"""How the company quotes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.numbering.declaration import declare_series
from hatir.foundation.preferences.declaration import Preference, declare

SECTION = "quotes"
QUOTES = declare_series("quotes.quote", _("Quote numbers"), "TK{year}-{number}")
VALID_DAYS = declare(
    Preference(
        "quotes.valid_days", "integer", _("Quotes are valid for"), 30, unit=_("days"), section=SECTION,
        minimum=1, maximum=365,
    )
)  # fmt: skip
APPROVAL_TOTAL = declare(
    Preference(
        "quotes.approval_total", "integer", _("Quotes above this total need approval"), 0,
        _("In lira, with KDV; 0 asks nobody. Discounts beyond one’s limit always need approval."),
        unit="₺", section=SECTION, minimum=0, maximum=2_000_000_000,
    )
)  # fmt: skip
FOLLOW_UP_DAYS = declare(
    Preference(
        "quotes.follow_up_days", "integer", _("Remind of quotes without an answer after"), 3,
        _("The owner gets a task; 0 reminds nobody."),
        unit=_("days"), section=SECTION, minimum=0, maximum=90,
    )
)  # fmt: skip
TERMS = declare(
    Preference(
        "quotes.terms", "longtext", _("Terms of quotes"), "",
        _("Stands below every new quote: payment, delivery, guarantee."), section=SECTION, max_length=4000,
    )
)  # fmt: skip
