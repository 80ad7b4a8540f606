"""Settings that the screens read: the company's working time, and everybody's own keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hatir.foundation.preferences.declaration import Preference, declare

DAYS = (
    ("mon", _("Monday")),
    ("tue", _("Tuesday")),
    ("wed", _("Wednesday")),
    ("thu", _("Thursday")),
    ("fri", _("Friday")),
    ("sat", _("Saturday")),
    ("sun", _("Sunday")),
)
HOURS = tuple((f"{hour:02d}:{minute:02d}", f"{hour:02d}:{minute:02d}") for hour in range(24) for minute in (0, 30))

declare(
    Preference(
        "company.work_days",
        "multichoice",
        _("Working days"),
        ["mon", "tue", "wed", "thu", "fri"],
        choices=DAYS,
        section="hours",
    )
)
declare(Preference("company.work_from", "choice", _("Work begins"), "09:00", choices=HOURS, section="hours"))
declare(Preference("company.work_until", "choice", _("Work ends"), "18:00", choices=HOURS, section="hours"))
declare(
    Preference(
        "user.keys",
        "text",
        _("Own keys"),
        "",
        _("Pairs of the usual key and your own, such as n=y, f=u."),
        level="user",
        section="look",
        max_length=200,
    )
)
declare(Preference("user.first_steps", "choice", _("First steps"), "open", choices=(
    ("open", _("Shown")), ("later", _("Later")),
), level="user", section="look"))  # fmt: skip
declare(Preference("user.role", "text", _("What I do here"), "", level="user", section="look", max_length=40))
