"""Guessing the encoding of text that came without a label, Turkish first."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Python names. cp1254 and iso8859-9 differ only in 0x80–0x9F (quotes and € against control
# characters), so cp1254 stands first and wins ties. cp857 is the Turkish DOS page.
_TURKISH_PAGES = ("cp1254", "iso8859-9", "cp857")
_TURKISH_LETTERS = frozenset("ğüşıöçĞÜŞİÖÇâîûÂÎÛ")
_LATIN_LETTERS = frozenset("éèêëàáäãåñóòôøúùíìïßæÉÈÄÅÑÓØ")
_TYPOGRAPHY = frozenset("€₺‘’“”–—…•°²³½«»©®™´\u00a0")

# An accented letter of two bytes in UTF-8; in the Turkish pages Ã, Ä or Å before a sign, which nobody writes.
_UTF8_LETTER = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")
TURKISH_LETTERS_ELSE = "hatir-turkish"
"""The name (for `errors=`) of reading single bytes that are no UTF-8 as the Turkish letters of windows-1254."""


def _turkish_letters(problem: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8 by the Turkish page where it is a customary letter or sign there."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    text = problem.object[problem.start : problem.end].decode("cp1254", errors="replace")
    known = _TURKISH_LETTERS | _TYPOGRAPHY
    return "".join(letter if letter in known else "\ufffd" for letter in text), problem.end


codecs.register_error(TURKISH_LETTERS_ELSE, _turkish_letters)


def has_utf8_letters(sample: bytes) -> bool:
    """Tell whether text that is not UTF-8 all through holds letters of UTF-8: two files were made one."""
    return _UTF8_LETTER.search(sample) is not None


def guess_encoding(sample: bytes) -> str:
    """Name the Python codec that reads the sample.

    Order: byte-order mark, UTF-16 without one (every other byte NUL), valid UTF-8, then the
    Turkish pages by how Turkish the result reads; `charset-normalizer` is asked only when none
    of them reads well (Cyrillic, Arabic…). Plain ASCII is reported as utf-8.
    """
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    if encoding_without_mark := _utf16_without_mark(sample):
        return encoding_without_mark
    if _is_utf8(sample):
        return "utf-8"
    scores = {page: _reading_score(sample, page) for page in _TURKISH_PAGES}
    best = max(_TURKISH_PAGES, key=lambda page: scores[page])
    if scores[best] > 0:
        return best
    return _ask_charset_normalizer(sample) or best


def _utf16_without_mark(sample: bytes) -> str | None:
    """Recognise UTF-16 by NULs on one side of the byte pairs (stray NULs are rarer)."""
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    even, odd = sample[0 : pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.4 and even < pairs * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > pairs * 0.4 and odd < pairs * 0.1 else None


def _is_utf8(sample: bytes) -> bool:
    """Tell whether the sample is UTF-8; a character cut off at its end does not matter."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _reading_score(sample: bytes, page: str) -> float:
    """Judge a reading of the non-ASCII bytes: per character, +1 Turkish … −4 impossible.

    A page that turns most letters into accented ones (Cyrillic read as Latin) scores low too.
    """
    text = sample.decode(page, errors="replace")
    high = [character for character in text if ord(character) > 127]
    if not high:
        return 0.0
    points = 0.0
    for character in high:
        if character in _TURKISH_LETTERS:
            points += 1
        elif character in _LATIN_LETTERS or character in _TYPOGRAPHY:
            points += 0.3
        elif character == "\ufffd":
            points -= 4
        elif "\x80" <= character <= "\x9f":
            points -= 3
        else:
            points -= 0.5
    plain_letters = sum(character.isascii() and character.isalpha() for character in text)
    if len(high) > 20 and len(high) > plain_letters:
        return -1.0
    return points / len(high)


def _ask_charset_normalizer(sample: bytes) -> str | None:
    """Let the general detector decide; None when it cannot either."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else None
