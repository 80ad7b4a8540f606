"""Requests to let a deal into a stage, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.sales.models.deals import Deal
from hatir.domains.sales.models.pipelines import Stage
from hatir.kit.ids import encode_id, new_id

ASKED, APPROVED, REFUSED, WITHDRAWN, LAPSED = "asked", "approved", "refused", "withdrawn", "lapsed"
STATES = (
    (ASKED, _("Asked")),
    (APPROVED, _("Approved")),
    (REFUSED, _("Refused")),
    (WITHDRAWN, _("Taken back")),
    (LAPSED, _("No longer valid")),
)


class DealApproval(models.Model):
    """Somebody asked to let a deal into a stage; at most one asking of a deal is open.

    `watched` holds what was asked about, by field: the amount, its currency, and what the stage's condition asks. When
    one of these changes (or the amount grows) the asking lapses. With `is_standing` the deal stands in the stage
    already and outgrew what was approved; a refusal then sends it back.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="approvals", db_index=False)
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=STATES, default=ASKED)
    is_standing = models.BooleanField(default=False)
    watched = models.JSONField(default=dict)
    asked_ids = models.JSONField(default=list)
    """Ids of the users who were asked; administrators, where nobody else could be."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["deal", "-id"], name="deal_approval_deal"),
            models.Index(fields=["-asked_at"], name="deal_approval_open", condition=models.Q(state=ASKED)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["deal"], name="deal_approval_one_open", condition=models.Q(state=ASKED))
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.stage_id} {self.state}"

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)
