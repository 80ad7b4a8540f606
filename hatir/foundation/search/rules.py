"""What the index stores of a value, and what a typed text asks for; no database."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from hatir.kit.text_tr import fold, tr_lower

LONGEST_TEXT = 4000
LONGEST_TITLE = 120
MOST_WORDS = 6
TRIGRAM = 3
_PHONE_LIKE = re.compile(r"^[\d\s()+/.\-]+$")
_NO_DIGITS = re.compile("[^0-9]+")
_SEALED_LENGTHS = (10, 11, 16)  # VKN, TCKN, MERSİS


@dataclass(frozen=True)
class Wanted:
    """A typed text, ready to look for: its spelling, its fold, and the words that must all occur."""

    exact: str
    folded: str
    words: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        """Whether it is too short for trigrams; then only titles' beginnings are searched."""
        return len(self.folded) < TRIGRAM


def digits_of(text: str) -> str:
    """Give the digits as a Turk dials them: 0 first, without the country's 90."""
    digits = _NO_DIGITS.sub("", text)
    if digits.startswith("0090") and len(digits) > 10:
        digits = digits[4:]
    elif digits.startswith("90") and len(digits) == 12:
        digits = digits[2:]
    return f"0{digits}" if len(digits) == 10 and digits[0] in "2345" else digits


def sealed(value: str, secret: str) -> str:
    """Make the token under which a masked number is found only when typed in full."""
    plain = "".join(character for character in value if character.isalnum())
    mark = hmac.new(secret.encode(), plain.encode(), hashlib.blake2s).hexdigest()[:20]
    return f"~{mark}"


def searchable_text(parts: Iterable[str]) -> str:
    """Join folded parts; each word of the result has a space before it."""
    joined = " ".join(part for part in dict.fromkeys(parts) if part)
    return f" {joined}"[:LONGEST_TEXT]


def title_forms(title: str) -> tuple[str, str]:
    """Give spelling and fold of a title, cut to what the columns hold."""
    return " ".join(tr_lower(title).split())[:LONGEST_TITLE], fold(title)[:LONGEST_TITLE]


def alternatives(text: str, secret: str) -> list[Wanted]:
    """List the readings of a typed text, most specific first.

    A number typed in groups is first read as one number ("555 010" is a part of 0555 010 24 68),
    a number of the right length also as a sealed one; then as words that must all occur.
    """
    exact, folded = title_forms(text)
    if not folded:
        return []
    found: list[Wanted] = []
    digits = digits_of(folded) if _PHONE_LIKE.match(folded) else ""
    if len("".join(folded.split())) in _SEALED_LENGTHS and "".join(folded.split()).isdigit():
        found.append(_only(sealed(folded, secret)))
    if len(digits) >= TRIGRAM and digits != folded:
        found.append(_only(digits))
    words = tuple(dict.fromkeys(folded.split()))[:MOST_WORDS]
    found.append(Wanted(exact, folded, words))
    return found


def _only(word: str) -> Wanted:
    return Wanted(word, word, (word,))


def trigrams(text: str) -> list[str]:
    """Cut a text into its trigrams, each once."""
    return list(dict.fromkeys(text[at : at + TRIGRAM] for at in range(len(text) - TRIGRAM + 1)))
