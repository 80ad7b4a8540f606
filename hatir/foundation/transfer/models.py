"""Imports on their way: the run, refused rows, corrections, pairs of duplicates, links to tie, remembered mappings."""

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
    `value_map` says for a column (by place) what a value of the file (folded) becomes, `profile` what stands in the
    columns. `next_row` is the checkpoint: so many rows are dealt with and committed. `counts` are those of the import,
    `check_counts` and `check_notes` those of the trial before it; `sums` are those of the
    number columns (see `transfer.sums`). Files that were given together share a `bundle`
    (the id of one of their runs) and are imported by `position`.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=STATES, default=DRAFT)
    table = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    value_map = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    row_count = models.BigIntegerField(null=True)
    next_row = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    sums = models.JSONField(default=dict)
    check_counts = models.JSONField(default=dict)
    check_notes = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    operation = models.CharField(max_length=32, blank=True)
    job_id = models.BigIntegerField(null=True)
    bundle = models.BigIntegerField(null=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["created_by", "-id"], name="import_by_user"),
            models.Index(fields=["bundle", "position"], name="import_of_bundle"),
        ]

    def __str__(self) -> str:
        return f"{self.type_key} {self.public_id}"

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)


class Rejection(models.Model):
    """A row that was refused, or (`imported`) imported without one of its values; `is_trial` in the check.

    `problems` says by column (place) what is wrong with its cell.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejections")
    is_trial = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)
    line = models.BigIntegerField()
    cells = models.JSONField()
    reason = models.TextField()
    problems = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["run", "is_trial", "line"], name="rejection_of_run")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class BadCell(models.Model):
    """A cell for which the check refused a row, so that rows with the same bad value are found together."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+")
    rejection = models.ForeignKey(Rejection, on_delete=models.CASCADE, related_name="bad_cells")
    place = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["run", "place", "value"], name="bad_cell_by_value")]

    def __str__(self) -> str:
        return f"{self.place}: {self.value}"


class Correction(models.Model):
    """What the user mended in the check; the file stays as it is.

    With a `line` it is one cell of one row, without one every cell of the column that holds `was`. Without a `place`
    the whole row is left out.
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="corrections")
    line = models.BigIntegerField(null=True)
    place = models.PositiveSmallIntegerField(null=True)
    was = models.TextField(blank=True)
    becomes = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "line"], name="correction_of_run")]

    def __str__(self) -> str:
        return f"{self.line}: {self.was} → {self.becomes}"


class Pair(models.Model):
    """A row that is a record already (`record_id`) or the same as an earlier row (`other_line`), and what to do.

    One that `is_likely` is so only by its `score` (per cent), for `reasons` ([comparison, level, bits]); `by` names
    the type as which it was compared, otherwise the field that matches.
    """

    DECISIONS = (
        ("", _("As for all")),
        ("update", _("Update")),
        ("fill", _("Fill gaps only")),
        ("create", _("Create anyway")),
        ("skip", _("Skip")),
    )
    id = models.BigIntegerField(primary_key=True, default=new_id)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="pairs")
    line = models.BigIntegerField()
    record_id = models.BigIntegerField(null=True)
    other_line = models.BigIntegerField(null=True)
    by = models.CharField(max_length=80)
    changes = models.BooleanField(default=True)
    is_likely = models.BooleanField(default=False)
    score = models.PositiveSmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    decision = models.CharField(max_length=6, choices=DECISIONS, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="pair_once")]

    def __str__(self) -> str:
        return f"{self.line}: {self.by}"


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
    value_map = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type_key", "signature"], name="mapping_once")]

    def __str__(self) -> str:
        return f"{self.type_key} {self.signature[:8]}"
