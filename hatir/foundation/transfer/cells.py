"""One cell of a table file: how a text is written safely, and how a cell is read back."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"); the apostrophe stands for itself.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")


def neutralise(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; `bare` takes it off."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def bare(text: str) -> str:
    """Take off the apostrophe that `neutralise` put there; other texts stay as they are."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(DANGEROUS) else text


def join_items(items: Iterable[str]) -> str:
    """Write several names into one cell; a name that holds a separator is quoted."""
    return "; ".join(_quoted(item) if any(mark in item for mark in ',;"') else item for item in items)


def _quoted(item: str) -> str:
    doubled = item.replace('"', '""')
    return f'"{doubled}"'


def split_items(text: str) -> list[str]:
    """Read several names out of one cell: separated by ";" or, where there is none, by ","."""
    delimiter = ";" if ";" in _outside_quotes(text) else ","
    rows = list(csv.reader([text.replace("\n", " ")], delimiter=delimiter, skipinitialspace=True))
    return [item.strip() for item in (rows[0] if rows else []) if item.strip()]


def _outside_quotes(text: str) -> str:
    return "".join(part for place, part in enumerate(text.split('"')) if place % 2 == 0)


def as_text(cell: Any) -> str:
    """Give a cell of any file as the text that a person sees in it."""
    if cell is None:
        return ""
    if type(cell) is str and (text := cell.strip())[:1] not in ("=", "'") and "\0" not in text:  # most of them
        return text
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() and cell.tzinfo is None else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (list, tuple)):
        return join_items(as_text(item) for item in cell)
    text = str(cell).replace("\0", "").strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1].replace('""', '"')  # how Excel is made to keep the zeros of a code
    return bare(text)
