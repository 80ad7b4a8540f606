"""What changed in the forecast since a snapshot, deal by deal, and how true past forecasts were."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.domains.sales import queries
from hatir.domains.sales.queries.changes import NEW
from hatir.domains.sales.screens.forecast import (
    asked,
    exact,
    kinds,
    language,
    monday,
    money,
    share,
    span_name,
    won_url,
)
from hatir.interface.web.permission import screen
from hatir.kit.formats_tr import format_date


@screen(":view")
@require_safe
def changed(request: HttpRequest, type_key: str, kind: str) -> HttpResponse:
    """List the deals that changed in one way since a snapshot."""
    want = asked(request, type_key)
    snapshot = queries.snapshot_before(want.since or monday(want.today))
    if snapshot is None or kind not in kinds():
        raise Http404
    rows = queries.changed_deals(want.actor, snapshot, want.span, kind)
    context = {
        "page_title": kinds()[kind][0],
        "back_url": want.url(),
        "told": _("%(period)s, since %(day)s")
        % {"period": span_name(want.span), "day": format_date(snapshot.taken_on, language=language())},
        "rows": [_moved(row) for row in rows],
        "is_new": kind == NEW,
    }
    return render(request, "sales/forecast_changes.html", context)


@screen(":view")
@require_safe
def accuracy(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show what was forecast at the beginning of past periods, and what came."""
    want = asked(request, type_key)
    found = queries.accuracy(want.actor, want.span, today=want.today)
    home = queries.Rates(want.today).home
    context = {
        "page_title": _("Forecast and result"),
        "back_url": want.url(),
        "rows": [
            {
                "name": span_name(one.span),
                "url": want.url(start=one.span.start, since=None),
                "taken_on": one.taken_on,
                "weighted": money(one.weighted, home),
                "committed": money(one.committed, home),
                "won": money(one.won, home),
                "won_url": won_url(one.span),
                "hit": share(one.won, one.weighted),
            }
            for one in found
        ],
    }
    return render(request, "sales/forecast_accuracy.html", context)


def _moved(row: Any) -> dict[str, Any]:
    deal = row.deal
    return {
        "name": deal.name,
        "url": f"/records/sales.deal/{deal.public_id}/",
        "owner": str(deal.owner or ""),
        "stage": deal.stage.name,
        "was_amount": exact(row.was_amount, deal.currency),
        "amount": exact(deal.amount, deal.currency),
        "was_on": row.was_expected_on,
        "expected_on": deal.expected_on,
    }
