"""Messages that would have been sent, and whose turn it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.domains.sequences.models.enrolments import Enrolment
from hatir.domains.sequences.models.sequences import Step
from hatir.kit.ids import new_id


class KeptMessage(models.Model):
    """A mail that a sequence wrote while nothing sends mails: it is kept to be looked at, and stays here."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    key = models.CharField(max_length=60, unique=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="kept_messages")
    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="+")
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sender"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    to = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="kept_message_recent")]

    def __str__(self) -> str:
        return self.subject


class SenderTurn(models.Model):
    """One row for each sender, locked while mails of that sender go: so no two workers pass a limit together."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.user_id)
