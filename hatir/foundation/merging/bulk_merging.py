"""Merge all pairs above a score, as proposed, in one operation: one undo separates them all."""

from __future__ import annotations

from django.db.models import Q

from hatir.foundation.jobs.context import JobContext
from hatir.foundation.merging.actions import merge
from hatir.foundation.merging.choosing import winner_first
from hatir.foundation.merging.models import OPEN, Pair
from hatir.foundation.merging.queries import visible_pairs
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.registry import record_type

PAGE = 100


def merge_above(rt: RecordType, score: int, job: JobContext) -> dict[str, int]:
    """Merge each open pair of at least this score; one that is refused is left and counted.

    Every pair is a transaction of its own, so a stopped job goes on with the pairs that are left. Of three that are
    one, the two pairs are merged one after the other, each by its own score.
    """
    merged = refused = 0
    last: tuple[float, int] | None = None
    wanted = visible_pairs(job.actor, rt).filter(state=OPEN, score__gte=score)
    total = wanted.count()
    while True:
        rows = wanted
        if last is not None:
            rows = rows.filter(Q(bits__lt=last[0]) | Q(bits=last[0], pk__lt=last[1]))
        page = list(rows.order_by("-bits", "-id")[:PAGE])
        if not page:
            return {"merged": merged, "refused": refused}
        for pair in page:
            if _merge_one(rt, pair, job):
                merged += 1
            else:
                refused += 1
            job.progress(merged + refused, max(total, merged + refused))
        last = page[-1].bits, page[-1].pk


def _merge_one(rt: RecordType, pair: Pair, job: JobContext) -> bool:
    root = record_type(rt.root_key)
    records = root.model._base_manager.filter(archived_at=None).in_bulk([pair.one_id, pair.other_id])
    if len(records) < 2:
        return False
    winner, loser = winner_first(root, records[pair.one_id], records[pair.other_id])
    try:
        merge(root.key, winner.pk, loser.pk, actor=job.actor)
    except RecordError:
        return False
    return True
