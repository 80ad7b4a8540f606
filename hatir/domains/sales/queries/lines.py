"""Questions about the lines of deals."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import get_language

from hatir.domains.sales.models import Deal, DealLine
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.kit.formats_tr import format_money, format_number

PANEL_ROWS = 12


def lines_of(actor: Actor, deal: Deal) -> list[DealLine]:
    """List the lines of a deal in their order, with their products; prices are without KDV, in the deal's currency."""
    rows = visible(actor, DealLine).filter(deal=deal, archived_at=None).select_related("product")
    return list(rows.order_by("position", "id"))


def line_panel(actor: Actor, deal: Any) -> list[Any]:
    """List the first lines of a deal for its page."""
    found: list[Any] = list(lines_of(actor, deal)[:PANEL_ROWS])
    language = get_language() or "tr"
    for line in found:
        line.panel_note = f"{format_number(line.quantity.normalize(), language=language)} {line.unit}".strip()
        line.panel_value = format_money(line.net, deal.currency, language=language)
    return found


def deals_with_lines(line_ids: Collection[int]) -> list[int]:
    """Name the deals to which these lines belong, for the house's own reckoning."""
    return list(DealLine.objects.filter(pk__in=line_ids).values_list("deal", flat=True).distinct())
