"""What stands in the columns of a file: how many cells are filled, and the values of columns that repeat a few."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from hatir.foundation.transfer.cells import as_text, split_items
from hatir.foundation.transfer.reading import Row
from hatir.kit.text_tr import fold

MOST_VALUES = 200
LONGEST_VALUE = 80
LOOK_EVERY = 500


def profile(rows: Iterable[Row], width: int, *, most_seconds: float | None = None) -> dict[str, Any]:
    """Count rows, filled cells, and distinct values of each column that has at most 200 of them, in one pass.

    With `most_seconds` it stops there and says so: `is_whole` is False then. Memory does not grow with the file.
    """
    until = None if most_seconds is None else time.monotonic() + most_seconds
    filled = [0] * width
    values: list[Counter[str] | None] = [Counter() for _place in range(width)]
    count, is_whole = 0, True
    for _line, cells in rows:
        count += 1
        for place in range(width):
            text = as_text(cells[place]) if place < len(cells) else ""
            if not text:
                continue
            filled[place] += 1
            counted = values[place]
            if counted is not None:
                counted[text] += 1
                if len(counted) > MOST_VALUES or len(text) > LONGEST_VALUE:
                    values[place] = None
        if until is not None and count % LOOK_EVERY == 0 and time.monotonic() > until:
            is_whole = False
            break
    told = [dict(counted) if counted is not None else None for counted in values]
    return {"rows": count, "is_whole": is_whole, "filled": filled, "values": told}


def distinct(found: Mapping[str, Any], place: int, *, many: bool) -> list[tuple[str, int]]:
    """Give the values of a column with their counts, the commonest first; spellings that fold alike are one value.

    With `many` a cell holds several. A column with too many values gives none.
    """
    columns = found.get("values") or ()
    counted = columns[place] if place < len(columns) else None
    folded: dict[str, Counter[str]] = {}
    for text, count in (counted or {}).items():
        for item in split_items(text) if many else (text,):
            folded.setdefault(fold(item), Counter())[item] += count
    rows = [(_commonest(spelt), spelt.total()) for key, spelt in folded.items() if key]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _commonest(spelt: Counter[str]) -> str:
    """Choose one spelling; JSON of PostgreSQL keeps no order, so alphabet decides between equals."""
    return min(spelt, key=lambda text: (-spelt[text], text))
