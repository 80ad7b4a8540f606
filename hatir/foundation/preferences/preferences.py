"""The settings that every company and every user has."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

_COMMON_ZONES = (
    "Europe/Istanbul", "Europe/Berlin", "Europe/London", "Europe/Paris", "Asia/Baku", "Asia/Dubai", "Asia/Riyadh",
    "Asia/Tashkent", "America/New_York", "UTC",
)  # fmt: skip
ZONES = tuple((zone, zone) for zone in (*_COMMON_ZONES, *sorted(available_timezones() - set(_COMMON_ZONES))))
LEVELS = (
    ("all", _("Everything about my records")),
    ("important", _("Only what needs me")),
    ("none", _("Nothing")),
)
DIGESTS = (("off", _("Never")), ("daily", _("Every morning")), ("weekly", _("Every Monday")))

# --- the company ----------------------------------------------------------------------------------

declare(Preference("company.name", "text", _("Company name"), "", section="company", max_length=120))
declare(Preference("company.logo", "text", _("Logo"), "", _("The id of an uploaded picture."), section="company"))
declare(
    Preference(
        "company.logo_for_strangers",
        "boolean",
        _("Show the logo before signing in"),
        False,
        _("Whoever opens the sign-in page then sees the logo and the company's name."),
        section="company",
    )
)
declare(
    Preference(
        "company.zone",
        "choice",
        _("Time zone"),
        "Europe/Istanbul",
        _("Days, reminders and reports follow this zone."),
        choices=ZONES,
        section="company",
        required=True,
    )
)
declare(
    Preference(
        "company.currency",
        "choice",
        _("Currency"),
        "TRY",
        choices=(("TRY", "₺ TRY"), ("EUR", "€ EUR"), ("USD", "$ USD"), ("GBP", "£ GBP")),
        section="company",
        required=True,
    )
)
declare(
    Preference(
        "company.language",
        "choice",
        _("Language of the company"),
        "tr",
        _("For what the house writes by itself; every user may choose their own."),
        choices=(("tr", "Türkçe"), ("en", "English")),
        section="company",
        required=True,
    )
)
declare(
    Preference(
        "company.sector",
        "text",
        _("Line of business"),
        "",
        _("Suggests fields and templates that fit."),
        section="company",
        max_length=60,
    )
)
# What stands at the head of documents.
for _key, _label, _length in (
    ("legal_name", _("Legal name"), 200),
    ("address", _("Address"), 300),
    ("phone", _("Phone"), 40),
    ("email", _("E-mail"), 120),
    ("website", _("Website"), 120),
    ("tax_office", _("Tax office"), 80),
    ("tax_number", _("Tax number"), 20),
    ("iban", _("IBAN"), 40),
):
    declare(Preference(f"company.{_key}", "text", _label, "", section="company", max_length=_length))
declare(Preference("company.onboarded", "boolean", _("First steps are done"), False, section="company"))

# --- each user ------------------------------------------------------------------------------------

declare(
    Preference(
        "user.theme",
        "choice",
        _("Colours"),
        "auto",
        choices=(("auto", _("As my device")), ("light", _("Light")), ("dark", _("Dark"))),
        level="user",
        section="look",
    )
)
declare(
    Preference(
        "user.density",
        "choice",
        _("Row height"),
        "normal",
        choices=(("compact", _("Compact")), ("normal", _("Normal")), ("roomy", _("Roomy"))),
        level="both",
        section="look",
    )
)
declare(
    Preference(
        "user.language",
        "choice",
        _("Language"),
        "",
        _("Empty follows the company."),
        choices=(("tr", "Türkçe"), ("en", "English")),
        level="user",
        section="look",
    )
)
declare(
    Preference(
        "user.shortcuts",
        "boolean",
        _("Single-key shortcuts"),
        True,
        _("Keys such as F and Z work outside fields. Turn off when you use speech input."),
        level="user",
        section="look",
    )
)
declare(
    Preference(
        "user.sidebar", "choice", _("Sidebar"), "open",
        choices=(("open", _("Wide")), ("rail", _("Narrow"))), level="user", section="look",
    )
)  # fmt: skip
declare(
    Preference(
        "notify.level",
        "choice",
        _("Tell me about"),
        "important",
        choices=LEVELS,
        level="both",
        section="notifications",
    )
)
declare(
    Preference(
        "notify.digest", "choice", _("Summary by e-mail"), "off", choices=DIGESTS, level="both", section="notifications"
    )
)
declare(Preference("notify.sound", "boolean", _("Sound"), False, level="user", section="notifications"))
declare(
    Preference(
        "notify.quiet_from",
        "integer",
        _("Quiet from"),
        20,
        _("In quiet hours nothing rings; it waits in the list."),
        _("o'clock"),
        level="both",
        section="notifications",
        minimum=0,
        maximum=23,
    )
)
declare(
    Preference(
        "notify.quiet_until",
        "integer",
        _("Quiet until"),
        8,
        "",
        _("o'clock"),
        level="both",
        section="notifications",
        minimum=0,
        maximum=23,
    )
)
declare(
    Preference("notify.quiet_weekend", "boolean", _("Quiet at weekends"), True, level="both", section="notifications")
)
