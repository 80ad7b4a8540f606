"""Who looked at the company's website, as far as they agreed to it, and every touch on the way to a lead."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hatir.domains.leads.models.leads import Lead
from hatir.kit.ids import new_id

VISIT, FORM, REPLY = "visit", "form", "reply"
TOUCHES = ((VISIT, _("Visit")), (FORM, _("Form")), (REPLY, pgettext_lazy("touch", "Reply")))


class Visitor(models.Model):
    """A browser that agreed to be recognised; only the hash of its random token is kept. `lead` once it is known."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    token_hash = models.CharField(max_length=64, unique=True)
    address_hash = models.CharField(max_length=32)
    first_at = models.DateTimeField()
    lead = models.ForeignKey(Lead, null=True, on_delete=models.CASCADE, related_name="visitors")

    class Meta:
        indexes = [models.Index(fields=["address_hash", "first_at"], name="visitor_address")]

    def __str__(self) -> str:
        return f"{self.first_at}"


class Touch(models.Model):
    """One contact with somebody who is or may become a lead: a page seen, a form sent, an answer received."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    visitor = models.ForeignKey(Visitor, null=True, on_delete=models.SET_NULL, related_name="touches")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.CASCADE, related_name="touches")
    at = models.DateTimeField()
    kind = models.CharField(max_length=5, choices=TOUCHES, default=VISIT)
    page = models.CharField(max_length=500, blank=True, default="")
    title = models.CharField(max_length=200, blank=True, default="")
    referrer = models.CharField(max_length=500, blank=True, default="")
    origin = models.CharField(max_length=100, blank=True, default="")
    utm_source = models.CharField(max_length=100, blank=True, default="")
    utm_medium = models.CharField(max_length=100, blank=True, default="")
    utm_campaign = models.CharField(max_length=100, blank=True, default="")
    utm_term = models.CharField(max_length=100, blank=True, default="")
    utm_content = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["visitor", "at"], name="touch_visitor"),
            models.Index(fields=["lead", "at"], name="touch_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
