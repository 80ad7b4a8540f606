"""Rows that are no records: one with more cells than the header, and the line of totals under a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.transfer.cells import as_text
from hatir.kit.parsing_tr import parse_decimal
from hatir.kit.text_tr import fold

TOTALS = frozenset({"toplam", "genel toplam", "ara toplam", "total", "totals", "grand total", "sum", "subtotal"})
_LONGEST_WORD = 14
_BEGINNINGS = frozenset("tTgGaAsS")


def oddity_of(cells: Sequence[Any], width: int) -> str:
    """Say why a row is none of the table's records; "" for all others."""
    if len(cells) > width:
        told = _("The row has %(count)d cells, the header %(width)d: a text may hold the delimiter without quotes.")
        return told % {"count": len(cells), "width": width}
    if _is_total(cells):
        return _("This looks like a line of totals.")
    return ""


def _is_total(cells: Sequence[Any]) -> bool:
    """Tell whether a row says "total" and else holds numbers only, at least one; a record would hold a text."""
    first = next((cell for cell in cells if cell not in (None, "")), None)
    if not isinstance(first, str) or len(first) > _LONGEST_WORD or first[:1] not in _BEGINNINGS:
        return False
    if fold(first).strip(" :.=") not in TOTALS:
        return False
    others = [text for cell in cells if cell is not first and (text := as_text(cell))]
    return bool(others) and all(_is_number(text) for text in others)


def _is_number(text: str) -> bool:
    try:
        parse_decimal(text.strip(" ₺€$%TL"))
    except ValueError:
        return False
    return True
