"""The audit trail: who did what, when, from where, and what the values were before and after."""

from __future__ import annotations

from typing import Any

from django.db import models

from hatir.kit.ids import new_id


class AuditEntry(models.Model):
    """One thing that somebody did to one record, or to the house.

    `changes` maps field names to [old, new]; a new record keeps only what was filled. Rows are never
    changed but by the sealing job, which gives each its place (`seal_no`) in the chain and its seal.
    Users are kept by id and label, so that an entry outlives them.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    at = models.DateTimeField()
    operation = models.CharField(max_length=32)
    actor_kind = models.CharField(max_length=12)
    actor_label = models.CharField(max_length=120, blank=True)
    user_id = models.BigIntegerField(null=True)
    origin = models.CharField(max_length=120, blank=True)
    verb = models.CharField(max_length=20)
    type_key = models.CharField(max_length=80, blank=True)
    record_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200, blank=True)
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    erased_at = models.DateTimeField(null=True)
    """When personal values were taken out of this entry; its digest still stands for what was there."""
    digest = models.CharField(max_length=64, blank=True)
    seal_no = models.BigIntegerField(null=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal_no"], condition=models.Q(seal_no__isnull=False), name="audit_seal_no")
        ]
        indexes = [
            models.Index(fields=["type_key", "record_id", "-id"], name="audit_record"),
            models.Index(fields=["operation", "-id"], name="audit_operation_latest"),
            models.Index(fields=["user_id", "-id"], name="audit_user"),
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(seal_no=None)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.type_key} {self.title}"


class ChainHead(models.Model):
    """Where the chain of seals stands: one row. `first_*` moves on when old entries are let go."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    first_no = models.BigIntegerField(default=1)
    first_previous = models.CharField(max_length=64, blank=True)
    last_no = models.BigIntegerField(default=0)
    last_entry_id = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.last_no} {self.seal[:12]}"
