"""The page of a deal: where it stands on its way, and every step one press away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hatir.domains.sales.models import HELD, LOST, OPEN, WON, Deal
from hatir.domains.sales.queries.pipelines import stages_of
from hatir.domains.sales.queries.winning import winning_reasons
from hatir.domains.sales.screens.approving import approvals_on
from hatir.foundation.access.queries import open_fields
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, open_record
from hatir.interface.web.recordscreen import record_context

TOLD_BY_REASONS = {"source", "product", "owner", "team", "customer", "pipeline"}
"""Whoever may not see one of these is not told the reasons of the win probability either."""


@screen(":view")
@require_safe
def deal_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show a deal whole."""
    opened = open_record(request, type_key, record_id)
    context = {**record_context(request, opened), **approvals_on(opened), **_way(opened)}
    return render(request, "sales/deal.html", context)


def _way(opened: Opened) -> dict[str, Any]:
    """List the stages of the deal's pipeline beside its own; nothing for whoever may not see in which one it is."""
    deal: Deal = opened.record
    seen = set(open_fields(opened.actor, opened.rt))
    if not seen >= {"stage", "status"}:
        return {}
    stages = [stage for stage in stages_of(opened.actor, deal.pipeline_id) if stage.kind == OPEN]
    at = next((place for place, stage in enumerate(stages) if stage.pk == deal.stage_id), len(stages))
    is_out = deal.status in (WON, LOST)
    return {
        "deal": deal,
        "way": [(stage, place < at or deal.status == WON, place == at) for place, stage in enumerate(stages)],
        "seen": deal.stage.public_id,
        "move_url": f"/sales/deals/{deal.public_id}/stage/" if _may_move(opened) else "",
        "loss_url": f"/sales/deals/{deal.public_id}/loss/" if deal.status == LOST and _may_move(opened) else "",
        "step_url": f"/sales/deals/{deal.public_id}/step/" if _may_move(opened) and not is_out else "",
        "is_out": is_out,
        "is_held": deal.status == HELD,
        "why": winning_reasons(deal) if seen >= TOLD_BY_REASONS else [],
    }


def _may_move(opened: Opened) -> bool:
    return opened.editable and opened.record.archived_at is None
