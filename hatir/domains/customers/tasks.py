"""What the room does in the background: segments built and kept true, value bands and fit reckoned anew."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from hatir.domains.customers.actions.membership import build_segment
from hatir.domains.customers.actions.scores import recalculate_bands, recalculate_fit
from hatir.domains.customers.queries.rules_of_segments import live_segments
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task


def _build(job: JobContext, ids: Collection[int] | None, *, only_moving: bool = False) -> dict[str, Any]:
    added = removed = 0
    for ruled in live_segments(ids):
        if only_moving and not ruled.needs.moves:
            continue
        moved = build_segment(ruled, actor=job.actor, told=job.progress)
        added, removed = added + moved.added, removed + moved.removed
    return {"added": added, "removed": removed}


@task(
    key="customers.build_segments",
    kind="long",
    label=_("Calculate segments"),
    titled=_("Calculating %(subject)s"),
    tells_starter=False,
)
def build_segments(job: JobContext, segment_ids: list[int]) -> dict[str, Any]:
    """Build some segments, each after those that it looks at."""
    return _build(job, set(segment_ids))


@task(key="customers.refresh_moving_segments", kind="long", label=_("Follow segments that move with time"))
def refresh_moving_segments(job: JobContext) -> dict[str, Any]:
    """Find out anew who is in segments that ask about today: ages, birthdays, “in the last 30 days”."""
    return _build(job, None, only_moving=True)


@task(key="customers.recalculate", kind="long", label=_("Recalculate value bands, fit and segments"))
def recalculate(job: JobContext) -> dict[str, Any]:
    """Reckon everything that is derived here: bands, fit, then all segments with the figure of the day."""
    bands = recalculate_bands(actor=job.actor)
    fit = recalculate_fit(actor=job.actor)
    return {"bands": bands, "fit": fit, **_build(job, None)}


@task(key="customers.recalculate_fit", kind="long", label=_("Recalculate the fit with the target customer"))
def refit(job: JobContext) -> dict[str, Any]:
    """Reckon everybody's fit after a target customer was changed."""
    return {"fit": recalculate_fit(actor=job.actor)}
