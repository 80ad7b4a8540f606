"""How calendars outside are tied to tasks: feed links, and what a phone's calendar stored."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from hatir.domains.planning.models.tasks import Task
from hatir.kit.ids import new_id


class FeedLink(models.Model):
    """A link under which a person's calendar is read by whoever holds it; kept as a hash, shown once."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class CalendarObject(models.Model):
    """A task as a calendar program knows it: the name and UID that it chose, and its own text.

    `text` is given back as it was sent while the task stands at `text_version`; afterwards it lends what Hatır does
    not know (attendees, colours, further alarms).
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="calendar_object")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    uid = models.CharField(max_length=255)
    text = models.TextField(blank=True, default="")
    text_version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="calendar_object_name")]

    def __str__(self) -> str:
        return self.name
