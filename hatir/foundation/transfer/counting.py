"""The places of parts in their whole, where a file does not say them: the third row of an order is its third line.

Without a place two lines of one order would look like the same thing, and the second would overwrite the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from hatir.foundation.records.declaration import RecordType
from hatir.foundation.transfer.cells import as_text

PLACE = "position"
Numbered = tuple[int, Sequence[Any], int]


def column_of_whole(rt: RecordType, mapping: Mapping[str, str]) -> int | None:
    """Give the column that names the whole, where rows are to be counted: parts have places, and the file none."""
    if not rt.part_of or PLACE not in rt.match_on or PLACE in mapping.values():
        return None
    return next((int(at) for at, name in mapping.items() if name == rt.part_of), None)


def counted(rows: Iterable[tuple[int, Sequence[Any]]], column: int | None) -> Iterator[Numbered]:
    """Add to each row (line, cells) its place among those of the same whole, from 1 on; 0 where nothing is counted.

    A whole is kept as a number of 64 bits, so that a million orders take less than 100 MB.
    """
    seen: dict[int, int] = {}
    for line, cells in rows:
        whole = as_text(cells[column]).strip() if column is not None and column < len(cells) else ""
        if not whole:
            yield line, cells, 0
            continue
        key = int.from_bytes(blake2b(whole.encode(), digest_size=8).digest(), "big")
        seen[key] = place = seen.get(key, 0) + 1
        yield line, cells, place
