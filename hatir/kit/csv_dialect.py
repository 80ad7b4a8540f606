"""Reading other people's CSV: find the encoding and shape of a sample, then stream the rows.

Turkish Excel writes ``;`` between fields, a comma in decimals and windows-1254 letters; banks
put report lines above the header; exports from old systems carry NUL bytes and ragged rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hatir.kit.csv_encoding import guess_encoding
from hatir.kit.text_tr import fold

DELIMITERS = (",", ";", "\t", "|")
FIELD_LIMIT_CHARACTERS = 16 * 1024 * 1024
# From this size a sample is taken to be cut off in the middle of its last row.
CUT_SAMPLE_BYTES = 16 * 1024

_SEP_LINE = re.compile(r"^\ufeff?sep=(.)\r?$", re.IGNORECASE)
_NUMBER = re.compile(r"[-+(]?[₺$€]?\s*\d[\d.,\s]*\)?\s*(?:%|TL|₺|€|\$)?", re.ASCII)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?", re.ASCII)
_PHONE = re.compile(r"\+?[\d\s()-]{7,}", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+", re.ASCII)
_DECIMAL_DOT = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)\.\d+", re.ASCII)


class CsvUnreadable(ValueError):
    """A row breaks the CSV rules beyond repair (usually a quote that never closes)."""

    def __init__(self, line_number: int, detail: str) -> None:
        self.line_number, self.detail = line_number, detail
        super().__init__(f"line {line_number}: {detail}")


@dataclass(frozen=True)
class CsvDialect:
    """How a file is written. `preamble_lines` are the physical lines above the header."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quotechar: str = '"'
    has_header: bool = True
    preamble_lines: int = 0
    decimal_comma: bool = False


def sniff(sample: bytes) -> CsvDialect:
    """Find out how a CSV file is written from its first bytes (64 KB is plenty).

    Never raises; an empty sample gives the plain dialect. `decimal_comma` follows the numbers
    seen and, when there are none, whether the delimiter is ``;``.
    """
    encoding = guess_encoding(sample)
    text = sample.decode(encoding, errors="replace").replace("\0", "").removeprefix("\ufeff")
    quotechar = _find_quotechar(text)
    cut = len(sample) >= CUT_SAMPLE_BYTES
    declared = _SEP_LINE.match(re.split(r"[\r\n]", text, maxsplit=1)[0])
    delimiters = (declared[1],) if declared else DELIMITERS
    readings = [_Reading(text, delimiter, quotechar, cut=cut) for delimiter in delimiters]
    best = max(readings, key=lambda reading: reading.score)
    delimiter = best.delimiter if declared or best.width > 1 else ","
    first = best.header_place()
    return CsvDialect(
        encoding=encoding,
        delimiter=delimiter,
        quotechar=quotechar,
        has_header=_looks_like_header(best.rows[first:]),
        preamble_lines=best.lines_before(first),
        decimal_comma=_uses_decimal_comma(best.rows[first:], delimiter),
    )


def open_rows(path: Path, dialect: CsvDialect) -> Iterator[list[str]]:
    """Stream the rows of a file as lists of text, header included, preamble and blank lines not.

    Rows may be shorter or longer than the header; NUL bytes are dropped, undecodable bytes
    become U+FFFD. Raises CsvUnreadable and OSError.
    """
    for _line_number, row in open_numbered_rows(path, dialect):
        yield row


def open_numbered_rows(path: Path, dialect: CsvDialect) -> Iterator[tuple[int, list[str]]]:
    """Stream rows with the physical line (from 1) on which each ends, for reports of errors."""
    csv.field_size_limit(max(csv.field_size_limit(), FIELD_LIMIT_CHARACTERS))
    # newline="" leaves CR, LF and CRLF to the csv reader, which keeps those inside quotes.
    with path.open(encoding=dialect.encoding, errors="replace", newline="") as file:
        for _skipped in range(dialect.preamble_lines):
            next(file, None)
        lines = (line.replace("\0", "").replace("\ufeff", "") for line in file)
        reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quotechar)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise CsvUnreadable(dialect.preamble_lines + reader.line_num, str(error)) from error
            if any(cell.strip() for cell in row):
                yield dialect.preamble_lines + reader.line_num, row


class _Reading:
    """The sample read with one delimiter, and how well that went."""

    def __init__(self, text: str, delimiter: str, quotechar: str, *, cut: bool) -> None:
        self.delimiter = delimiter
        self.rows: list[list[str]] = []
        self._ends: list[int] = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quotechar)
        try:
            for row in reader:
                self.rows.append(row)
                self._ends.append(reader.line_num)
        except csv.Error:
            pass  # an over-long field in the sample: judge by the rows read so far
        if cut and len(self.rows) > 1:
            del self.rows[-1], self._ends[-1]
        widths = Counter(len(row) for row in self.rows if len(row) > 1)
        self.width = max(widths, key=lambda width: (widths[width], width)) if widths else 1

    @property
    def score(self) -> tuple[float, int]:
        """Judge by the share of rows with the usual width, then by that width."""
        filled = [row for row in self.rows if any(cell.strip() for cell in row)]
        if self.width < 2 or not filled:
            return 0.0, 0
        # Report lines above the header speak for no delimiter, so they count against it only half.
        counted = filled[next(place for place, row in enumerate(filled) if len(row) > 1) :]
        same = sum(len(row) == self.width for row in counted)
        return same / len(counted) * (0.5 + 0.5 * len(counted) / len(filled)), self.width

    def header_place(self) -> int:
        """Find the first row that is as wide as the table and mostly filled."""
        for place, row in enumerate(self.rows):
            filled = sum(bool(cell.strip()) for cell in row)
            is_sep = bool(row) and _SEP_LINE.match(self.delimiter.join(row))
            if not is_sep and len(row) >= self.width and filled * 2 > self.width:
                return place
        return 0

    def lines_before(self, place: int) -> int:
        """Count the physical lines above a row."""
        return self._ends[place - 1] if place else 0


def _find_quotechar(text: str) -> str:
    """Choose the single quote only when fields are wrapped in it and never in double quotes."""
    edge = r"(?:^|[,;\t|]){0}[^{0}\r\n]*{0}(?=[,;\t|\r\n]|$)"
    if re.search(r'(?:^|[,;\t|\r\n])"', text):
        return '"'
    return "'" if len(re.findall(edge.format("'"), text, re.MULTILINE)) >= 2 else '"'


def _is_typed(cell: str) -> bool:
    """Tell whether a cell is a value no header would have: number, date, phone or e-mail."""
    stripped = cell.strip()
    if not stripped:
        return False
    if "@" in stripped and " " not in stripped and "." in stripped:
        return True
    return any(shape.fullmatch(stripped) for shape in (_NUMBER, _DATE, _PHONE))


def _looks_like_header(rows: list[list[str]]) -> bool:
    """Take the first row for a header unless it holds values, repeats itself or recurs below."""
    if not rows:
        return True
    first = rows[0]
    names = [fold(cell) for cell in first if cell.strip()]
    if not names or any(_is_typed(cell) for cell in first):
        return False
    if any(_is_typed(cell) for row in rows[1:] for cell in row):
        return True
    columns_below = [{fold(row[place]) for row in rows[1:] if place < len(row)} for place in range(len(first))]
    recurring = sum(fold(cell) in below for cell, below in zip(first, columns_below, strict=True) if cell.strip())
    return len(set(names)) == len(names) and recurring == 0


def _uses_decimal_comma(rows: list[list[str]], delimiter: str) -> bool:
    """Weigh numbers like 1,5 against numbers like 1.5."""
    cells = [cell.strip(" ₺€$%TL") for row in rows for cell in row]
    commas = sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    dots = sum(_DECIMAL_DOT.fullmatch(cell) is not None for cell in cells)
    return commas > dots if commas or dots else delimiter == ";"
