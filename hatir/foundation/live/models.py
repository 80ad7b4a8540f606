"""Who is on which record right now, shared by all processes."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from hatir.kit.ids import new_id


class Presence(models.Model):
    """A user looks at a record; `editing_at` says when they last opened a field of it for editing."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    record_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(db_index=True)
    editing_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_id", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.type_key} {self.record_id}"
