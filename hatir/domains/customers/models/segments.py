"""Segments: a rule, who fits it now, and who came and went when; and the target customer with its criteria."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.customers.models.customers import Customer
from hatir.foundation.records.models import OwnedRecord, Record
from hatir.kit.ids import new_id


class Segment(OwnedRecord):
    """Customers who fit a rule. `rule` is a filter of customers in the one-line text form of the filter language.

    Who fits is stored (`SegmentMember`) and kept true; `member_count` and `counted_at` follow from it.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    rule = models.TextField(_("conditions"))
    hue = models.PositiveSmallIntegerField(_("colour"), default=0)
    member_count = models.PositiveIntegerField(_("members"), null=True, blank=True, editable=False)
    counted_at = models.DateTimeField(_("calculated"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")

    def __str__(self) -> str:
        return self.name


class SegmentMember(models.Model):
    """A customer is in a segment now."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "customer"], name="segment_member_once")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.customer_id}"


class SegmentStay(models.Model):
    """A customer was in a segment from one instant to another; no end while the customer is in it."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"], name="segment_stay_open_once", condition=models.Q(left_at=None)
            )
        ]
        indexes = [
            models.Index(fields=["segment", "entered_at"], name="segment_stay_entered"),
            models.Index(
                fields=["segment", "left_at"], name="segment_stay_left", condition=models.Q(left_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.customer_id} {self.entered_at}"


class SegmentCount(models.Model):
    """How many were in a segment at the end of a day."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "day"], name="segment_count_once")]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.day} {self.count}"


class TargetProfile(OwnedRecord):
    """The customer that the company looks for. Its criteria with their weights make the fit score of each customer."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("target customer")
        verbose_name_plural = _("target customers")

    def __str__(self) -> str:
        return self.name


class TargetCriterion(Record):
    """One thing by which a target customer is known, and how much it weighs."""

    profile = models.ForeignKey(
        TargetProfile, verbose_name=_("target customer"), on_delete=models.CASCADE, related_name="criteria"
    )
    name = models.CharField(_("name"), max_length=120)
    rule = models.TextField(_("conditions"))
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")

    def __str__(self) -> str:
        return self.name
