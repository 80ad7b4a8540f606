"""The board of a pipeline: lanes with their sums, cards on demand, and what a move changes on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.sales import actions, forms
from hatir.domains.sales.models import OPEN, Deal, Pipeline, Stage
from hatir.domains.sales.queries import board as queries
from hatir.domains.sales.queries.pipelines import pipelines, stages_of
from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission, may, visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import NotFoundHere, RecordError
from hatir.foundation.records.querying import BadCursor
from hatir.foundation.records.registry import type_of_model
from hatir.interface.web.acting import actor_of
from hatir.interface.web.answers import done, is_fragment, refused, undo_url
from hatir.interface.web.filtertrees import has_conditions
from hatir.interface.web.layouts import layouts_of
from hatir.interface.web.liststate import ListState, parts_of, read_state
from hatir.interface.web.permission import screen
from hatir.interface.web.presenting import capital
from hatir.interface.web.screens.lists import edited_filter, tool_row
from hatir.interface.web.types import list_url, type_or_404
from hatir.kit.filters.schema import FilterError
from hatir.kit.ids import decode_id

BOARD = "/sales/board/"


@dataclass(frozen=True)
class Shown:
    """A board as asked for: by whom, of which pipeline, under which filter."""

    actor: Actor
    pipeline: Pipeline
    state: ListState
    at: datetime

    @cached_property
    def stages(self) -> list[Stage]:
        return [stage for stage in stages_of(self.actor, self.pipeline.pk) if stage.kind == OPEN]

    @cached_property
    def by_id(self) -> dict[int, Stage]:
        return {stage.pk: stage for stage in self.stages}

    @cached_property
    def rows(self) -> Any:
        return queries.found_rows(self.actor, self.state.query)

    @cached_property
    def sums(self) -> dict[int, queries.LaneSums]:
        return queries.sums_by_stage(self.rows, self.pipeline.pk, self.by_id, self.at)


@screen(":view")
@require_safe
def board(request: HttpRequest, type_key: str, pipeline_id: str = "") -> HttpResponse:
    """Show the board; to htmx the board alone, or with `lane` and `at` the further cards of one lane."""
    actor = actor_of(request)
    rt = type_or_404(actor, type_key)
    found = pipelines(actor)
    if not found:
        return _without_pipeline(request, actor)
    if not pipeline_id:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponseRedirect(f"{BOARD}{found[0].public_id}/{query}")
    pipeline = next((each for each in found if each.public_id == pipeline_id), None)
    if pipeline is None:
        raise Http404
    try:
        state = read_state(actor, rt, f"{BOARD}{pipeline_id}/", request.GET)
        if has_conditions(request.GET):
            return _filtered(request, actor, state)
        shown = Shown(actor, pipeline, state, timezone.now())
        if "lane" in request.GET:
            return _more(request, shown)
        return _answer(request, shown, found)
    except NotFoundHere:
        raise Http404 from None
    except (FilterError, BadCursor):
        return HttpResponseRedirect(f"{BOARD}{pipeline_id}/")


def _filtered(request: HttpRequest, actor: Actor, state: ListState) -> HttpResponse:
    """Take over what the filter editor sent, and go to the board's proper address."""
    url = state.url(own_filter=edited_filter(actor, state, request))
    if not is_fragment(request):
        return HttpResponseRedirect(url)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = url
    return answer


def _without_pipeline(request: HttpRequest, actor: Actor) -> HttpResponse:
    rt = type_of_model(Deal)
    context = {"page_title": capital(rt.plural_label), "may_make": has_permission(actor, MANAGE)}
    return render(request, "sales/no_pipeline.html", context)


@screen("settings.manage")
@require_POST
def make_pipeline(request: HttpRequest) -> HttpResponse:
    """Make the ready pipeline."""
    actor = actor_of(request)
    try:
        made = actions.ready_pipeline(actor=actor)
    except RecordError as problem:
        return refused(request, problem, back=BOARD)
    return done(request, _("Saved: %(title)s") % {"title": made.name}, back=BOARD, undo=undo_url(actor))


def _answer(request: HttpRequest, shown: Shown, found: Sequence[Pipeline]) -> HttpResponse:
    rt, state = type_of_model(Deal), shown.state
    whole = queries.sum_of(shown.sums.values())
    context: dict[str, Any] = {
        "page_title": capital(rt.plural_label),
        "pipeline": shown.pipeline,
        "pipelines": [(each, f"{BOARD}{each.public_id}/") for each in found],
        "lanes": lanes_of(shown),
        "may_create": may(shown.actor, "create", rt),
        "new_url": f"/records/{rt.key}/new/",
        **tool_row(shown.actor, state),
        "layouts": layouts_of(rt, state.path),
        "columns_url": "",
        "is_filtered": bool(parts_of(state.filter)),
        "clear_all_url": state.url(own_filter={}),
        "whole": whole,
        "late_url": _step_filter(state, {"field": "next_step_at", "op": "before", "value": {"days_ago": 0}}),
        "stepless_url": _step_filter(state, {"field": "next_step_at", "op": "empty"}),
        "stages_url": f"/records/sales.stage/?pipeline={shown.pipeline.public_id}",
        "table_url": f"{list_url(rt)}?view=open",
        "may_manage": has_permission(shown.actor, MANAGE),
        **strip_of(shown, whole),
    }
    template = "sales/_board.html" if is_fragment(request) and not _boosted(request) else "sales/board.html"
    return render(request, template, context)


def _boosted(request: HttpRequest) -> bool:
    return request.headers.get("HX-Boosted") == "true"


def _step_filter(state: ListState, part: Mapping[str, Any]) -> str:
    return state.url(own_filter={"all": [*parts_of(state.filter), part]})


def strip_of(shown: Shown, whole: queries.LaneSums) -> dict[str, Any]:
    """Give the figures above the lanes."""
    lately = queries.lately(shown.actor, shown.pipeline.pk, timezone.localdate(shown.at))
    return {
        "strip": {
            "total": forms.amounts_text(forms.whole(whole.amounts)),
            "count": ngettext("%(count)d deal", "%(count)d deals", whole.count) % {"count": whole.count},
            "weighted": forms.amounts_text(forms.whole(whole.weighted)),
            "won": lately.won.percent,
            "won_change": _change(lately.won.percent, lately.won_before.percent),
            "days": lately.days,
            "days_change": _change(lately.days, lately.days_before),
        }
    }


def _change(now: Any, before: Any) -> int | None:
    return None if now is None or before is None else round(now - before)


def lanes_of(shown: Shown) -> list[forms.Lane]:
    """Draw all lanes with their first cards; rights to move are asked once for all."""
    pages = {
        stage.pk: queries.cards_of(shown.actor, shown.rows, stage.pk, sort=shown.state.sort)
        for stage in shown.stages
        if stage.pk in shown.sums
    }
    deals = [deal for page in pages.values() for deal in page.rows]
    drawn = forms.cards(shown.actor, deals, shown.by_id, movable(shown.actor, deals))
    by_stage: dict[str, list[forms.Card]] = {}
    for card in drawn:
        by_stage.setdefault(card.stage, []).append(card)
    return [
        lane_of(shown, stage, by_stage.get(stage.public_id, []), pages[stage.pk].next if stage.pk in pages else "")
        for stage in shown.stages
    ]


def lane_of(shown: Shown, stage: Stage, cards: Sequence[forms.Card], cursor: str) -> forms.Lane:
    """Draw one lane."""
    sums = shown.sums.get(stage.pk, queries.LaneSums())
    new_url = f"/records/sales.deal/new/?{urlencode({'stage': stage.public_id})}"
    return forms.lane(stage, sums, cards, more_url=_more_url(shown, stage, cursor) if cursor else "", new_url=new_url)


def _more_url(shown: Shown, stage: Stage, cursor: str) -> str:
    said = {**shown.state.parameters(), "lane": stage.public_id, "at": cursor}
    return f"{shown.state.path}?{urlencode(said)}"


def movable(actor: Actor, deals: Sequence[Deal]) -> frozenset[int]:
    """Name the deals among these that the actor may move."""
    if not deals or not may(actor, "edit", type_of_model(Deal)):
        return frozenset()
    rows = visible(actor, Deal, "edit").filter(pk__in=[deal.pk for deal in deals], archived_at=None)
    return frozenset(rows.values_list("pk", flat=True))


def _more(request: HttpRequest, shown: Shown) -> HttpResponse:
    try:
        stage = shown.by_id[decode_id(request.GET["lane"])]
    except (ValueError, KeyError):
        raise Http404 from None
    page = queries.cards_of(shown.actor, shown.rows, stage.pk, sort=shown.state.sort, cursor=request.GET.get("at", ""))
    drawn = forms.cards(shown.actor, page.rows, shown.by_id, movable(shown.actor, page.rows))
    context = {
        "cards": drawn,
        "more_url": _more_url(shown, stage, page.next) if page.next else "",
        "lane_name": stage.name,
        "back_url": shown.state.url(),
        "page_title": stage.name,
    }
    template = "sales/_cards.html" if is_fragment(request) else "sales/lane.html"
    return render(request, template, context)
