"""How many mails a colleague sends through sequences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

SECTION = "sequences"
PER_DAY = declare(
    Preference(
        "sequences.mails_per_day", "integer", _("Mails of sequences, each sender"), 80,
        _("More wait for the next working day."), unit=_("a day"), section=SECTION, minimum=1, maximum=5000,
    )
)  # fmt: skip
PER_HOUR = declare(
    Preference(
        "sequences.mails_per_hour", "integer", _("Mails of sequences, each sender and hour"), 20,
        _("They are spread over the hour."), unit=_("an hour"), section=SECTION, minimum=1, maximum=2000,
    )
)  # fmt: skip
