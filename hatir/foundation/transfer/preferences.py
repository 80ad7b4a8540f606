"""From when on an export is told to the administrators."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare
from hatir.foundation.preferences.queries import value_of

MANY_RECORDS = declare(
    Preference(
        "transfer.told_records",
        "integer",
        _("Tell administrators when an export, or an hour of reading through the API, holds"),
        5000,
        _("Who takes out so many records at once is told to the other administrators. 0 tells nobody."),
        unit=_("records"),
        minimum=0,
        maximum=10_000_000,
    )
)
MANY_EXPORTS = declare(
    Preference(
        "transfer.told_exports",
        "integer",
        _("Tell administrators when someone exports within an hour"),
        20,
        _("Many small exports may be one large one. 0 tells nobody."),
        unit=_("times"),
        minimum=0,
        maximum=10_000,
    )
)


def told_records() -> int:
    """Give from how many records on one export is told; 0 for never."""
    return int(value_of(MANY_RECORDS.key))


def told_exports() -> int:
    """Give from how many exports within an hour on they are told; 0 for never."""
    return int(value_of(MANY_EXPORTS.key))
