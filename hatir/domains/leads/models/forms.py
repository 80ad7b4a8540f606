"""Web forms, what they ask, and what came in through them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.leads.models.leads import Lead
from hatir.domains.leads.models.visits import Visitor
from hatir.domains.privacy.models import CHANNELS
from hatir.foundation.records.models import OwnedRecord, Record
from hatir.kit.ids import new_id

QUESTION = "question"
ASKS = (
    ("name", _("Name")),
    ("email", _("E-mail")),
    ("phone", _("Phone")),
    ("company_name", _("Company name")),
    ("job_title", _("Job title")),
    ("city", _("City")),
    ("need", _("Need")),
    (QUESTION, _("A question of your own")),
)


class WebForm(OwnedRecord):
    """A form for the company's website. `token` is part of its address; `origins` are the websites that may embed it.

    Leads that come through it get `lead_source` and, where given, their owner and team; else the rules of assignment
    decide.
    """

    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("heading"), max_length=200, blank=True, default="")
    intro = models.TextField(_("introduction"), blank=True, default="")
    button = models.CharField(_("text of the button"), max_length=60, blank=True, default="")
    consent_text = models.TextField(_("text of the consent"), blank=True, default="")
    consent_channel = models.CharField(
        _("channel of the consent"), max_length=8, choices=CHANNELS, blank=True, default=""
    )
    thank_you = models.TextField(_("words of thanks"), blank=True, default="")
    redirect_url = models.URLField(_("page after sending"), blank=True, default="")
    lead_source = models.CharField(_("source of its leads"), max_length=40, blank=True, default="")
    assign_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("leads go to"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    assign_team = models.ForeignKey(
        "staff.Team", verbose_name=_("leads go to the team"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )  # fmt: skip
    origins = models.TextField(
        _("websites that may embed it"), blank=True, default="", help_text=_("One in a line, such as https://ornek.com")
    )
    is_active = models.BooleanField(_("takes entries"), default=True)
    link = models.CharField(_("link"), max_length=300, blank=True, default="", editable=False)
    token = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("web form")
        verbose_name_plural = _("web forms")

    def __str__(self) -> str:
        return self.name


class FormField(Record):
    """One thing that a form asks. `options`, one in a line, make it a choice."""

    form = models.ForeignKey(WebForm, verbose_name=_("web form"), on_delete=models.CASCADE, related_name="fields")
    asks = models.CharField(_("asks for"), max_length=12, choices=ASKS, default="name")
    label = models.CharField(_("label"), max_length=120, blank=True, default="")
    is_required = models.BooleanField(_("must be answered"), default=False)
    options = models.TextField(_("choices"), blank=True, default="", help_text=_("One in a line; empty: free text."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("field of a form")
        verbose_name_plural = _("fields of forms")

    def __str__(self) -> str:
        return self.label or str(self.get_asks_display())


class FormSubmission(models.Model):
    """What somebody sent. `address_hash` tells addresses apart for a day without keeping them, `print_hash` entries.

    `consent` with the text as it was shown is the evidence of a consent; it is written down as one when the lead is
    converted. `joined` entries came from a lead that was there already.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    form = models.ForeignKey(WebForm, on_delete=models.CASCADE, related_name="submissions")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.CASCADE, related_name="submissions")
    visitor = models.ForeignKey(Visitor, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    address_hash = models.CharField(max_length=32)
    print_hash = models.CharField(max_length=32)
    page = models.CharField(max_length=500, blank=True, default="")
    consent = models.BooleanField(default=False)
    consent_channel = models.CharField(max_length=8, blank=True, default="")
    consent_text = models.TextField(blank=True, default="")
    joined = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["form", "at"], name="form_entry_form"),
            models.Index(fields=["address_hash", "at"], name="form_entry_address"),
            models.Index(fields=["form", "print_hash", "at"], name="form_entry_print"),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} {self.at}"
