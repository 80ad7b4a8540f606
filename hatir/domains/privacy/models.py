"""Statements of customers: what they allow, what they refuse."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.customers.models import Customer
from hatir.domains.privacy.rules import GIVEN, REFUSED
from hatir.foundation.records.models import Record

CHANNELS = (("email", _("E-mail")), ("sms", _("SMS")), ("call", _("Call")), ("whatsapp", _("WhatsApp")))
STATUSES = ((GIVEN, _("Given")), (REFUSED, _("Refused")))
ORIGINS = (
    ("HS_FIZIKSEL_ORTAM", _("Paper form")),
    ("HS_ISLAK_IMZA", _("Wet signature")),
    ("HS_WEB", _("Website")),
    ("HS_CAGRI_MERKEZI", _("Call centre")),
    ("HS_SOSYAL_MEDYA", _("Social media")),
    ("HS_EPOSTA", _("E-mail")),
    ("HS_MESAJ", _("Text message")),
    ("HS_MOBIL", _("Mobile application")),
    ("HS_EORTAM", _("Electronic environment")),
    ("HS_ETKINLIK", _("Event")),
    ("HS_2015", _("Before 1 May 2015")),
    ("HS_ATM", _("ATM")),
    ("HS_KARAR", _("Decision of an authority")),
    ("IYS_WEB", _("İYS website")),
    ("IYS_MOBIL", _("İYS mobile application")),
    ("IYS_3338", _("İYS text message to 3338")),
    ("IYS_CM", _("İYS call centre")),
    ("IYS_KISA_LINK", _("İYS short link")),
)


class Consent(Record):
    """One statement of a customer for one channel. It stays; of each channel the newest by date counts.

    `obtained_from` is where it was said, in the words of İYS; `evidence` how it can be shown (for an import its file
    and line).
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="consents"
    )
    channel = models.CharField(_("channel"), max_length=8, choices=CHANNELS)
    status = models.CharField(_("consent"), max_length=7, choices=STATUSES)
    obtained_from = models.CharField(_("obtained from"), max_length=20, choices=ORIGINS)
    obtained_at = models.DateTimeField(_("obtained at"))
    evidence = models.CharField(_("evidence"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(fields=["customer", "channel", "-obtained_at", "-id"], name="consent_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_status_display()}"
