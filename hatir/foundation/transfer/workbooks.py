"""What a workbook says beside its cells: how large it unpacks, and which cells are merged."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from hatir.foundation.transfer.errors import FileUnreadable

Area = tuple[int, int, int, int]
# A sheet of a million rows with thirty columns unpacks to about 2 GB, and is read as a stream. The texts that cells
# share are held in memory, and so are the small parts.
LARGEST_SHEET_BYTES = 3_000_000_000
LARGEST_PART_BYTES = 300_000_000
MOST_MERGED = 20_000
PIECE_BYTES = 1024 * 1024
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_OVERLAP = 200


def refuse_bomb(path: Path) -> None:
    """Refuse a workbook that unpacks to more than any honest one. Raises FileUnreadable."""
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise FileUnreadable from problem
    sheets = [part for part in parts if "/worksheets/" in part.filename]
    others = [part for part in parts if "/worksheets/" not in part.filename]
    too_large = sum(part.file_size for part in sheets) > LARGEST_SHEET_BYTES
    if too_large or any(part.file_size > LARGEST_PART_BYTES for part in others):
        raise FileUnreadable(_("it unpacks to more than a workbook may hold"))


def merged_cells(path: Path, part: str) -> list[Area]:
    """Give the merged areas of a sheet that go over several rows; the part is passed through, not held."""
    try:
        with ZipFile(path) as archive, archive.open(part) as stream:
            return _areas(iter(lambda: stream.read(PIECE_BYTES), b""))
    except (BadZipFile, zlib.error, KeyError, ValueError, OSError, NotImplementedError) as problem:
        raise FileUnreadable from problem


def _areas(pieces: Iterable[bytes]) -> list[Area]:
    found: dict[Area, None] = {}
    before = b""
    for piece in pieces:
        whole = before + piece
        for first, top, last, bottom in _MERGED.findall(whole) if b"mergeCell" in whole else ():
            if int(top) < int(bottom):
                found[int(top), _number(first), int(bottom), _number(last)] = None
        before = whole[-_OVERLAP:]
        if len(found) > MOST_MERGED:
            break
    return list(found)[:MOST_MERGED]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def filled_down(rows: Iterable[tuple[int, list[Any]]], merged: Sequence[Area]) -> Iterator[tuple[int, list[Any]]]:
    """Give every row of a merged area what stands in its first cell, as a person reads it."""
    if not merged:
        yield from rows
        return
    waiting = sorted(merged, reverse=True)
    held: list[tuple[Area, Any]] = []
    for line, cells in rows:
        held = [(area, cell) for area, cell in held if area[2] >= line]
        for area, cell in held:
            cells.extend([None] * (area[1] - len(cells)))
            if cells[area[1] - 1] is None:
                cells[area[1] - 1] = cell
        while waiting and waiting[-1][0] <= line:
            area = waiting.pop()
            at = area[1] - 1
            if area[0] == line and at < len(cells) and cells[at] is not None:
                held.append((area, cells[at]))
        yield line, cells
