"""Profiles of the data, and the records in which a check found something."""

from __future__ import annotations

from django.db import models

from hatir.kit.ids import new_id


class Profile(models.Model):
    """What one pass over all records of a type found. `figures` maps a field to {filled, checks: {check: count}}."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    taken_at = models.DateTimeField()
    row_count = models.PositiveIntegerField()
    figures = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["type_key", "-taken_at"], name="quality_profile_of")]

    def __str__(self) -> str:
        return f"{self.type_key} {self.taken_at}"


class Finding(models.Model):
    """A check found something in a field of a record; `suggestion` is empty where nobody can say what is right."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="findings")
    type_key = models.CharField(max_length=80)
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=80)
    check_key = models.CharField(max_length=40)
    value = models.TextField()
    suggestion = models.TextField(blank=True)
    is_skipped = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["type_key", "field", "check_key", "record_id"], name="quality_finding_of")]

    def __str__(self) -> str:
        return f"{self.type_key} {self.record_id} {self.field} {self.check_key}"
