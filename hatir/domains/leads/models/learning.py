"""What was learnt from the company's own decided leads."""

from __future__ import annotations

from django.db import models


class LeadModel(models.Model):
    """The model in use (one row), how it did on leads that it had not seen, or how many decided leads there are.

    `model` is empty while there is too little to learn from, or while what was learnt says no more than the average.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    trained_at = models.DateTimeField()
    model = models.JSONField(default=dict)
    decided = models.PositiveIntegerField(default=0)
    auc = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.trained_at}"
