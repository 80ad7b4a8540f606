"""What is offered after a result: the next task, ready to be planned with one key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hatir.domains.planning import rules
from hatir.domains.planning.models import CALL, MEETING, TO_DO, VISIT
from hatir.foundation.records.refs import RecordRef


def proposal(
    kind: str, outcome: str, *, title: str, about: RecordRef | None, customer_id: int | None, at: datetime
) -> dict[str, Any] | None:
    """Give the form of the next task that follows from a result; None when nothing does."""
    found = rules.proposal_after(kind, outcome)
    if found is None or about is None:
        return None
    due = rules.in_working_days(at, found.days, timezone.get_current_timezone())
    return {
        "kind": found.kind,
        "title": title if found.kind == kind and outcome not in ("reached", "held") else title_of(found.kind, outcome),
        "due": f"{localtime(due):%Y-%m-%dT%H:%M}",
        "about": str(about),
        "customer": customer_id or "",
    }


def title_of(kind: str, outcome: str) -> str:
    """Name the next task."""
    if outcome == "not_interested":
        return _("Ask again")
    if outcome in ("no_answer", "call_back"):
        return _("Call back")
    names = {CALL: _("Call and ask"), MEETING: _("Meet"), VISIT: _("Visit"), TO_DO: _("Go on")}
    return names[kind]


def results_of(kind: str) -> list[dict[str, str]]:
    """List what can come of a kind of task, each with its key."""
    names = {
        "done": _("Done"),
        "partly": _("Partly done"),
        "not_needed": _("No longer needed"),
        "reached": _("Reached"),
        "no_answer": _("No answer"),
        "call_back": _("Asks to be called back"),
        "not_interested": _("Not interested"),
        "held": _("Took place"),
        "no_show": _("Did not take place"),
        "put_off": _("Postponed"),
    }
    return [{"value": key, "label": names[key], "key": str(at)} for at, key in enumerate(rules.RESULTS[kind], 1)]
