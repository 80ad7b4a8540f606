"""Reading other people's CSV: find the encoding and shape of a sample, then stream the rows.

Turkish Excel writes ``;`` between fields, a comma in decimals and windows-1254 letters; banks
put report lines above the header; exports from old systems carry NUL bytes and ragged rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hatir.kit.csv_encoding import TURKISH_LETTERS_ELSE, guess_encoding, has_utf8_letters
from hatir.kit.csv_rows import FIELD_LIMIT_CHARACTERS, RowReader
from hatir.kit.text_tr import fold

DELIMITERS = (",", ";", "\t", "|")
# Tried only where none of the usual ones gives columns.
RARE_DELIMITERS = ("^", "~", "¦", "\x01", "\x1f")
# From this size a sample is taken to be cut off in the middle of its last row.
CUT_SAMPLE_BYTES = 16 * 1024
END_OF_FILE = "\x1a"
"""What programs of DOS write behind the last line."""

_SEP_LINE = re.compile(r"^\ufeff?sep=(.)\r?$", re.IGNORECASE)
_NUMBER = re.compile(r"[-+(]?[₺$€]?\s*\d[\d.,\s]*\)?\s*(?:%|TL|₺|€|\$)?", re.ASCII)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?", re.ASCII)
_PHONE = re.compile(r"\+?[\d\s()-]{7,}", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+", re.ASCII)
_LONGEST_TYPED = 60
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_SPACED_QUOTE = re.compile(r'[,;\t|] +"[^"\r\n]*" *(?=[,;\t|\r\n]|$)')
# \" within a cell (MySQL, PHP), which is no quote before a delimiter
_ESCAPED_QUOTE = re.compile(r'[^",;\t|\r\n]\\"(?![,;\t|\r\n]|$)')
_DECIMAL_DOT = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)\.\d+", re.ASCII)


class CsvUnreadable(ValueError):
    """A line or cell is longer than anything that people write into a table."""

    def __init__(self, line_number: int) -> None:
        self.line_number = line_number
        super().__init__(f"line {line_number} is too long")


@dataclass(frozen=True)
class CsvDialect:
    """How a file is written. `preamble_lines` are the physical lines above the header.

    `fallback` names how bytes that are not of the encoding are read ("" as U+FFFD); `skips_spaces` that quotes may
    follow a blank; `has_escapes` that a quote within a cell is written \\"; `is_wrapped` that whole rows stand in
    quotes, as one cell each.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quotechar: str = '"'
    has_header: bool = True
    preamble_lines: int = 0
    decimal_comma: bool = False
    fallback: str = ""
    skips_spaces: bool = False
    has_escapes: bool = False
    is_wrapped: bool = False


def sniff(sample: bytes) -> CsvDialect:
    """Find out how a CSV file is written from its first bytes (64 KB is plenty).

    Never raises; an empty sample gives the plain dialect. `decimal_comma` follows the numbers
    seen and, when there are none, whether the delimiter is ``;``.
    """
    encoding, fallback = guess_encoding(sample), ""
    if not encoding.startswith("utf") and has_utf8_letters(sample):
        encoding, fallback = "utf-8", TURKISH_LETTERS_ELSE
    text = sample.decode(encoding, errors=fallback or "replace").replace("\0", "").replace("\ufeff", "")
    found = _dialect_of(text, cut=len(sample) >= CUT_SAMPLE_BYTES)
    return replace(found, encoding=encoding, fallback=fallback)


def _dialect_of(text: str, *, cut: bool) -> CsvDialect:
    quotechar = _find_quotechar(text)
    spaces = _SPACED_QUOTE.search(text) is not None
    escapes = len(_ESCAPED_QUOTE.findall(text)) > text.count('""')
    if escapes:
        text = text.replace('\\"', '""')
    declared = _SEP_LINE.match(re.split(r"[\r\n]", text, maxsplit=1)[0].strip('"'))

    def best_of(delimiters: Iterable[str]) -> _Reading:
        readings = [_Reading(text, each, quotechar, cut=cut, skip_spaces=spaces) for each in delimiters]
        return max(readings, key=lambda reading: reading.score)

    best = best_of(DELIMITERS if declared is None or declared[1] == quotechar else (declared[1],))
    if declared is None and best.width < 2:
        is_quoted = text.lstrip().startswith(quotechar)
        unwrapped = _unwrapped(best.rows, quotechar, cut=cut) if is_quoted else None
        if unwrapped is not None:
            return replace(unwrapped, is_wrapped=True)
        best = max((best, best_of(RARE_DELIMITERS)), key=lambda reading: reading.score)
    delimiter = best.delimiter if declared or best.width > 1 else ","
    first = best.header_place()
    return CsvDialect(
        delimiter=delimiter,
        quotechar=quotechar,
        has_header=looks_like_header(best.rows[first:]),
        preamble_lines=best.lines_before(first),
        decimal_comma=_uses_decimal_comma(best.rows[first:], delimiter),
        skips_spaces=spaces,
        has_escapes=escapes,
    )


def _unwrapped(rows: Sequence[Sequence[str]], quotechar: str, *, cut: bool) -> CsvDialect | None:
    """Read rows that are one quoted cell each as rows; None when what stands in them is no table."""
    inner = [row[0] for row in rows if row and row[0].strip()]
    if len(inner) < 2 or any("\n" in text for text in inner):
        return None
    found = _dialect_of("\n".join(inner), cut=False)
    reading = _Reading("\n".join(inner), found.delimiter, quotechar, cut=cut, skip_spaces=found.skips_spaces)
    is_table = reading.width > 1 and reading.score[0] == 1.0 and not found.is_wrapped and not found.preamble_lines
    return found if is_table else None


def open_rows(path: Path, dialect: CsvDialect) -> Iterator[list[str]]:
    """Stream the rows of a file as lists of text, header included, preamble and blank lines not.

    Rows may be shorter or longer than the header; NUL bytes are dropped, undecodable bytes
    become U+FFFD. Raises CsvUnreadable and OSError.
    """
    for _line_number, row in open_numbered_rows(path, dialect):
        yield row


def open_numbered_rows(path: Path, dialect: CsvDialect) -> Iterator[tuple[int, list[str]]]:
    """Stream rows with the physical line (from 1) on which each ends, for reports of errors."""
    # newline="" leaves CR, LF and CRLF to the csv reader, which keeps those inside quotes.
    errors = dialect.fallback or "replace"
    with path.open(encoding=dialect.encoding, errors=errors, newline="") as file:
        lines = _plain_lines(iter(partial(file.readline, FIELD_LIMIT_CHARACTERS), ""), dialect)
        for _skipped in range(dialect.preamble_lines):
            next(lines, None)
        rows = RowReader(lines, dialect.delimiter, dialect.quotechar, skip_spaces=dialect.skips_spaces)
        try:
            for number, row in rows:
                if any(cell.strip() for cell in row) and row != [END_OF_FILE]:
                    yield dialect.preamble_lines + number, _unwrap(row, dialect) if dialect.is_wrapped else row
        except csv.Error as error:
            raise CsvUnreadable(dialect.preamble_lines + rows.number) from error


def _plain_lines(lines: Iterator[str], dialect: CsvDialect) -> Iterator[str]:
    """Take away what is no letter; a line without an end is refused before the next piece of it is read."""
    for number, line in enumerate(lines, start=1):
        if len(line) >= FIELD_LIMIT_CHARACTERS:
            raise CsvUnreadable(number)
        plain = line.replace("\0", "").replace("\ufeff", "")
        yield plain.replace('\\"', '""') if dialect.has_escapes else plain


def _unwrap(row: list[str], dialect: CsvDialect) -> list[str]:
    if len(row) != 1:
        return row
    return next(csv.reader([row[0]], delimiter=dialect.delimiter, quotechar=dialect.quotechar), row)


def header_place(rows: Sequence[Sequence[str]], width: int) -> int:
    """Find the first row that is as wide as the table and mostly filled.

    A first line that lacks one name is the header nevertheless, unless the next one is more like it.
    """
    for place, row in enumerate(rows):
        filled = sum(bool(cell.strip()) for cell in row)
        if len(row) >= width and filled * 2 > width:
            return 0 if place == 1 and _lacks_a_name(rows, width) else place
    return 0


def _lacks_a_name(rows: Sequence[Sequence[str]], width: int) -> bool:
    first = [cell.strip() for cell in rows[0]]
    if len(first) != width - 1 or len(first) < 2 or not all(first) or any(map(_is_typed, first)):
        return False
    has_values = [any(_is_typed(cell) for cell in row) for row in rows[1:]]
    return has_values[0] or not any(has_values)


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Give the commonest width (of equals that of the first), without columns that are empty in every row."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 1
    first = next(len(row) for row in rows if len(row) > 1)
    width = max(widths, key=lambda each: (widths[each], each == first, each))
    while width > 2 and not any(row[width - 1].strip() for row in rows if len(row) >= width):
        width -= 1
    return width


class _Reading:
    """The sample read with one delimiter, and how well that went."""

    def __init__(self, text: str, delimiter: str, quotechar: str, *, cut: bool, skip_spaces: bool) -> None:
        self.delimiter = delimiter
        self.rows: list[list[str]] = []
        self._ends: list[int] = []
        lines = io.StringIO(text, newline="")
        try:
            for number, row in RowReader(lines, delimiter, quotechar, skip_spaces=skip_spaces):
                self.rows.append(row)
                self._ends.append(number)
        except csv.Error:
            pass  # an over-long field in the sample: judge by the rows read so far
        if cut and len(self.rows) > 1:
            del self.rows[-1], self._ends[-1]
        self.width = usual_width(self.rows)

    @property
    def score(self) -> tuple[float, int]:
        """Judge by the share of rows with the usual width, then by that width."""
        filled = [row for row in self.rows if any(cell.strip() for cell in row)]
        if self.width < 2 or not filled:
            return 0.0, self.width
        # Report lines above the header speak for no delimiter, so they count against it only half.
        counted = filled[next(place for place, row in enumerate(filled) if len(row) > 1 or place == len(filled) - 1) :]
        same = sum(len(row) == self.width or not any(row[self.width :]) for row in counted if len(row) >= self.width)
        return same / len(counted) * (0.5 + 0.5 * len(counted) / len(filled)), self.width

    def header_place(self) -> int:
        """Find the header, or the first row; a line that names the delimiter is neither."""
        is_sep = [bool(row) and _SEP_LINE.match(self.delimiter.join(row)) is not None for row in self.rows[:1]]
        start = 1 if is_sep == [True] and len(self.rows) > 1 else 0
        return start + header_place(self.rows[start:], self.width)

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
    if not stripped or len(stripped) > _LONGEST_TYPED:
        return False
    if "@" in stripped and " " not in stripped and "." in stripped:
        return True
    return any(shape.fullmatch(stripped) for shape in (_NUMBER, _DATE, _PHONE))


def looks_like_header(rows: Sequence[Sequence[str]]) -> bool:
    """Take the first row for a header unless it holds values, repeats itself or recurs below.

    Years above columns of other numbers are names, and so are the numbers of the columns.
    """
    if not rows:
        return True
    first = rows[0]
    names = [fold(cell) for cell in first if cell.strip()]
    if not names or any(_is_typed(cell) and not _is_year_above(rows, place) for place, cell in enumerate(first)):
        return _counts_columns(rows)
    if any(_is_typed(cell) for row in rows[1:] for cell in row):
        return True
    columns_below = [{fold(row[place]) for row in rows[1:] if place < len(row)} for place in range(len(first))]
    recurring = sum(fold(cell) in below for cell, below in zip(first, columns_below, strict=True) if cell.strip())
    return len(set(names)) == len(names) and recurring == 0


def _is_year_above(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Tell whether a cell of the first row is a year that no value below it is."""
    below = [row[place].strip() for row in rows[1:] if place < len(row) and row[place].strip()]
    return bool(_YEAR.fullmatch(rows[0][place].strip()) and below and not any(_YEAR.fullmatch(cell) for cell in below))


def _counts_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first row is 1, 2, 3… (or 0, 1, 2…) above rows of something else."""
    first = [cell.strip() for cell in rows[0]]
    counted = any(first == [str(number) for number in range(start, start + len(first))] for start in (0, 1))
    return counted and len(first) > 1 and any(cell.strip() and not _is_typed(cell) for row in rows[1:] for cell in row)


def _uses_decimal_comma(rows: Sequence[Sequence[str]], delimiter: str) -> bool:
    """Weigh numbers like 1,5 against numbers like 1.5."""
    cells = [cell.strip(" ₺€$%TL") for row in rows for cell in row if len(cell) <= _LONGEST_TYPED]
    commas = sum(_DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    dots = sum(_DECIMAL_DOT.fullmatch(cell) is not None for cell in cells)
    return commas > dots if commas or dots else delimiter == ";"
