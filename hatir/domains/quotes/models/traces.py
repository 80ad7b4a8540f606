"""What a quote leaves behind: its steps, approvals, the customer's link and looks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.quotes.models.quotes import STATUSES, Quote
from hatir.kit.ids import new_id

ASKED, APPROVED, REFUSED = "asked", "approved", "refused"
DECISIONS = ((ASKED, _("Asked")), (APPROVED, _("Approved")), (REFUSED, _("Refused")))


class QuoteStep(models.Model):
    """A quote came from one status to another."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="steps", db_index=False)
    before = models.CharField(max_length=10, choices=STATUSES, blank=True, default="")
    status = models.CharField(max_length=10, choices=STATUSES)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["quote", "id"], name="quote_step_quote")]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.status}"


class Approval(models.Model):
    """Somebody asked for the approval of a quote; `discount` (per cent) and `worth` (lira) are what it is about."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="approvals")
    state = models.CharField(max_length=8, choices=DECISIONS, default=ASKED)
    discount = models.DecimalField(max_digits=7, decimal_places=2)
    worth = models.DecimalField(max_digits=20, decimal_places=2)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quote"], name="approval_one_open", condition=models.Q(state=ASKED))
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.state}"


class QuoteLink(models.Model):
    """The customer's way to a quote. It is shown again to whoever may see the quote, so it is kept as it is."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="links")
    token = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.quote_id)


class Sighting(models.Model):
    """The customer looked at a quote on a day, so often."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    on = models.DateField()
    times = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quote", "on"], name="sighting_once_a_day")]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.on}"
