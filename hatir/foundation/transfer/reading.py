"""Read a table file of any kind as a stream of rows, whatever its encoding and shape."""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, is_zipfile

from django.utils.translation import gettext as _

from hatir.foundation.transfer.cards_in import card_rows, header_of, keys_of, looks_like_cards
from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.errors import FileUnreadable
from hatir.kit.csv_dialect import CsvDialect, CsvUnreadable, open_numbered_rows, sniff
from hatir.kit.csv_encoding import guess_encoding

SAMPLE_BYTES = 256 * 1024
MOST_COLUMNS = 500
JSONL_SAMPLE_ROWS = 1000
CARDS = "vcf"
Row = tuple[int, list[Any]]


@dataclass(frozen=True)
class Table:
    """How a file is read. `decimal_comma` counts for CSV only; `sheet` for spreadsheets."""

    kind: str
    headers: tuple[str, ...]
    sheet: str = ""
    dialect: CsvDialect = field(default_factory=CsvDialect)
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
    if looks_like_cards(head):
        return _inspect_cards(path, head)
    if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{"):
        return _inspect_jsonl(path)
    return _inspect_csv(path, head)


def _inspect_cards(path: Path, head: bytes) -> Table:
    encoding = guess_encoding(head).replace("utf-8-sig", "utf-8")
    keys = keys_of(path, encoding)
    return Table(CARDS, named([header_of(key) for key in keys]), dialect=CsvDialect(encoding), keys=tuple(keys))


def _inspect_csv(path: Path, head: bytes) -> Table:
    dialect = _readable_to_the_end(path, sniff(head))
    try:
        first = next((row for _line, row in open_numbered_rows(path, dialect)), [])
    except CsvUnreadable as problem:
        raise FileUnreadable(str(problem)) from problem
    if not first or len(first) > MOST_COLUMNS:
        raise FileUnreadable
    headers = first if dialect.has_header else [_("Column %(number)d") % {"number": n + 1} for n in range(len(first))]
    return Table("csv", named(headers), dialect=dialect)


def _readable_to_the_end(path: Path, dialect: CsvDialect) -> CsvDialect:
    """Take a file for Turkish Windows text when its beginning is plain letters, and further on it is no UTF-8.

    A last letter of which only a half is there is no reason: the file was cut off.
    """
    if dialect.encoding not in ("utf-8", "utf-8-sig", "ascii"):
        return dialect
    decoder = getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while piece := file.read(SAMPLE_BYTES):
                decoder.decode(piece)
    except UnicodeDecodeError:
        return replace(dialect, encoding="cp1254")
    return dialect


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
        for _line, row in _sheet_rows(book[name]):
            return Table("xlsx", named([as_text(cell) for cell in row]), sheet=name)
    raise FileUnreadable(_("it is empty"))


def _inspect_jsonl(path: Path) -> Table:
    names: dict[str, None] = {}
    for _line, record in islice(_json_records(path), JSONL_SAMPLE_ROWS):
        names.update(dict.fromkeys(record))
    if not names:
        raise FileUnreadable(_("it is empty"))
    return Table("jsonl", tuple(names))


def named(headers: Sequence[str]) -> tuple[str, ...]:
    """Give every column a name of its own: empty ones a number, repeated ones a suffix."""
    given: list[str] = []
    for place, header in enumerate(headers):
        name = " ".join(header.split())[:120] or _("Column %(number)d") % {"number": place + 1}
        given.append(name if name not in given else f"{name} ({place + 1})")
    while len(given) > 1 and not headers[len(given) - 1].strip():
        given.pop()
    return tuple(given)


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
            yield line, [*row[:width], *[""] * (width - len(row))]
    except CsvUnreadable as problem:
        raise FileUnreadable(str(problem)) from problem


def _xlsx_rows(path: Path, table: Table) -> Iterator[Row]:
    width = len(table.headers)
    with _workbook(path) as book:
        sheet = book[table.sheet] if table.sheet in book.sheetnames else book.active
        for line, row in islice(_sheet_rows(sheet), 1, None):
            yield line, [*row[:width], *[None] * (width - len(row))]


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    file = path.open("rb")  # opened here, since the stored file has no ending from which openpyxl could tell
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as problem:
        file.close()
        raise FileUnreadable from problem
    try:
        yield book
    finally:
        book.close()
        file.close()


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = list(row[:MOST_COLUMNS])
        if any(cell is not None and str(cell).strip() for cell in cells):
            yield line, cells


def _json_records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                record = json.loads(text)
            except ValueError:
                raise FileUnreadable(_("line %(line)d is no JSON") % {"line": line}) from None
            if not isinstance(record, dict):
                raise FileUnreadable(_("line %(line)d is no JSON object") % {"line": line})
            yield line, record


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
        "keys": list(table.keys),
    }  # fmt: skip


def table_from_json(data: dict[str, Any]) -> Table:
    """Read back what `table_to_json` wrote."""
    dialect, keys = CsvDialect(**data["dialect"]), tuple(data.get("keys", ()))
    return Table(data["kind"], tuple(data["headers"]), data["sheet"], dialect, keys)
