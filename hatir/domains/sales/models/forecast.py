"""What is aimed at, what was expected week by week, and what was learnt from decided deals."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hatir.domains.sales.models.deals import CURRENCIES, Deal
from hatir.foundation.records.models import OwnedRecord
from hatir.kit.ids import new_id

MONTH, QUARTER = "month", "quarter"
PERIODS = ((MONTH, _("Month")), (QUARTER, _("Quarter")))


class Quota(OwnedRecord):
    """What somebody is to win in a month or quarter: a person (`owner`), a team, a territory (`branch`), or all.

    `starts_on` is the first day of the period; `name` says whose and when, and follows unless somebody writes it.
    """

    name = models.CharField(_("name"), max_length=200, blank=True, unique=True)
    period = models.CharField(_("period"), max_length=7, choices=PERIODS, default=MONTH)
    starts_on = models.DateField(_("begins"))
    branch = models.ForeignKey(
        "staff.Branch", verbose_name=_("territory"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    amount = models.DecimalField(_("target"), max_digits=17, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="TRY")

    class Meta:
        verbose_name = _("sales target")
        verbose_name_plural = _("sales targets")
        indexes = [models.Index(fields=["starts_on", "period"], name="quota_period")]

    def __str__(self) -> str:
        return self.name


class ForecastSnapshot(models.Model):
    """How the open deals stood on a day; `rows` are taken in one go."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    taken_on = models.DateField(unique=True)
    taken_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.taken_on)


class SnapshotRow(models.Model):
    """One open deal on the day of a snapshot: compact, written in batch, never changed. `chance` is in per cent."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    snapshot = models.ForeignKey(ForecastSnapshot, on_delete=models.CASCADE, related_name="rows", db_index=False)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    stage_id = models.BigIntegerField()
    category = models.CharField(max_length=9)
    amount = models.DecimalField(max_digits=17, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    chance = models.PositiveSmallIntegerField()
    expected_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["snapshot", "expected_on", "deal"], name="snapshot_row_day")]
        constraints = [models.UniqueConstraint(fields=["snapshot", "deal"], name="snapshot_row_once")]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.deal_id}"


class WinModel(models.Model):
    """What was learnt from decided deals, and how well it told the later ones; the newest counts.

    `refusal` says why nothing could be learnt; then `model` and `report` are empty.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    trained_at = models.DateTimeField(default=timezone.now)
    model = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    refusal = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["-trained_at"], name="win_model_newest")]

    def __str__(self) -> str:
        return str(self.trained_at)
