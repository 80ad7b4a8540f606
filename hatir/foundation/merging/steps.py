"""The step of the write door that keeps merged records away until their merge is taken back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hatir.foundation.merging.models import Merge
from hatir.foundation.records.changes import WriteBatch
from hatir.foundation.records.errors import Invalid


def keep_merged(batch: WriteBatch) -> None:
    """Refuse to bring back a record that went into another: separating the two does that. Raises Invalid."""
    if batch.verb != "restore":
        return
    places = {change.ref.id: at for at, change in enumerate(batch.changes)}
    merges = Merge.objects.filter(loser_id__in=places, unmerged_at=None)
    told = _("It was merged into “%(title)s”; separate the two instead.")
    wrong = {places[merge.loser_id]: {"": [told % {"title": merge.winner_title}]} for merge in merges}
    if wrong:
        raise Invalid(rows=wrong)
