"""What was learnt from decided deals, and how well it told those that it had not seen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hatir.domains.sales import queries
from hatir.domains.sales.queries.winning import labels, named_reasons
from hatir.interface.web.acting import actor_of
from hatir.interface.web.permission import screen
from hatir.interface.web.types import type_or_404
from hatir.kit.formats_tr import format_number, format_percent
from hatir.kit.learning import Model, Reason

MOST_WEIGHTS = 12


@screen(":view")
@require_safe
def winning(request: HttpRequest, type_key: str) -> HttpResponse:
    """Show the newest learning with its back-test."""
    type_or_404(actor_of(request), type_key)
    found, model = queries.newest_learning(), queries.newest_model()
    report = found.report if found is not None else {}
    context: dict[str, Any] = {
        "page_title": _("Win probability"),
        "learnt": found,
        "figures": _figures(report) if report else [],
        "is_useful": report.get("is_useful"),
        "calibration": [_calibrated(row) for row in report.get("calibration", ())],
        "weights": _weights(model) if model is not None else [],
        "features": ", ".join(labels().values()),
    }
    return render(request, "sales/winning.html", context)


def _figures(report: dict[str, Any]) -> list[dict[str, str]]:
    language = get_language() or "tr"

    def number(value: float | None) -> str:
        return "–" if value is None else format_number(Decimal(str(round(value, 3))), decimals=3, language=language)

    return [
        {"label": _("Told apart (AUC)"), "value": number(report["auc"]), "note": _("0.5 is chance, 1 is perfect")},
        {"label": _("Squared error (Brier)"), "value": number(report["brier"]),
         "note": _("the base rate alone: %(value)s") % {"value": number(report["base_brier"])}},
        {"label": _("Won of all before"), "value": _percent(report["base_rate"]), "note": _("the base rate")},
        {"label": _("Judged on"), "value": format_number(report["tested_on"], language=language),
         "note": _("later deals; learnt from %(count)s earlier ones")
         % {"count": format_number(report["trained_on"], language=language)}},
    ]  # fmt: skip


def _percent(share: float) -> str:
    return format_percent(round(share * 100), language=get_language() or "tr")


def _calibrated(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "predicted": _percent(row["predicted"]),
        "happened": _percent(row["happened"]),
        "count": row["count"],
        "x": f"{row['predicted'] * 100:.1f}",
        "y": f"{100 - row['happened'] * 100:.1f}",
    }


def _weights(model: Model) -> list[dict[str, Any]]:
    """Give the levels that move the odds most, against the average deal."""
    reasons = [
        _reason(model, feature, level, weight - model.means[feature])
        for feature, weights in model.weights.items()
        for level, weight in weights.items()
    ]
    strongest = sorted(reasons, key=lambda one: -abs(one.effect))[:MOST_WEIGHTS]
    most = max((abs(one.effect) for one in strongest), default=1.0) or 1.0
    return [
        {
            "label": f"{named.feature}: {named.value}",
            "is_for": named.is_for,
            "width": f"{abs(one.effect) / most * 100:.1f}",
            "effect": f"{one.effect:+.2f}".replace(".", "," if get_language() == "tr" else "."),
        }
        for one, named in zip(strongest, named_reasons(strongest), strict=True)
    ]


def _reason(model: Model, feature: str, level: str, effect: float) -> Reason:
    edges = model.edges.get(feature)
    if edges is None or not level.isdigit():
        return Reason(feature, level, effect)
    at = int(level)
    return Reason(feature, level, effect, edges[at - 1] if at else None, edges[at] if at < len(edges) else None)
