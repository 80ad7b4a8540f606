"""The page of a lead, and what moves it on: taken up, qualified, nurtured, put aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from hatir.domains.leads import actions
from hatir.domains.leads.models import Lead
from hatir.domains.leads.queries import is_late, reasons, steps_of
from hatir.domains.leads.queries.learning import said_of
from hatir.domains.leads.rules import CONVERTED, DISQUALIFIED, MOVES, NURTURING, OPEN, QUALIFIED, WORKING
from hatir.foundation.access.queries import open_fields, visible
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.interface.web.answers import done, panel, refused, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, open_record
from hatir.interface.web.recordscreen import record_context
from hatir.kit.ids import decode_id
from hatir.kit.parsing_tr import parse_date

NURTURE_DAYS = 30
MODEL_NEEDS = {"chance", "source", "region", "city", "industry", "product", "estimated_value", "employee_count",
               "company_name", "referred_by", "phone", "utm_source", "utm_medium", "utm_campaign"}  # fmt: skip
"""Whoever may not see one of these is not told what the model made of it."""
REFRESH: dict[str, Any] = {"dialog:close": {}, "list:refresh": {}, "record:refresh": {}}


@screen(":view")
@require_safe
def lead_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show a lead whole."""
    opened = open_record(request, type_key, record_id)
    return render(request, "leads/lead.html", {**record_context(request, opened), **_course(opened)})


def _course(opened: Opened) -> dict[str, Any]:
    lead: Lead = opened.record
    seen = open_fields(opened.actor, opened.rt)
    return {
        "lead": lead,
        "is_late": "response_due_at" in seen and is_late(lead, timezone.now()),
        "steps": steps_of(lead) if "status" in seen else [],
        "verbs": _verbs(lead) if opened.editable and lead.archived_at is None else [],
        "move_url": f"{opened.url}status/",
        "convert_url": f"{opened.url}conversion/" if opened.editable and lead.status in OPEN else "",
        "reasons": lead.score_reasons if lead.score is not None and "score" in seen else [],
        "model": said_of(lead) if lead.status in OPEN and set(seen) >= MODEL_NEEDS else None,
        "became": _became(opened) if lead.status == CONVERTED else [],
    }


def _verbs(lead: Lead) -> list[dict[str, Any]]:
    """List what can be done with the lead now; `ask` opens a dialog that wants to know more, `key` is pressed."""
    ways = (
        (WORKING, pgettext("lead", "Take up"), "phone", False, "u"),
        (QUALIFIED, pgettext("lead", "Qualify"), "check", False, "q"),
        (NURTURING, pgettext("lead", "Nurture"), "snooze", True, "h"),
        (DISQUALIFIED, pgettext("lead", "Disqualify"), "ban", True, "d"),
    )
    return [
        {"to": status, "label": label, "icon": icon, "ask": ask, "key": key}
        for status, label, icon, ask, key in ways
        if status in MOVES[lead.status]
    ]


def _became(opened: Opened) -> list[dict[str, str]]:
    """List what a converted lead became, as far as the actor sees it."""
    lead: Lead = opened.record
    found = []
    for key, icon, pk in (
        ("customers.customer", "user", lead.customer_id),
        ("customers.customer", "building-2", lead.company_id),
        ("sales.deal", "trending-up", lead.deal_id),
    ):
        record = visible(opened.actor, key).filter(pk=pk).first() if pk else None
        if record is not None:
            found.append({"title": str(record), "icon": icon, "url": f"/records/{key}/{record.public_id}/"})
    return found


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Ask what a step needs to know, or take it: `to` is a status, `until` a day, `reason` one of the list or words."""
    opened = open_record(request, type_key, record_id)
    if not opened.editable:
        return refused(request, Invalid({"": [_("You do not have the right to do this.")]}), back=opened.url)
    if request.method != "POST":
        return _ask(request, opened, request.GET.get("to", ""))
    try:
        moved = _moved(request, opened)
    except Invalid as problem:
        if request.POST.get("to") in (NURTURING, DISQUALIFIED):
            return _ask(request, opened, request.POST["to"], problem=str(problem), status=422)
        return refused(request, problem, back=opened.url)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    said = _("%(lead)s: %(status)s") % {"lead": moved.name, "status": moved.get_status_display()}
    return done(request, said, back=opened.url, undo=undo_url(opened.actor), events=REFRESH)


def _moved(request: HttpRequest, opened: Opened) -> Lead:
    lead: Lead = opened.record
    actor, sent, to = opened.actor, request.POST, request.POST.get("to", "")
    if to == WORKING:
        return actions.take_up(lead, actor=actor)
    if to == QUALIFIED:
        return actions.qualify_lead(lead, actor=actor)
    if to == NURTURING:
        try:
            until = parse_date(sent.get("until", ""))
        except ValueError:
            until = None
        if until is None:
            raise Invalid({"nurture_until_on": [_("Choose a day that is still to come.")]})
        return actions.nurture_lead(lead, until=until, actor=actor)
    if to == DISQUALIFIED:
        reason = _reason(opened, sent.get("reason", ""))
        return actions.disqualify_lead(lead, reason=reason, note=sent.get("note", ""), actor=actor)
    raise Invalid({"status": [_("Choose a status.")]})


def _reason(opened: Opened, text: str) -> Any:
    if text.startswith("name:"):
        return text.removeprefix("name:") if text.removeprefix("name:") in _ready_reasons() else None
    try:
        wanted = decode_id(text)
    except ValueError:
        return None
    return next((one for one in reasons(opened.actor) if one.pk == wanted), None)


def _ready_reasons() -> list[str]:
    return [
        _("Does not need it"), _("No budget"), _("Cannot be reached"), _("Not a customer for us"),
        _("Bought elsewhere"), _("Wrong details"),
    ]  # fmt: skip


def _ask(request: HttpRequest, opened: Opened, to: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    found = [(one.public_id, one.name) for one in reasons(opened.actor)] if to == DISQUALIFIED else []
    context = {
        "url": f"{opened.url}status/",
        "title": opened.record.name,
        "to": to if to in (NURTURING, DISQUALIFIED) else NURTURING,
        "reasons": found or [(f"name:{name}", name) for name in _ready_reasons()],
        "until": timezone.localdate() + timedelta(days=NURTURE_DAYS),
        "problem": problem,
    }
    return panel(request, "leads/_move.html", context, title=_("Move the lead on"), status=status)
