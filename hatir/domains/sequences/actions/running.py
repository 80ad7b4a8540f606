"""Enrolments whose time has come take their steps, in batches; each batch is one transaction and safe to run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from hatir.domains.sequences import rules
from hatir.domains.sequences.actions.walking import Walk
from hatir.domains.sequences.queries.running import due
from hatir.domains.sequences.queries.subjects import closed_as, subject_of

BATCH = 200
MOST_BATCHES = 500
Between = Callable[[int], None]


def run_due(at: datetime, *, between: Between | None = None) -> int:
    """Let all enrolments go on whose time has come at an instant; give how many did.

    `between` hears of each batch before it is stored. Two workers take different enrolments.
    """
    done = 0
    for _turn in range(MOST_BATCHES):
        with transaction.atomic():
            count = _batch(at)
            done += count
            if between is not None and count:
                between(done)
        if count < BATCH:
            break
    return done


def _batch(at: datetime) -> int:
    found = due(at, BATCH)
    if not found:
        return 0
    walk = Walk(found, at)
    for one in found:
        reason = closed_as(subject_of(one))
        if reason == rules.RECORD_ARCHIVED:
            walk.end(one, rules.PAUSED, reason)
        elif reason:
            walk.end(one, rules.STOPPED, reason)
        else:
            walk.go_on(one)
    walk.store()
    return len(found)
