"""Endpoints that want to hear, what was told to them, and requests of programs that were answered once."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.models import Record
from hatir.kit.ids import new_id

WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given_up"
STATES = ((WAITING, _("waiting")), (DELIVERED, _("delivered")), (GIVEN_UP, _("given up")))


class WebhookEndpoint(Record):
    """An address of an outside program that is told what happens here."""

    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), max_length=500)
    events = models.CharField(
        _("events"),
        max_length=1000,
        default="*",
        help_text=_("Separated by commas: customers.customer.created, customers.*; * means everything."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("acts for"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Only what this colleague may see is sent."),
    )
    sealed_secrets = models.TextField(editable=False, default="")
    secret_shown_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    disabled_because = models.CharField(_("switched off because"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One event for one endpoint. `body` is kept as sent, so that a repetition is the same to the byte."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event_type = models.CharField(_("event"), max_length=120)
    event_id = models.BigIntegerField(null=True)
    about_id = models.BigIntegerField(null=True)
    body = models.TextField()
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=WAITING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id", "about_id"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log"),
            models.Index(fields=["next_at"], name="webhook_delivery_due", condition=models.Q(state=WAITING)),
            models.Index(fields=["created_at"], name="webhook_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.id}"

    @property
    def message_id(self) -> str:
        """Give the `webhook-id`: the same for every attempt, so that receivers can drop repetitions."""
        from hatir.kit.ids import encode_id

        return f"msg_{encode_id(self.pk)}"


class WebhookAttempt(models.Model):
    """One try to deliver: what came back, and how long it took."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(default=0)
    answer = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status}"


class AnsweredRequest(models.Model):
    """A request that came with an Idempotency-Key, and its answer once there is one."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="answered_request_once")]
        indexes = [models.Index(fields=["created_at"], name="answered_request_age")]

    def __str__(self) -> str:
        return self.key
