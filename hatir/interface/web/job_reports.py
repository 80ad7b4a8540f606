"""What a finished job leaves behind for its page: counts, where its report is, what was left, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.jobs.models import Job
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import parse_ref
from hatir.foundation.transfer import queries as imports
from hatir.foundation.transfer.models import ImportRun
from hatir.interface.web.answers import undo_url

SHOWN = 50
Results = Mapping[str, Any]


@dataclass(frozen=True)
class Left:
    """A record that a job left as it was, and why."""

    title: str
    url: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What is told of one job. `undo` is the address that takes its changes back."""

    counts: tuple[tuple[str, int], ...] = ()
    url: str = ""
    url_text: str = ""
    undo: str = ""
    left: tuple[Left, ...] = ()
    more_left: int = 0


Told = Callable[[Job, Results, Actor], Report | None]


def tell_of(job_key: str, told: Told) -> Told:
    """Let a room tell what came of its own jobs; called at start-up."""
    _TOLD[job_key] = told
    return told


def undo_of(job: Job, actor: Actor, changed: int) -> str:
    """Offer the way back to whoever started the job; a token of somebody else's would be refused anyway."""
    is_own = actor.user_id is not None and job.created_by_id == actor.user_id
    return undo_url(actor, job.operation) if changed and is_own and job.operation else ""


def report_of(job: Job, actor: Actor) -> Report | None:
    """Give the report of a job that has ended; None where there is nothing to tell, or the actor may not hear it."""
    told = _TOLD.get(job.key)
    if told is None or job.is_live:
        return None
    return told(job, job.result if isinstance(job.result, dict) else {}, actor)


def _of_import(job: Job, result: Results, actor: Actor) -> Report | None:
    run = _run(job, actor)
    if run is None:
        return None
    step = "files" if run.bundle is not None else "check" if job.key == "transfer.check" else "result"
    if step == "check" and run.state not in ("draft", "checking", "checked"):
        step = "result"
    return Report(url=f"/import/{run.public_id}/{step}/", url_text=_("Open the report"))


def _run(job: Job, actor: Actor) -> ImportRun | None:
    seen = imports.imports_of(actor)
    if "bundle" in job.kwargs:
        return seen.filter(bundle=job.kwargs["bundle"]).order_by("position", "id").first()
    return seen.filter(pk=job.kwargs.get("run_id", 0)).first()


def _of_bulk(job: Job, result: Results, actor: Actor) -> Report:
    changed, refused = int(result.get("changed", 0)), int(result.get("refused", 0))
    type_key = job.kwargs.get("selection", {}).get("type_key", "")
    return Report(
        counts=((_("Changed"), changed), (_("Refused"), refused)),
        url=f"/records/{type_key}/" if type_key else "",
        url_text=_("Show the records"),
        undo=undo_of(job, actor, changed),
    )


def _of_merges(job: Job, result: Results, actor: Actor) -> Report:
    merged = int(result.get("merged", 0))
    return Report(
        counts=((_("Merged pairs"), merged), (_("Refused"), int(result.get("refused", 0)))),
        url=f"/duplicates/?type={job.kwargs.get('type_key', '')}",
        url_text=_("Show the duplicates"),
        undo=undo_of(job, actor, merged),
    )


def _of_corrections(job: Job, result: Results, actor: Actor) -> Report:
    changed, left = int(result.get("changed", 0)), result.get("left", [])
    count = int(result.get("left_count", len(left)))
    return Report(
        counts=((_("Corrected"), changed), (_("Left as they were"), count)),
        url=f"/settings/quality/?type={job.kwargs.get('type_key', '')}",
        url_text=_("Back to data quality"),
        undo=undo_of(job, actor, changed),
        left=tuple(_left(each) for each in left[:SHOWN]),
        more_left=max(0, count - SHOWN),
    )


def _left(each: Mapping[str, str]) -> Left:
    try:
        url = parse_ref(each["record"]).url
    except (ValueError, NotFoundHere):
        url = ""
    return Left(each["title"], url, each["reason"])


_TOLD: dict[str, Told] = {
    "transfer.check": _of_import,
    "transfer.import": _of_import,
    "transfer.import_all": _of_import,
    "transfer.revert": _of_import,
    "savedviews.change_many": _of_bulk,
    "merging.merge_above": _of_merges,
    "quality.correct": _of_corrections,
}
