"""Read the rows of CSV lines, and mend what a stray quote would swallow."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator

FIELD_LIMIT_CHARACTERS = 16 * 1024 * 1024
# A quote that is still open after so many lines is looked at: is the rest of the file really one cell?
SUSPICIOUS_LINES = 500


class _Suspicious(Exception):
    """A row has taken a suspicious number of lines."""


class RowReader:
    """Gives (number of the last physical line, cells) of each row of some lines.

    A quote that opens a cell and is never rightly closed would take the rows after it into the cell: where the
    lines that it swallowed are rows of the usual width by themselves, it is taken for a letter. `width` is that of
    the first row with several cells. Raises csv.Error for a row that is too long.
    """

    def __init__(self, lines: Iterable[str], delimiter: str, quotechar: str, *, skip_spaces: bool = False) -> None:
        csv.field_size_limit(max(csv.field_size_limit(), FIELD_LIMIT_CHARACTERS))
        self.delimiter, self.quotechar, self.skip_spaces = delimiter, quotechar, skip_spaces
        self.width, self.number = 0, 0
        self._raw = iter(lines)
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._patience = SUSPICIOUS_LINES
        quote, mark = re.escape(quotechar), re.escape(delimiter)
        blanks = " *" if skip_spaces else ""
        self._cell = re.compile(
            rf"{blanks}(?:{quote}((?:[^{quote}]|{quote}{quote})*){quote}(?={mark}|\Z)|([^{mark}]*))({mark}|\Z)"
        )

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        rows, taken = self._reader(), self._taken
        while True:
            taken.clear()
            try:
                row = next(rows)
            except StopIteration:
                return
            except _Suspicious:
                row = self._looked_at()
                rows = self._reader()
            else:
                if len(taken) > 1 and not self._is_strict():
                    mended = self._without_the_quote()
                    if mended is not None:
                        row, rows = mended, self._reader()
            if not self.width and len(row) > 1:
                self.width = len(row)
            yield self.number, row

    def _reader(self) -> Iterator[list[str]]:
        return iter(
            csv.reader(
                self._lines(),
                delimiter=self.delimiter,
                quotechar=self.quotechar,
                skipinitialspace=self.skip_spaces,
            )
        )

    def _lines(self) -> Iterator[str]:
        taken, again, raw = self._taken, self._again, self._raw
        while True:
            line = again.popleft() if again else next(raw, None)
            if line is None:
                return
            taken.append(line)
            self.number += 1
            yield line
            if len(taken) >= self._patience:
                raise _Suspicious

    def _looked_at(self) -> list[str]:
        """Decide about a row of very many lines: mend it, or read on with more patience."""
        mended = self._without_the_quote()
        if mended is not None:
            return mended
        self._give_back(0)
        self._taken.clear()
        self._patience = FIELD_LIMIT_CHARACTERS
        try:
            return next(self._reader(), [])
        finally:
            self._patience = SUSPICIOUS_LINES

    def _is_strict(self) -> bool:
        """Tell whether every quote of the row is closed, and closed before a delimiter."""
        strict = csv.reader(
            self._taken,
            delimiter=self.delimiter,
            quotechar=self.quotechar,
            skipinitialspace=self.skip_spaces,
            strict=True,
        )
        try:
            next(strict, None)
        except csv.Error:
            return False
        return True

    def _without_the_quote(self) -> list[str] | None:
        """Read the first of the row's lines by itself and give the others back; None where they are no rows."""
        first, *others = self._taken
        row = self._cells(first)
        width = self.width or len(row)
        alike = sum(len(self._cells(line)) == width for line in others)
        if len(row) != width or alike * 2 < len(others):
            return None
        self._give_back(1)
        return row

    def _give_back(self, first: int) -> None:
        self._again.extendleft(reversed(self._taken[first:]))
        self.number -= len(self._taken) - first

    def _cells(self, line: str) -> list[str]:
        """Read one line; a quote that is not closed in it is a letter."""
        text, at, cells = line.rstrip("\r\n"), 0, list[str]()
        double, single = self.quotechar * 2, self.quotechar
        while (found := self._cell.match(text, at)) is not None:
            cells.append(found[2] if found[1] is None else found[1].replace(double, single))
            if not found[3]:
                break
            at = found.end()
        return cells
