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
FORM_PER_MINUTE = declare(
    Preference(
        key="leads.form_per_minute",
        kind="integer",
        label=_("Entries of one form"),
        unit=_("a minute"),
        default=120,
        minimum=1,
        maximum=100_000,
        section="leads",
        help=_("More than this is refused for a while: a robot floods the form."),
    )
)
FORM_PER_ADDRESS = declare(
    Preference(
        key="leads.form_per_address",
        kind="integer",
        label=_("Entries from one address"),
        unit=_("in ten minutes"),
        default=10,
        minimum=1,
        maximum=100_000,
        section="leads",
        help=_("More than this from one internet address is refused for a while."),
    )
)
SITES = declare(
    Preference(
        key="leads.sites",
        kind="longtext",
        label=_("Our websites"),
        default="",
        section="leads",
        help=_("Pages of these websites, one in a line, may report visits of people who agreed to it."),
    )
)
FIT_POINTS = declare(
    Preference(
        key="leads.fit_points",
        kind="integer",
        label=_("Fit with the target customer"),
        unit=_("points"),
        default=30,
        minimum=0,
        maximum=100,
        section="leads",
        help=_("So many points a lead gets that meets all criteria of the target customer that leads can meet."),
    )
)
