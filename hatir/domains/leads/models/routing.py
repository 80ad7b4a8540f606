"""Days on which nobody works."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import Record


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
