"""Read new events from the outbox. Ids are made before commit, so a row may appear behind a later one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from hatir.foundation.events.models import OutboxEvent
from hatir.kit.ids import EPOCH, TIME_SHIFT, id_time

OVERLAP = timedelta(seconds=10)
REPLAYED_FOR = timedelta(minutes=30)
MOST_ROWS = 1000


def first_id_at(moment: datetime) -> int:
    """Give the smallest id that can have been made at an instant."""
    millis = int((moment.astimezone(UTC) - EPOCH) / timedelta(milliseconds=1))
    return max(millis, 0) << TIME_SHIFT


class Reader:
    """Gives each row once: it looks back over a window and remembers what it gave within it."""

    def __init__(self) -> None:
        self._given: dict[int, None] = {}
        self._started = first_id_at(timezone.now() - timedelta(seconds=2))
        self._first = True

    def new_rows(self) -> list[OutboxEvent]:
        """Give the rows that became visible since the last call, oldest first."""
        start = first_id_at(timezone.now() - OVERLAP)
        rows = list(OutboxEvent.objects.filter(pk__gte=start).order_by("pk")[:MOST_ROWS])
        fresh = [row for row in rows if row.pk not in self._given]
        self._given = {row.pk: None for row in rows}
        if self._first:
            self._first = False
            return [row for row in fresh if row.pk >= self._started]
        return fresh


def rows_since(last_id: int) -> list[OutboxEvent]:
    """Give what a listener that comes back may have missed; nothing when it was away too long."""
    now = timezone.now()
    if not 0 < last_id < first_id_at(now + OVERLAP) or now - id_time(last_id) > REPLAYED_FOR:
        return []
    start = first_id_at(id_time(last_id) - OVERLAP)
    rows = OutboxEvent.objects.filter(pk__gte=start).exclude(pk=last_id)
    return list(rows.order_by("pk")[:MOST_ROWS])
