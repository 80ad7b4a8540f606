"""Pairs that may be one, merges that were made, scans, and what a company chose for itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from hatir.kit.ids import encode_id, new_id

OPEN, LATER, DIFFERENT, MERGED = "open", "later", "different", "merged"
STATES = (
    (OPEN, _("To be decided")),
    (LATER, _("Later")),
    (DIFFERENT, _("Not the same")),
    (MERGED, _("Merged")),
)


class Pair(models.Model):
    """Two records of one type that may be one; `one_id` is the smaller id.

    `bits` is the weight that orders the list, `score` the same in per cent; `reasons` lists [comparison, level, bits].
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    one_id = models.BigIntegerField()
    other_id = models.BigIntegerField()
    bits = models.FloatField()
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=STATES, default=OPEN)
    found_at = models.DateTimeField()
    scan_id = models.BigIntegerField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one_id", "other_id"], name="merging_pair_once")]
        indexes = [
            models.Index(fields=["type_key", "state", "-bits", "-id"], name="merging_pair_weight"),
            models.Index(fields=["other_id"], name="merging_pair_other"),
        ]

    def __str__(self) -> str:
        return f"{self.type_key} {self.one_id} {self.other_id}"

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)


class Merge(models.Model):
    """One record went into another. While `unmerged_at` is empty, the loser's address leads to the winner.

    `log` says all that was done, so that it can be taken back exactly (see `merging.journal`).
    """

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    winner_id = models.BigIntegerField()
    loser_id = models.BigIntegerField()
    winner_title = models.CharField(max_length=200)
    loser_title = models.CharField(max_length=200)
    operation = models.CharField(max_length=32)
    user_id = models.BigIntegerField(null=True)
    user_label = models.CharField(max_length=120, blank=True)
    merged_at = models.DateTimeField()
    unmerged_at = models.DateTimeField(null=True)
    log = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["loser_id"], name="merged_once", condition=models.Q(unmerged_at=None))
        ]
        indexes = [
            models.Index(fields=["winner_id", "-id"], name="merge_winner"),
            models.Index(fields=["operation"], name="merge_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.loser_title} → {self.winner_title}"

    @property
    def public_id(self) -> str:
        return encode_id(self.pk)


class Scan(models.Model):
    """A look at all records of a type. `next_bucket` is where it goes on after it was stopped."""

    id = models.BigIntegerField(primary_key=True, default=new_id)
    type_key = models.CharField(max_length=80)
    job_id = models.BigIntegerField(null=True)
    next_bucket = models.PositiveSmallIntegerField(default=0)
    record_count = models.BigIntegerField(default=0)
    pair_count = models.BigIntegerField(default=0)
    largest_group = models.PositiveSmallIntegerField(default=0)
    skipped_count = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["type_key", "-id"], name="scan_latest")]

    def __str__(self) -> str:
        return f"{self.type_key} {self.started_at:%Y-%m-%d %H:%M}"


class LearntWeights(models.Model):
    """What the last scan learnt of the records of a type (see `weighing.Weights`), and its largest group."""

    type_key = models.CharField(primary_key=True, max_length=80)
    weights = models.JSONField(default=dict)
    largest_group = models.PositiveSmallIntegerField(default=60)
    learnt_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.type_key


class ChosenRules(models.Model):
    """What a company chose otherwise than declared: from which score on, and which comparisons do not count."""

    type_key = models.CharField(primary_key=True, max_length=80)
    threshold = models.PositiveSmallIntegerField()
    off = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.type_key


class ChangedRecord(models.Model):
    """A record that was written since it was last compared."""

    record_id = models.BigIntegerField(primary_key=True)
    type_key = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.type_key} {self.record_id}"
