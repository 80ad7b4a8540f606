"""What makes a lead promising."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.leads.models.visits import TOUCHES
from hatir.foundation.records.models import Record

FIT, BEHAVIOUR = "fit", "behaviour"
SCORE_KINDS = ((FIT, _("Who they are")), (BEHAVIOUR, _("What they do")))


class ScoreRule(Record):
    """Points for who a lead is (`rule`, a filter on leads) or for what it does (`event`, worth less as it ages).

    The points of an event halve every `half_life_days`; `page_contains` narrows visits to some pages.
    """

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=9, choices=SCORE_KINDS, default=FIT)
    points = models.SmallIntegerField(_("points"), default=10)
    rule = models.TextField(
        _("conditions"), blank=True, default="", help_text=_("Which leads get the points for who they are.")
    )
    event = models.CharField(_("event"), max_length=5, choices=TOUCHES, blank=True, default="")
    page_contains = models.CharField(_("address contains"), max_length=100, blank=True, default="")
    half_life_days = models.PositiveSmallIntegerField(_("halves after (days)"), default=14)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("score rule")
        verbose_name_plural = _("score rules")

    def __str__(self) -> str:
        return self.name
