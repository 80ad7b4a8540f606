"""What happened to records, one row each."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.records.refs import PointsAt
from hatir.kit.ids import new_id

KINDS = (
    ("note", _("Note")),
    ("call", _("Call")),
    ("meeting", _("Meeting")),
    ("task", _("Task")),
    ("message", _("Message")),
    ("money", _("Money")),
    ("system", _("Change")),
)
CHANNELS = (
    ("phone", _("Phone")),
    ("email", _("E-mail")),
    ("whatsapp", _("WhatsApp")),
    ("sms", _("SMS")),
    ("visit", _("Visit")),
    ("web", _("Web")),
)
DIRECTIONS = (("in", _("Incoming")), ("out", _("Outgoing")))
WRITTEN_KINDS = ("note", "call", "meeting", "task")
"""What people write in the composer; their authors may change them."""


class TimelineEntry(models.Model):
    """One thing that happened to the record `type_key:about_id` at an instant.

    `user_label` keeps the author's name as it was; `ref` may point at what caused it (an order, a contact
    point). `due_at` and `done_at` serve tasks and meetings. A system line keeps its facts in `data` and is
    put into words when it is read.
    """

    points_at = (PointsAt("type_key", "about_id"), PointsAt("ref_type", "ref_id"))

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    about_id = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=KINDS)
    channel = models.CharField(max_length=12, blank=True, default="")
    direction = models.CharField(max_length=3, blank=True, default="")
    user_id = models.BigIntegerField(null=True)
    user_label = models.CharField(max_length=120, blank=True, default="")
    title = models.CharField(max_length=300, blank=True, default="")
    body = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    ref_type = models.CharField(max_length=80, blank=True, default="")
    ref_id = models.BigIntegerField(null=True)
    event_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["about_id", "-at", "-id"], name="timeline_about"),
            models.Index(
                fields=["about_id", "due_at"],
                name="timeline_open",
                condition=models.Q(due_at__isnull=False, done_at=None),
            ),
            models.Index(fields=["at"], name="timeline_at"),
            models.Index(
                fields=["due_at"], name="timeline_due", condition=models.Q(due_at__isnull=False, done_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "about_id"], name="timeline_event_once", condition=models.Q(event_id__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.type_key} {self.about_id}"
