"""The page of an account plan: goals with their progress, needs with their answers, the map of people, risks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.accounts import actions, queries, rules
from hatir.domains.accounts.models import ACTIVE, AccountPlan, PlanAnswer
from hatir.domains.accounts.queries import Known, Progress
from hatir.foundation.access.queries import may, visible
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.refs import RecordRef
from hatir.interface.web.answers import done, is_fragment, refused, safe_next, toast, undo_url
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, open_record
from hatir.interface.web.recordscreen import record_context
from hatir.kit.formats_tr import format_money, format_number, format_percent

PACES = {rules.REACHED: "ok", rules.AHEAD: "ok", rules.ON_WAY: "", rules.BEHIND: "bad"}
COVERAGES = {"good": "ok", "cold": "warn", "never": "warn", "nobody": "bad"}


@screen(":view")
@require_safe
def plan_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show an account plan whole."""
    opened = open_record(request, type_key, record_id)
    return render(request, "accounts/plan.html", {**record_context(request, opened), **_body(opened)})


def _body(opened: Opened) -> dict[str, Any]:
    plan: AccountPlan = opened.record
    actor, adds = opened.actor, opened.editable and opened.record.archived_at is None
    return {
        "plan": plan,
        "customer_url": _customer_url(opened),
        "goals": [_goal(one, adds) for one in queries.progress_of(actor, plan, timezone.localdate())],
        "passed": rules.time_passed(plan.starts_on, plan.ends_on, timezone.localdate()),
        "needs": [_need(opened, one, adds) for one in queries.needs_of(actor, plan)],
        "people": [_known(one, adds) for one in queries.map_of(actor, plan, timezone.now())],
        "others": [_other(opened, each) for each in queries.not_on_map(actor, plan)] if adds else [],
        "risks": [
            {"risk": risk, "tone": rules.tone_of(rules.gravity(risk.likelihood, risk.impact)),
             "url": _part_url("accounts.risk", risk, adds)}
            for risk in queries.risks_of(actor, plan)
        ],
        "add_urls": {part: _add_url(opened, f"accounts.{part}") for part in ("goal", "answer", "contact", "risk")}
        if adds
        else {},
        "review_url": f"{opened.url}review/" if adds and plan.status == ACTIVE else "",
        "need_url": f"{opened.url}needs/" if adds and may(actor, "edit", "customers.customer") else "",
    }  # fmt: skip


def _customer_url(opened: Opened) -> str:
    plan: AccountPlan = opened.record
    seen = visible(opened.actor, "customers.customer").filter(pk=plan.customer_id).exists()
    return RecordRef("customers.customer", plan.customer_id).url if seen else ""


def _part_url(key: str, part: Any, may_edit: bool) -> str:
    return f"/records/{key}/{part.public_id}/{'edit/' if may_edit else ''}"


def _add_url(opened: Opened, key: str, **values: str) -> str:
    asked = {"link": f"plan:{opened.record.public_id}", **values}
    return f"/records/{key}/new/?{urlencode(asked)}"


def _goal(one: Progress, may_edit: bool) -> dict[str, Any]:
    language = get_language() or "tr"
    words = {
        rules.REACHED: _("reached"),
        rules.AHEAD: _("ahead of time"),
        rules.ON_WAY: _("on its way"),
        rules.BEHIND: _("behind"),
    }

    def text(amount: Any) -> str:
        if one.is_money:
            return format_money(amount, str(value_of("company.currency")), language=language)
        return format_number(amount.normalize() if amount else amount, language=language)

    is_known, measure = one.reached is not None, str(one.goal.get_measure_display())
    return {
        "name": one.goal.name,
        "measure": "" if one.goal.name == measure else measure,
        "url": _part_url("accounts.goal", one.goal, may_edit),
        "reached": text(one.reached) if is_known else "–",
        "target": text(one.goal.target),
        "share": one.share if is_known else 0,
        "percent": format_percent(one.share, language=language) if is_known else _("not visible to you"),
        "pace": words[one.pace] if is_known else "",
        "tone": PACES[one.pace] if is_known else "",
    }


def _need(opened: Opened, one: rules.Need[PlanAnswer], may_edit: bool) -> dict[str, Any]:
    return {
        "text": one.text,
        "is_known": one.is_known or not one.text,
        "is_answered": one.is_answered,
        "answers": [
            {
                "name": each.name,
                "state": each.get_state_display(),
                "tone": "ok" if each.state == "agreed" else "",
                "note": _linked(each),
                "url": _part_url("accounts.answer", each, may_edit),
            }
            for each in one.answers
        ],
        "add_url": _add_url(opened, "accounts.answer", need=one.text) if may_edit else "",
    }


def _linked(answer: PlanAnswer) -> str:
    """Say how the deal or quote of a proposal stands."""
    parts = []
    if answer.deal is not None:
        parts.append(f"{answer.deal.name}: {answer.deal.stage.name}")
    if answer.quote is not None:
        parts.append(f"{answer.quote.number}: {answer.quote.get_status_display()}")
    return " · ".join(part for part in parts if part != answer.name)


def _known(one: Known, may_edit: bool) -> dict[str, Any]:
    words = {
        "good": _("well covered"),
        "cold": _("not spoken to for long"),
        "never": _("never spoken to"),
        "nobody": _("covered by nobody"),
    }
    contact = one.contact
    return {
        "name": contact.person.name if one.is_visible else _("Not visible to you"),
        "person_url": RecordRef("customers.customer", contact.person_id).url if one.is_visible else "",
        "role": contact.get_role_display(),
        "attitude": contact.get_attitude_display(),
        "attitude_tone": {"champion": "ok", "friendly": "ok", "critical": "warn", "against": "bad"}.get(
            contact.attitude, "gray"
        ),
        "colleague": str(contact.colleague or ""),
        "days": one.days if one.is_visible else None,
        "coverage": words[one.coverage],
        "tone": COVERAGES[one.coverage],
        "url": _part_url("accounts.contact", contact, may_edit),
    }


def _other(opened: Opened, person: Any) -> dict[str, str]:
    return {"name": person.name, "url": _add_url(opened, "accounts.contact", person=person.public_id)}


@screen(":edit")
@require_POST
def review(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Write down that the plan was looked at."""
    opened = open_record(request, type_key, record_id)
    back = safe_next(request, opened.url)
    try:
        plan = actions.review_plan(opened.record, actor=opened.actor, note=request.POST.get("note", ""))
    except RecordError as problem:
        return refused(request, problem, back=back)
    said = _("Reviewed: %(plan)s") % {"plan": plan.name}
    if is_fragment(request) and back != opened.url:
        return toast(HttpResponse(""), said, undo=undo_url(opened.actor), url=opened.url, label=_("Open"))
    return done(request, said, back=back, undo=undo_url(opened.actor))


@screen(":edit")
@require_POST
def need(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Write down what the plan's customer needs."""
    opened = open_record(request, type_key, record_id)
    try:
        actions.add_need(opened.record, request.POST.get("need", ""), actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    return done(request, _("The need stands on the customer."), back=f"{opened.url}#needs", undo=undo_url(opened.actor))
