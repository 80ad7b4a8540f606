"""Moving a deal: to a stage, to a decision, to rest; from the board, from its page, with and without a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hatir.domains.sales import actions, forms
from hatir.domains.sales.models import HELD, LOST, OPEN, WON, Competitor, Deal, LossReason
from hatir.domains.sales.queries import board as queries
from hatir.domains.sales.queries.pipelines import pipelines, stage_or_not_found, stages_of
from hatir.domains.sales.screens.board import BOARD, Shown, lane_of, movable, strip_of
from hatir.domains.sales.screens.steps import step_wanted
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid, NotFoundHere, RecordError
from hatir.foundation.records.registry import type_of_model
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, panel, refused, safe_next, toast, trigger, undo_url
from hatir.interface.web.liststate import read_state
from hatir.interface.web.permission import screen
from hatir.interface.web.types import record_or_404, type_or_404
from hatir.kit.filters.schema import FilterError
from hatir.kit.ids import decode_id, encode_id
from hatir.kit.parsing_tr import parse_date

HOLD_DAYS = 30
REFRESH: dict[str, Any] = {"dialog:close": {}, "list:refresh": {}, "record:refresh": {}}


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Ask where to, or move: `to` is a stage, or won, lost, held, open; `from` the stage in which it was seen."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "edit")
    try:
        deal: Deal = record_or_404(actor, rt, record_id, "edit")
    except RecordError as problem:
        return refused(request, problem, back=BOARD)
    if request.method != "POST":
        return panel(request, "sales/_move.html", _choices(request, actor, deal), title=_("Move to a stage"))
    try:
        moved = _moved(request, actor, deal)
    except actions.StageMoved as problem:
        return _overtaken(request, actor, problem)
    except actions.NeedsApproval as needed:
        return _asked_for(request, actor, needed)
    except Invalid as problem:
        if _is_drop(request):
            return refused(request, problem, back=BOARD)
        context = {**_choices(request, actor, deal), "problem": str(problem)}
        return panel(request, "sales/_move.html", context, title=_("Move to a stage"), status=422)
    except RecordError as problem:
        return refused(request, problem, back=BOARD)
    return _told(request, actor, moved)


def _asked_for(request: HttpRequest, actor: Actor, needed: actions.NeedsApproval) -> HttpResponse:
    """Ask for the approval that the stage needs; the deal stays where it is until somebody lets it in."""
    try:
        actions.ask_approval(needed.deal, needed.stage, actor=actor, note=request.POST.get("note", ""))
    except RecordError as problem:
        return refused(request, problem, back=BOARD)
    deal = queries.one_card(actor, needed.deal.pk)
    if deal is None:
        raise Http404
    said = _("“%(stage)s” needs an approval; it was asked for.") % {"stage": needed.stage.name}
    if _is_drop(request):
        return toast(_parts(request, actor, deal), said, kind="warn")
    back = safe_next(request, f"/records/sales.deal/{deal.public_id}/")
    return done(request, said, back=back, kind="warn", events=REFRESH)


def _moved(request: HttpRequest, actor: Actor, deal: Deal) -> Deal:
    to, seen = request.POST.get("to", ""), _id(request.POST.get("from", ""))
    if to == WON:
        return actions.win_deal(deal, actor=actor, seen=seen)
    if to == LOST:
        return actions.lose_deal(deal, actor=actor, seen=seen)
    if to == HELD:
        return actions.hold_deal(deal, until=_until(request), actor=actor)
    if to == OPEN:
        return actions.reopen_deal(deal, actor=actor)
    stage_id = _id(to)
    if stage_id is None:
        raise Invalid({"stage": [_("Choose a stage.")]})
    return actions.move_deal(deal, stage_or_not_found(actor, stage_id), actor=actor, seen=seen)


def _until(request: HttpRequest) -> Any:
    """Give the day until which a deal rests; a drop on the target says none, then it is a month."""
    if not request.POST.get("until"):
        return timezone.localdate() + timedelta(days=HOLD_DAYS)
    try:
        return parse_date(request.POST["until"])
    except ValueError:
        raise Invalid({"held_until_on": [_("Choose a day that is still to come.")]}) from None


def _id(text: str) -> int | None:
    try:
        return decode_id(text)
    except ValueError:
        return None


def _choices(request: HttpRequest, actor: Actor, deal: Deal) -> dict[str, Any]:
    stages = [stage for stage in stages_of(actor, deal.pipeline_id) if stage.kind == OPEN]
    places = [stage.pk for stage in stages]
    onward = places.index(deal.stage_id) + 1 if deal.stage_id in places else 0
    return {
        "deal": deal,
        "url": f"/sales/deals/{deal.public_id}/stage/",
        "title": deal.name,
        # The next stage takes the focus: a field would swallow the digits that choose one.
        "first": next(iter(stages[onward:] or stages), None),
        "from": encode_id(deal.stage_id),
        "stages": [(stage, stage.pk == deal.stage_id and deal.status == OPEN) for stage in stages],
        "is_decided": deal.status in (WON, LOST),
        "is_held": deal.status == HELD,
        "until": timezone.localdate() + timedelta(days=HOLD_DAYS),
        "next": safe_next(request, request.META.get("HTTP_REFERER", "") and BOARD),
    }


def _is_drop(request: HttpRequest) -> bool:
    return request.headers.get("X-Board") == "1"


def _told(request: HttpRequest, actor: Actor, deal: Deal) -> HttpResponse:
    """Say where the deal went; a drop gets the changed parts of the board, anything else goes back."""
    deal = queries.one_card(actor, deal.pk) or deal
    text = _said(deal)
    if not _is_drop(request):
        back = safe_next(request, f"/records/sales.deal/{deal.public_id}/")
        events = {**REFRESH, **_asked(actor, deal)}
        return done(request, text, back=back, undo=undo_url(actor), events=events)
    answer = toast(_parts(request, actor, deal), text, undo=undo_url(actor))
    return trigger(answer, _asked(actor, deal))


def _asked(actor: Actor, deal: Deal) -> dict[str, Any]:
    """Say what is asked after a move: why a deal was lost, what comes next for one for which nothing is planned."""
    return _question(actor, deal) if deal.status == LOST else step_wanted(actor, deal)


def _said(deal: Deal) -> str:
    if deal.status == WON:
        return _("%(deal)s: won") % {"deal": deal.name}
    if deal.status == LOST:
        return _("%(deal)s: lost") % {"deal": deal.name}
    if deal.status == HELD:
        return _("%(deal)s: on hold") % {"deal": deal.name}
    return _("%(deal)s: moved to “%(stage)s”") % {"deal": deal.name, "stage": deal.stage.name}


def _question(actor: Actor, deal: Deal) -> dict[str, Any]:
    reasons = visible(actor, LossReason).filter(archived_at=None).order_by("name").values_list("pk", "name")
    return {
        "deal:lost": {
            "url": f"/sales/deals/{deal.public_id}/loss/",
            "label": _("Why was it lost?"),
            "reasons": [(encode_id(pk), name) for pk, name in reasons[:30]],
        }
    }


def _parts(request: HttpRequest, actor: Actor, deal: Deal, status: int = 200) -> HttpResponse:
    """Draw the heads of all lanes, the strip, and the card where the deal is now, under the board's own filter."""
    pipeline = next((each for each in pipelines(actor) if each.pk == deal.pipeline_id), None)
    if pipeline is None:
        raise Http404
    path = f"{BOARD}{pipeline.public_id}/"
    try:
        state = read_state(actor, type_of_model(Deal), path, request.GET)
        shown = Shown(actor, pipeline, state, timezone.now())
        lanes = [lane_of(shown, stage, [], "") for stage in shown.stages]
        whole = queries.sum_of(shown.sums.values())
    except (FilterError, NotFoundHere):
        return HttpResponse(status=204)
    cards = forms.cards(actor, [deal], shown.by_id, movable(actor, [deal])) if deal.status == OPEN else []
    context = {"lanes": lanes, "cards": cards, **strip_of(shown, whole), "whole": whole}
    return render(request, "sales/_parts.html", context, status=status)


def _overtaken(request: HttpRequest, actor: Actor, problem: actions.StageMoved) -> HttpResponse:
    """Somebody was faster: show where the deal is now."""
    deal = queries.one_card(actor, problem.deal.pk)
    if deal is None:
        raise Http404
    if not _is_drop(request):
        context = {**_choices(request, actor, deal), "problem": str(problem)}
        return panel(request, "sales/_move.html", context, title=_("Move to a stage"), status=409)
    return toast(_parts(request, actor, deal, status=409), str(problem), kind="warn")


@screen(":edit")
@require_http_methods(["GET", "HEAD", "POST"])
def loss(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Ask why a deal was lost and to whom, or keep the answer."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key, "edit")
    place = f"/records/sales.deal/{record_id}/"
    try:
        deal: Deal = record_or_404(actor, rt, record_id, "edit")
        if request.method != "POST":
            return panel(request, "sales/_loss.html", _loss_choices(actor, deal), title=_("Why was it lost?"))
        reason, rival = _id(request.POST.get("reason", "")), _id(request.POST.get("lost_to", ""))
        actions.explain_loss(deal, actor=actor, reason=reason, lost_to=rival or deal.lost_to_id)
    except RecordError as problem:
        return refused(request, problem, back=place)
    back = safe_next(request, place)
    return done(request, _("The reason was noted."), back=back, undo=undo_url(actor), events=REFRESH)


def _loss_choices(actor: Actor, deal: Deal) -> dict[str, Any]:
    def listed(model: Any, chosen: int | None) -> list[tuple[str, str, bool]]:
        rows = visible(actor, model).filter(archived_at=None).order_by("name").values_list("pk", "name")
        return [(encode_id(pk), name, pk == chosen) for pk, name in rows[:200]]

    return {
        "deal": deal,
        "title": deal.name,
        "url": f"/sales/deals/{deal.public_id}/loss/",
        "reasons": listed(LossReason, deal.loss_reason_id),
        "rivals": listed(Competitor, deal.lost_to_id),
    }
