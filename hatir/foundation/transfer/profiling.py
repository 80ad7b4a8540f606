"""What stands in the columns of a file: how many cells are filled, and the values of columns that repeat a few."""

from __future__ import annotations

import re
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
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)


def profile(rows: Iterable[Row], width: int, *, most_seconds: float | None = None) -> dict[str, Any]:
    """Count rows, filled cells, and distinct values of each column that has at most 200 of them, in one pass.

    `month_first` names the columns whose dates put the month first: a second number above 12 stands there, a first one
    nowhere. With `most_seconds` it stops there and says so: `is_whole` is False then. Memory does not grow.
    """
    until = None if most_seconds is None else time.monotonic() + most_seconds
    filled = [0] * width
    day_first, month_first = set[int](), set[int]()
    values: list[Counter[str] | None] = [Counter() for _place in range(width)]
    count, is_whole = 0, True
    for _line, cells in rows:
        count += 1
        for place in range(width):
            text = as_text(cells[place]) if place < len(cells) else ""
            if not text:
                continue
            filled[place] += 1
            if place not in day_first and 8 <= len(text) <= 10 and (parts := _DATE.fullmatch(text)):
                if int(parts[1]) > 12:
                    day_first.add(place)
                elif int(parts[2]) > 12:
                    month_first.add(place)
            counted = values[place]
            if counted is not None:
                counted[text] += 1
                if len(counted) > MOST_VALUES or len(text) > LONGEST_VALUE:
                    values[place] = None
        if until is not None and count % LOOK_EVERY == 0 and time.monotonic() > until:
            is_whole = False
            break
    told = [dict(counted) if counted is not None else None for counted in values]
    american = sorted(month_first - day_first)
    return {"rows": count, "is_whole": is_whole, "filled": filled, "values": told, "month_first": american}


def with_day_first(text: str) -> str:
    """Write an American date (10/20/2016) as ISO; other texts stay as they are."""
    parts = _DATE.fullmatch(text)
    return f"{parts[3]}-{int(parts[1]):02}-{int(parts[2]):02}" if parts else text


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
