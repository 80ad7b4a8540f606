"""What the room does by the clock: snapshots of the forecast, learning from decided deals."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hatir.domains.sales.actions import forget_snapshots, learn_when_due, take_snapshot
from hatir.domains.sales.queries import snapshot_before
from hatir.foundation.jobs.declaration import task


@task(key="sales.take_snapshot", label=_("Snapshot of the forecast"))
def take_weekly_snapshot() -> None:
    """Keep how the open deals stand, every Monday and on the first of a month; later where that was missed."""
    today = timezone.localdate()
    due = max(today - timedelta(days=today.weekday()), today.replace(day=1))
    last = snapshot_before(today)
    if last is None or last.taken_on < due:
        take_snapshot(today)
        forget_snapshots(today)


@task(key="sales.learn_winning", label=_("Learning from decided deals"))
def learn() -> None:
    """Learn once a week how likely deals are won."""
    learn_when_due()
