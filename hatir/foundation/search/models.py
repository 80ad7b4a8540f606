"""The searchable text of each live record, one row a record."""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """What one record is found by; archived records have none.

    `title_exact` keeps the spelling in lower case, `title_fold` the search fold of the title;
    `text` starts with a space, so that the trigram " yi" means "a word starts with yi".
    """

    record_id = models.BigIntegerField(primary_key=True)
    type_key = models.CharField(max_length=80)
    title_exact = models.CharField(max_length=120)
    title_fold = models.CharField(max_length=120)
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["type_key"], name="search_entry_type")]

    def __str__(self) -> str:
        return f"{self.type_key} {self.record_id}"


class IndexedRules(models.Model):
    """Which fields of a type were kept out of the index when it was last written."""

    type_key = models.CharField(max_length=80, primary_key=True)
    hidden = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.type_key
