"""Dates and numbers as people in Turkey type them, read by rules that are written down."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Literal

_DAY_FIRST = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"(1[89]\d\d|20\d\d)(\d\d)(\d\d)", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?", re.ASCII)


def parse_date(text: str) -> date:
    """Read ``gg.aa.yyyy`` (also with / or -), ISO ``yyyy-mm-dd`` or ``yyyymmdd`` from 1800 to 2099.

    The day always comes before the month. Two-digit years: 00–68 are 20xx, 69–99 are 19xx
    (POSIX). Raises ValueError for anything else and for days that do not exist.
    """
    stripped = text.strip()
    if found := _DAY_FIRST.fullmatch(stripped):
        day, _, month, year_text = found.groups()
        year = int(year_text)
        if len(year_text) == 2:
            year += 2000 if year < 69 else 1900
        return date(year, int(month), int(day))
    if found := _YEAR_FIRST.fullmatch(stripped):
        return date(int(found[1]), int(found[3]), int(found[4]))
    if found := _COMPACT.fullmatch(stripped):
        return date(int(found[1]), int(found[2]), int(found[3]))
    raise ValueError(f"not a date: {text!r}")


def parse_datetime(text: str, zone: tzinfo) -> datetime:
    """Read a date with a clock time (``21.11.2026 15:30``, ISO 8601); midnight without one.

    A time without an offset is taken in `zone`. Raises ValueError.
    """
    stripped = text.strip()
    day_text, _, clock_text = stripped.replace("T", " ", 1).partition(" ")
    if found := _CLOCK.fullmatch(clock_text.strip()):
        day = parse_date(day_text)
        hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
    if not clock_text:
        day = parse_date(day_text)
        return datetime(day.year, day.month, day.day, tzinfo=zone)
    read = datetime.fromisoformat(stripped)
    return read if read.tzinfo else read.replace(tzinfo=zone)


_MONEY_WORDS = re.compile(r"(?:₺|\$|€|£|%|\b(?:TL|TRY|USD|EUR|GBP)\b)", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\u00a0\u202f'’_]+")
_SCIENTIFIC = re.compile(r"(\d(?:[.,]\d+)?)E([+-]?\d{1,2})", re.ASCII)
_PLAIN = re.compile(r"\d+(?:[.,]\d+)*|[.,]\d+|\d+[.,]", re.ASCII)


def parse_decimal(text: str, *, decimal_mark: Literal[",", "."] | None = None) -> Decimal:
    """Read a number such as ``1.234,56``, ``1,234.56``, ``1234.56``, ``₺ 1.250`` or ``(12,5)``.

    Rules, first that fits:
    1. `decimal_mark` given: the other mark only groups (in threes).
    2. Both marks present: the one that comes last is the decimal mark.
    3. One mark, more than once: it groups (in threes).
    4. A comma once: decimal mark (``1,234`` is one and a bit — Turkish reading).
    5. A dot once: groups when 1–3 digits, not starting with 0, stand before it and exactly
       three after (``1.234`` is 1234); otherwise decimal mark.
    ``8,48E+10`` is what Excel makes of a long number. Currency signs, per cent, blanks and
    apostrophes are ignored; parentheses or a minus on either side make it negative. Raises
    ValueError.
    """
    size, negative = _strip_sign(_BLANKS.sub("", _MONEY_WORDS.sub("", text)).replace("−", "-"))
    if found := _SCIENTIFIC.fullmatch(size):
        long = Decimal(f"{found[1].replace(',', '.')}E{found[2]}")
        return Decimal(format(-long if negative else long, "f"))
    if not _PLAIN.fullmatch(size):
        raise ValueError(f"not a number: {text!r}")
    mark = decimal_mark or _guess_mark(size)
    whole, _, fraction = size.rpartition(mark) if mark in size else (size, "", "")
    if not _groups_well(whole, "." if mark == "," else ","):
        raise ValueError(f"not a number: {text!r}")
    digits = whole.replace(",", "").replace(".", "") or "0"
    value = Decimal(f"{digits}.{fraction}" if fraction else digits)
    return -value if negative else value


def _strip_sign(text: str) -> tuple[str, bool]:
    """Take the sign off; accounting parentheses and a trailing minus are negative."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1], True
    if text.startswith(("-", "+")):
        return text[1:], text[0] == "-"
    return (text[:-1], True) if text.endswith("-") else (text, False)


def _guess_mark(size: str) -> Literal[",", "."]:
    """Choose the decimal mark by rules 2–5 of parse_decimal."""
    commas, dots = size.count(","), size.count(".")
    if commas and dots:
        return "," if size.rfind(",") > size.rfind(".") else "."
    if commas:
        return "," if commas == 1 else "."
    if dots == 1 and not re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", size, re.ASCII):
        return "."
    return ","


def _groups_well(whole: str, mark: str) -> bool:
    """Tell whether the whole part is digits, or groups of three set apart by `mark`."""
    if mark not in whole:
        return whole == "" or whole.isdigit()
    return re.fullmatch(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", whole, re.ASCII) is not None
