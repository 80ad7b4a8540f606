"""Apply what the user mended or left out to the rows of a file; the file itself stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.models import Correction, ImportRun


class Corrections:
    """The corrections of one run. There are as many as a person makes, so they are held in memory."""

    def __init__(self, run: ImportRun) -> None:
        self.left_out: set[int] = set()
        self._of_line: dict[int, dict[int, str]] = {}
        self._of_value: dict[tuple[int, str], str] = {}
        for each in Correction.objects.filter(run=run).order_by("id"):
            if each.place is None:
                self.left_out.add(each.line or 0)
            elif each.line is None:
                self._of_value[each.place, each.was] = each.becomes
            else:
                self._of_line.setdefault(each.line, {})[each.place] = each.becomes
        self._value_places = {place for place, _was in self._of_value}

    def was(self, before: Sequence[Any], after: Sequence[Any], columns: Mapping[int, str]) -> dict[str, Any] | None:
        """Give the cells (by field) that `mended` changed, as they were; None when it changed none."""
        if not self._of_line and not self._of_value:
            return None
        width = min(len(before), len(after))
        changed = (at for at in columns if at < width and before[at] is not after[at] and before[at] != after[at])
        return {columns[at]: before[at] for at in changed} or None

    def touches(self, line: int) -> bool:
        """Tell whether the user mended cells of this row by itself."""
        return line in self._of_line

    def mended(self, line: int, cells: Sequence[Any]) -> list[Any]:
        """Give the cells of a row as mended: each by itself first, then by its value; mended ones are as they were."""
        own = self._of_line.get(line, {})
        if not own and not self._of_value:
            return list(cells)
        return [self._by_value(place, own.get(place, cell)) for place, cell in enumerate(cells)]

    def _by_value(self, place: int, cell: Any) -> Any:
        """Follow the corrections of a value, since what one became may have been corrected again."""
        if place not in self._value_places:
            return cell
        text, seen = as_text(cell), set[str]()
        while (place, text) in self._of_value and text not in seen:
            seen.add(text)
            text = self._of_value[place, text]
        return text if seen else cell
