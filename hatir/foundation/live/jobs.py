"""What a person's open pages hear of the jobs that the person started."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.jobs.declaration import label_of, title_of
from hatir.foundation.jobs.models import DONE, FAILED, Job
from hatir.foundation.live.messages import Message
from hatir.foundation.staff.models import User
from hatir.kit.formats_tr import format_number
from hatir.kit.ids import encode_id

ENDED = "jobs.ended"


def progress_for(user: User, running: Sequence[Job], told: dict[Any, Any]) -> list[Message]:
    """Give how far the user's running jobs are, each when that has changed since it was `told`."""
    found = []
    for job in running:
        state = (job.progress_done, job.progress_total, job.progress_note)
        if job.created_by_id == user.pk and told.get(("job", job.pk)) != state:
            told["job", job.pk] = state
            with translation.override(user.language):
                found.append(Message("job", _shown(job)))
    return found


def _shown(job: Job) -> dict[str, Any]:
    total = job.progress_total or 0
    return {
        "id": job.public_id,
        "title": title_of(job),
        "done": job.progress_done,
        "total": total,
        "count": f"{format_number(job.progress_done)} / {format_number(total)}" if total else "",
        "text": job.progress_note,
        "cancel": f"/jobs/{job.public_id}/cancellation/",
        "ended": False,
    }


def ends_for(user: User, rows: Sequence[OutboxEvent]) -> list[Message]:
    """Give the ends of the user's jobs among stored events: the card goes, and a toast says how it went."""
    found: list[Message] = []
    with translation.override(user.language):
        for row in rows:
            if row.key == ENDED and row.user_id == user.pk:
                found.append(Message("job", {"id": row.payload["job_id"], "ended": True}, encode_id(row.pk)))
                found.extend(_toast(row.payload))
    return found


def _toast(ended: dict[str, Any]) -> list[Message]:
    words = {DONE: _("%(title)s: done."), FAILED: _("%(title)s failed: %(reason)s")}.get(ended["state"])
    if words is None:
        return []  # who stops a job knows it
    text = words % {"title": label_of(ended["task"]), "reason": ended["told"]}
    kind = "ok" if ended["state"] == DONE else "bad"
    return [Message("toast", {"text": text, "kind": kind, "url": f"/jobs/{ended['job_id']}/", "label": _("Open")})]
