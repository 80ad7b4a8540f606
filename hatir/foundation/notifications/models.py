"""The feed, who follows what, and what each user wants to hear."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.refs import PointsAt
from hatir.kit.ids import new_id

LEVELS = (("task", _("For me to do")), ("info", _("For me to know")), ("team", _("Team")))
KINDS = (
    ("mention", _("Somebody mentions me")),
    ("assigned", _("A record is given to me")),
    ("task", _("A task is given to me")),
    ("reminder", _("A task of mine is due soon")),
    ("followed", _("A record that I follow changes")),
    ("job_done", _("An import or another long job ends")),
    ("job_failed", _("A job fails")),
    ("mass_export", _("Very many records are exported")),
    ("other", _("Everything else")),
)


class Notification(models.Model):
    """One item of one user's feed. `text` and `detail` are written when it is made, in the user's language.

    `url` is where its action leads; `ref` the record it is about. One event makes one item a user.
    """

    points_at = (PointsAt("ref_type", "ref_id"),)

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=4, choices=LEVELS, default="info")
    kind = models.CharField(max_length=12, choices=KINDS, default="other")
    text = models.CharField(max_length=300)
    detail = models.CharField(max_length=300, blank=True, default="")
    action = models.CharField(max_length=60, blank=True, default="")
    url = models.CharField(max_length=300, blank=True, default="")
    ref_type = models.CharField(max_length=80, blank=True, default="")
    ref_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=120, blank=True, default="")
    event_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_feed"),
            models.Index(fields=["user"], name="notification_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["at"], name="notification_at"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "user", "kind"],
                name="notification_once",
                condition=models.Q(event_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.text


class Follow(models.Model):
    """A user follows a record."""

    points_at = (PointsAt("type_key", "record_id"),)

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    type_key = models.CharField(max_length=80)
    record_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_id", "user"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.type_key} {self.record_id}"


class Wish(models.Model):
    """What a user wants to hear: kinds that are muted, quiet hours (local, may pass midnight), the digest."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True)
    muted = models.JSONField(default=list)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    digest = models.BooleanField(default=True)
    digest_sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.user_id)
