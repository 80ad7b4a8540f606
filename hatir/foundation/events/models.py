"""The outbox: events stored in the same transaction as the change, and what became of them."""

from __future__ import annotations

from django.db import models

from hatir.kit.ids import new_id


class OutboxEvent(models.Model):
    """One stored event. `delivered_at` is set when every reaction has run or has its own retry row."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    key = models.CharField(max_length=80)
    payload = models.JSONField()
    about_type = models.CharField(max_length=80, blank=True)
    about_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=12)
    actor_label = models.CharField(max_length=120, blank=True)
    user_id = models.BigIntegerField(null=True)
    operation = models.CharField(max_length=32)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outbox_open", condition=models.Q(delivered_at=None)),
            models.Index(fields=["created_at"], name="outbox_created"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.id}"


class Handling(models.Model):
    """One reaction's dealing with one event: kept when done (so that it is done once) and while it fails."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="handlings")
    reaction = models.CharField(max_length=120)
    about_id = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="handling_once")]
        indexes = [
            models.Index(fields=["reaction", "about_id"], name="handling_open", condition=models.Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.reaction} {self.event_id}"
