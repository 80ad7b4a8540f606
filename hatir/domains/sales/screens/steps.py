"""Planning the next step of a deal: what its stage proposes, ready to be planned with one key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hatir.domains.planning.models import CALL, KINDS
from hatir.domains.sales import actions, queries
from hatir.domains.sales.models import HELD, OPEN, Deal
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, panel, refused, safe_next, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.types import record_or_404, type_or_404


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show the proposed next step, or plan what was sent."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "edit")
    place = f"/records/sales.deal/{record_id}/"
    try:
        deal: Deal = record_or_404(actor, rt, record_id, "edit")
    except RecordError as problem:
        return refused(request, problem, back=place)
    if request.method != "POST":
        return panel(request, "sales/_step.html", _offered(deal), title=_("Next step"))
    sent = {name: request.POST.get(name, "") for name in ("title", "kind", "due")}
    try:
        task = actions.plan_step(
            deal, title=sent["title"], kind=_kind(sent["kind"]), due_at=_instant(sent["due"]), actor=actor
        )
    except Invalid as problem:
        context = {**_offered(deal), **sent, "problem": str(problem)}
        return panel(request, "sales/_step.html", context, title=_("Next step"), status=422)
    except RecordError as problem:
        return refused(request, problem, back=place)
    text = _("Planned: %(title)s") % {"title": task.title}
    events: dict[str, Any] = {"dialog:close": {}, "list:refresh": {}, "record:refresh": {}, "timeline:refresh": {}}
    return done(request, text, back=safe_next(request, place), undo=undo_url(actor), events=events)


def step_wanted(actor: Actor, deal: Deal) -> dict[str, Any]:
    """Ask for the next step of an open deal that has none; nothing where one is planned."""
    del actor
    if deal.status != OPEN or deal.next_step_at is not None:
        return {}
    return {"step:plan": {"url": f"/sales/deals/{deal.public_id}/step/"}}


def _offered(deal: Deal) -> dict[str, Any]:
    found = queries.proposed_step(deal, at=timezone.now())
    return {
        "deal": deal,
        "url": f"/sales/deals/{deal.public_id}/step/",
        "title": found.title,
        "kind": found.kind,
        "due": f"{timezone.localtime(found.due_at):%Y-%m-%dT%H:%M}",
        "kinds": KINDS,
        "is_open": deal.status in (OPEN, HELD),
    }


def _kind(text: str) -> str:
    return text if text in dict(KINDS) else CALL


def _instant(text: str) -> datetime:
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None:
        raise Invalid({"due": [_("Say when.")]})
    return moment if moment.tzinfo else timezone.make_aware(moment)
