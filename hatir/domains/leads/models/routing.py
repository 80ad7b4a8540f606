"""To whom leads go, and on which days nobody works."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import Record

PERSON, TEAM, ROUND_ROBIN, LOWEST_LOAD, TERRITORY, SKILL = "person", "team", "turns", "load", "territory", "skill"
WAYS = (
    (PERSON, _("One person")),
    (TEAM, _("A team, nobody in it yet")),
    (ROUND_ROBIN, _("The people of a team in turn")),
    (LOWEST_LOAD, _("Who of a team has the fewest open leads")),
    (TERRITORY, _("The team that works in the lead’s city")),
    (SKILL, _("The team with the skill or product that the lead asks for")),
)


class Holiday(Record):
    """A day on which the company is closed; with `ends_at_noon` it closes at 13:00, as on the eve of a feast."""

    name = models.CharField(_("name"), max_length=80)
    day = models.DateField(_("day"), unique=True)
    ends_at_noon = models.BooleanField(_("closed from 13:00 on"), default=False)

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays")

    def __str__(self) -> str:
        return self.name


class AssignmentRule(Record):
    """Who gets leads that fit `rule` (a filter on leads in its text form; empty: all). The first rule that fits counts.

    `last_user_id` remembers whose turn it was.
    """

    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    rule = models.TextField(_("conditions"), blank=True, default="", help_text=_("Empty: all leads."))
    way = models.CharField(_("goes to"), max_length=10, choices=WAYS, default=PERSON)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    team = models.ForeignKey(
        "staff.Team", verbose_name=_("team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    response_minutes = models.PositiveIntegerField(
        _("first response within (working minutes)"), null=True, blank=True, help_text=_("Empty: as in the settings.")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    last_user_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")

    def __str__(self) -> str:
        return self.name
