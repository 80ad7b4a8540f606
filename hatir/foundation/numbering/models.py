"""How far each series of numbers is."""

from __future__ import annotations

from django.db import models

from hatir.kit.ids import new_id


class Counter(models.Model):
    """The last number that a series gave in a period ("2026", or "" for a series that never begins anew)."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    series = models.CharField(max_length=80)
    period = models.CharField(max_length=7, blank=True, default="")
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "period"], name="numbering_counter_once")]

    def __str__(self) -> str:
        return f"{self.series} {self.period} {self.last}"
