"""Read a table file of any kind as a stream of rows, whatever its encoding and shape."""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from django.utils.translation import gettext as _

from hatir.foundation.transfer.cards_in import card_rows, header_of, keys_of, looks_like_cards
from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.errors import FileUnreadable, TransferRefused
from hatir.foundation.transfer.workbooks import filled_down, merged_cells, refuse_bomb
from hatir.kit.csv_dialect import (
    CsvDialect,
    CsvUnreadable,
    header_place,
    looks_like_header,
    open_numbered_rows,
    sniff,
    usual_width,
)
from hatir.kit.csv_encoding import TURKISH_LETTERS_ELSE, guess_encoding, has_utf8_letters

SAMPLE_BYTES = 256 * 1024
MOST_COLUMNS = 500
JSONL_SAMPLE_ROWS = 1000
HEADER_SAMPLE_ROWS = 50
ALLOWED_CONTROLS = "\t\r\n\0\x01\x1a\x1f"
CARDS = "vcf"
Row = tuple[int, list[Any]]


@dataclass(frozen=True)
class Table:
    """How a file is read. `decimal_comma` counts for CSV only; `sheet` for spreadsheets."""

    kind: str
    headers: tuple[str, ...]
    sheet: str = ""
    dialect: CsvDialect = field(default_factory=CsvDialect)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells of a sheet that go over several rows: first row, first column, last row, last column (from 1)."""
    keys: tuple[str, ...] = ()
    """What each column of a file of cards holds (`cards_in.COLUMNS`); other kinds have none."""

    @property
    def decimal_mark(self) -> str:
        if self.kind != "csv":
            return ""
        return "," if self.dialect.decimal_comma else "."


def inspect(path: Path) -> Table:
    """Find out what kind of table a file is and what its columns are called. Raises FileUnreadable."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    if not head.strip():
        raise FileUnreadable(_("it is empty"))
    if head.startswith(b"PK\x03\x04"):
        if not is_zipfile(path):
            raise FileUnreadable
        return _inspect_xlsx(path)
    if head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise FileUnreadable
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise FileUnreadable(_("it is a web page or XML"))
    if looks_like_cards(head):
        return _inspect_cards(path, head)
    if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{"):
        return _inspect_jsonl(path)
    if re.match(rb"\[\s*[{\]]", head.lstrip(b"\xef\xbb\xbf \r\n")):
        raise FileUnreadable(_("it is one JSON list; each record must stand on a line of its own"))
    return _inspect_csv(path, head)


def _inspect_cards(path: Path, head: bytes) -> Table:
    encoding = guess_encoding(head).replace("utf-8-sig", "utf-8")
    keys = keys_of(path, encoding)
    return Table(CARDS, named([header_of(key) for key in keys]), dialect=CsvDialect(encoding), keys=tuple(keys))


def _inspect_csv(path: Path, head: bytes) -> Table:
    dialect = _readable_to_the_end(path, sniff(head))
    if is_binary(head, dialect):
        raise FileUnreadable
    try:
        first = list(islice((row for _line, row in open_numbered_rows(path, dialect)), HEADER_SAMPLE_ROWS))
    except CsvUnreadable as problem:
        raise _too_long(problem) from problem
    if not first:
        raise FileUnreadable(_("it is empty"))
    return Table("csv", _headers(first, has_header=dialect.has_header), dialect=dialect)


def _too_long(problem: CsvUnreadable) -> FileUnreadable:
    return FileUnreadable(_("line %(line)d is too long") % {"line": problem.line_number})


def is_binary(head: bytes, dialect: CsvDialect) -> bool:
    """Tell whether what should be text holds more control characters than text ever does."""
    text = head.decode(dialect.encoding, errors=dialect.fallback or "replace")
    controls = sum(letter < " " and letter not in ALLOWED_CONTROLS for letter in text)
    return controls * 50 > len(text)


def _headers(first: Sequence[Sequence[Any]], *, has_header: bool) -> tuple[str, ...]:
    """Name the columns. Where most rows are wider than the header the others have numbers: nothing is lost."""
    texts = [[as_text(cell) for cell in row] for row in first]
    below = sorted(_filled_width(row) for row in texts[1:])
    usual = below[(len(below) - 1) // 2] if below else 0
    own = texts[0] if has_header else []
    width = max(len(own), usual) if has_header else max(len(texts[0]), usual)
    found = named([*own, *[""] * (width - len(own))], least=usual)
    if len(found) > MOST_COLUMNS:
        told = _("it has %(count)d columns; there may be %(most)d at most")
        raise FileUnreadable(told % {"count": len(found), "most": MOST_COLUMNS})
    return found


def _filled_width(row: Sequence[str]) -> int:
    return max((place for place, text in enumerate(row, start=1) if text), default=0)


def _readable_to_the_end(path: Path, dialect: CsvDialect) -> CsvDialect:
    """Take a file for Turkish Windows text when its beginning is plain letters, and further on it is no UTF-8.

    One that has letters of UTF-8 as well was put together of two: its other bytes alone are read so. A last letter
    of which only a half is there is no reason: the file was cut off.
    """
    if dialect.encoding not in ("utf-8", "utf-8-sig", "ascii") or dialect.fallback:
        return dialect
    decoder, is_sound, has_letters = getincrementaldecoder("utf-8")(), True, False
    with path.open("rb") as file:
        while piece := file.read(SAMPLE_BYTES):
            has_letters = has_letters or has_utf8_letters(piece)
            if is_sound:
                try:
                    decoder.decode(piece)
                except UnicodeDecodeError:
                    is_sound = False
            elif has_letters:
                break
    if is_sound:
        return dialect
    return replace(dialect, fallback=TURKISH_LETTERS_ELSE) if has_letters else replace(dialect, encoding="cp1254")


def _inspect_xlsx(path: Path) -> Table:
    with _workbook(path) as book:
        active = book.active.title if book.active is not None else ""
    filled = sheets(path)
    if not filled:
        raise FileUnreadable(_("it is empty"))
    return inspect_sheet(path, active if active in filled else filled[0])


def sheets(path: Path) -> list[str]:
    """List the sheets of a workbook that hold something, in their order. Raises FileUnreadable."""
    with _workbook(path) as book:
        return [sheet.title for sheet in book.worksheets if next(_sheet_rows(sheet), None) is not None]


def inspect_sheet(path: Path, name: str) -> Table:
    """Find out what the columns of one sheet are called. Raises FileUnreadable when there is no such sheet."""
    with _workbook(path) as book:
        if name not in book.sheetnames:
            raise FileUnreadable(_("there is no such sheet"))
        first = list(islice(_sheet_rows(book[name]), HEADER_SAMPLE_ROWS))
        part = str(book[name]._worksheet_path)
    if not first:
        raise FileUnreadable(_("it is empty"))
    texts = [[as_text(cell) for cell in row] for _line, row in first]
    place = header_place(texts, usual_width(texts))
    has_header = looks_like_header(texts[place:])
    dialect = CsvDialect(has_header=has_header, preamble_lines=first[place][0] - 1)
    headers = _headers([row for _line, row in first[place:]], has_header=has_header)
    return Table("xlsx", headers, sheet=name, dialect=dialect, merged=tuple(merged_cells(path, part)))


def _inspect_jsonl(path: Path) -> Table:
    names: dict[str, None] = {}
    for _line, record in islice(_json_records(path), JSONL_SAMPLE_ROWS):
        names.update(dict.fromkeys(record))
    if not names:
        raise FileUnreadable(_("it is empty"))
    return Table("jsonl", tuple(names))


def named(headers: Sequence[str], least: int = 1) -> tuple[str, ...]:
    """Give every column a name of its own: empty ones a number, repeated ones a suffix.

    Nameless columns at the end are left away, down to the `least` number of columns.
    """
    given: dict[str, None] = {}
    for place, header in enumerate(headers):
        name = " ".join(header.split())[:120] or _("Column %(number)d") % {"number": place + 1}
        given[name if name not in given else f"{name} ({place + 1})"] = None
    found = list(given)
    while len(found) > max(least, 1) and not headers[len(found) - 1].strip():
        found.pop()
    return tuple(found)


def rows(path: Path, table: Table) -> Iterator[Row]:
    """Stream the rows below the header with their line number, empty ones left out. Raises FileUnreadable."""
    if table.kind == "xlsx":
        yield from _xlsx_rows(path, table)
    elif table.kind == "jsonl":
        for line, record in _json_records(path):
            yield line, [record.get(name) for name in table.headers]
    elif table.kind == CARDS:
        yield from card_rows(path, table.dialect.encoding, table.keys)
    else:
        yield from _csv_rows(path, table)


def _csv_rows(path: Path, table: Table) -> Iterator[Row]:
    width = len(table.headers)
    try:
        numbered = open_numbered_rows(path, table.dialect)
        for line, row in islice(numbered, 1 if table.dialect.has_header else 0, None):
            yield line, row if len(row) == width else fitted(row, width)
    except CsvUnreadable as problem:
        raise _too_long(problem) from problem


def fitted(row: list[Any], width: int) -> list[Any]:
    """Fill a short row up, and cut empty cells beyond the last column off; filled ones stay, to be told."""
    if len(row) < width:
        return [*row, *[""] * (width - len(row))]
    return row if any(as_text(cell) for cell in row[width:]) else row[:width]


def _xlsx_rows(path: Path, table: Table) -> Iterator[Row]:
    width = len(table.headers)
    with _workbook(path) as book:
        sheet = book[table.sheet] if table.sheet in book.sheetnames else book.active
        above = table.dialect.preamble_lines + (1 if table.dialect.has_header else 0)
        for line, row in filled_down(_sheet_rows(sheet), table.merged):
            if line > above:
                yield line, row if len(row) == width else fitted(row, width)


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    from openpyxl import load_workbook

    refuse_bomb(path)
    with path.open("rb") as file:  # opened here, since the stored file has no ending from which openpyxl could tell
        try:
            book = load_workbook(file, read_only=True, data_only=True)
            yield book
            book.close()
        except (TransferRefused, GeneratorExit):
            raise
        except Exception as problem:
            raise FileUnreadable from problem


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = list(row)
        if any(cell is not None and str(cell).strip() for cell in cells):
            yield line, cells


def _json_records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                record = _json(text)
            except (ValueError, RecursionError):
                raise FileUnreadable(_("line %(line)d is no JSON") % {"line": line}) from None
            if not isinstance(record, dict):
                raise FileUnreadable(_("line %(line)d is no JSON object") % {"line": line})
            yield line, record


def _json(text: str) -> Any:
    """Read one line; half letters (lone surrogates), which no database keeps, become U+FFFD."""
    if "\\u" in text:
        whole = json.dumps(json.loads(text), ensure_ascii=False)
        text = whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(text, parse_constant=lambda _name: None)


def sample(path: Path, table: Table, count: int = 200) -> list[list[Any]]:
    """Give the first rows, for the proposal of a mapping and for the preview."""
    return [cells for _line, cells in islice(rows(path, table), count)]


def numbered_sample(path: Path, table: Table, count: int = 200) -> list[Row]:
    """Give the first rows with their line numbers."""
    return list(islice(rows(path, table), count))


def rows_at(path: Path, table: Table, lines: Collection[int]) -> dict[int, list[Any]]:
    """Give the rows of some lines; the file is read no further than the last of them."""
    last, wanted = max(lines, default=0), set(lines)
    found: dict[int, list[Any]] = {}
    for line, cells in rows(path, table) if wanted else ():
        if line > last:
            break
        if line in wanted:
            found[line] = cells
    return found


def table_to_json(table: Table, sheet_names: Sequence[str] = ()) -> dict[str, Any]:
    """Write down how a file is read, to read it in the same way later; `sheet_names` to choose another sheet."""
    return {
        "sheets": list(sheet_names),
        "kind": table.kind, "headers": list(table.headers), "sheet": table.sheet, "dialect": vars(table.dialect),
        "keys": list(table.keys), "merged": [list(area) for area in table.merged],
    }  # fmt: skip


def table_from_json(data: dict[str, Any]) -> Table:
    """Read back what `table_to_json` wrote."""
    dialect, keys = CsvDialect(**data["dialect"]), tuple(data.get("keys", ()))
    merged = tuple((area[0], area[1], area[2], area[3]) for area in data.get("merged", ()))
    return Table(data["kind"], tuple(data["headers"]), data["sheet"], dialect, merged, keys)
