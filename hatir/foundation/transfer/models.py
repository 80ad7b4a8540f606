"""Imports on their way: the run, the rows that were refused, links to tie at the end, remembered mappings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.foundation.files.models import StoredFile
from hatir.kit.ids import encode_id, new_id

DRAFT, CHECKING, CHECKED, RUNNING, DONE, FAILED, CANCELLED, REVERTING, REVERTED = (
    "draft", "checking", "checked", "running", "done", "failed", "cancelled", "reverting", "reverted",
)  # fmt: skip
STATES = (
    (DRAFT, _("Draft")),
    (CHECKING, _("Checking")),
    (CHECKED, _("Checked")),
    (RUNNING, _("Importing")),
    (DONE, _("Done")),
    (FAILED, _("Failed")),
    (CANCELLED, _("Cancelled")),
    (REVERTING, _("Taking back")),
    (REVERTED, _("Taken back")),
)


class ImportRun(models.Model):
    """One file on its way in.

    `table` says how the file is read, `mapping` which column (by place) goes to which field, `options` the rest.
    `next_row` is the checkpoint: so many rows are dealt with and committed. `counts` are those of the import,
    `check_counts` and `check_notes` those of the trial before it.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=STATES, default=DRAFT)
    table = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    row_count = models.BigIntegerField(null=True)
    next_row = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    check_counts = models.JSONField(default=dict)
    check_notes = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    operation = models.CharField(max_length=32, blank=True)
    job_id = models.BigIntegerField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["created_by", "-id"], name="import_by_user")]

    def __str__(self) -> str:
        return f"{self.type_key} {self.public_id}"

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)


class Rejection(models.Model):
    """A row that was refused, or (`imported`) imported without one of its values; `is_trial` in the check."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejections")
    is_trial = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)
    line = models.BigIntegerField()
    cells = models.JSONField()
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["run", "is_trial", "line"], name="rejection_of_run")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class LooseEnd(models.Model):
    """A link to a record of the same file that may come later; tied when all rows are in."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="loose_ends")
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=80)
    wanted = models.CharField(max_length=400)
    line = models.BigIntegerField()
    cells = models.JSONField()

    def __str__(self) -> str:
        return f"{self.line}: {self.field} {self.wanted}"


class RememberedMapping(models.Model):
    """How columns of these names were mapped last time; `signature` is a hash of the folded headers."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    options = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type_key", "signature"], name="mapping_once")]

    def __str__(self) -> str:
        return f"{self.type_key} {self.signature[:8]}"
