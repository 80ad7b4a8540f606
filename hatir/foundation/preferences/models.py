"""Settings that the company or a user has chosen; what is not here has its default."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from hatir.kit.ids import new_id


class StoredPreference(models.Model):
    """One chosen value; without a user it is the company's."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    key = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    value: models.JSONField[Any, Any] = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="preference_company_once", condition=models.Q(user=None)),
            models.UniqueConstraint(fields=["user", "key"], name="preference_user_once"),
        ]

    def __str__(self) -> str:
        return self.key
