"""Turkish text: casing, search folding, alphabetical order and initials.

Python's own casing is locale-free and wrong for Turkish: ``"istanbul".upper()`` loses the
dot, ``"IŞIK".lower()`` gains one and ``len("İ".lower())`` is 2. Use this module for text
written by people; keep plain ASCII casing for identifiers, codes and e-mail addresses.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_KEPT = 120
"""Folds of texts up to this length are kept for a while."""
APOSTROPHES = "'’ʼ`´"

_TO_LOWER = str.maketrans({"I": "ı", "İ": "i"})
_TO_UPPER = str.maketrans({"i": "İ", "ı": "I"})
_COMPOSE_DOT = "I\u0307"
_COMBINING_DOT = "\u0307"


def _composed(text: str) -> str:
    """Bring text to NFC, so that a decomposed İ (I + U+0307) is one letter."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def tr_lower(text: str) -> str:
    """Lower-case by Turkish rules: İ → i, I → ı; the length of NFC text stays the same."""
    return _composed(text).translate(_TO_LOWER).lower()


def tr_upper(text: str) -> str:
    """Upper-case by Turkish rules: i → İ, ı → I."""
    return _composed(text).translate(_TO_UPPER).upper()


_WORD = re.compile(rf"[^\W_]+(?:[{APOSTROPHES}][^\W_]+)*")


def tr_title(text: str) -> str:
    """Capitalise each word by Turkish rules, leaving an apostrophe suffix in lower case.

    ``ANKARA'DA`` becomes ``Ankara'da``. A one-letter head is a name prefix, not a stem
    with a suffix, so ``o'neill`` becomes ``O'Neill``.
    """
    return _WORD.sub(lambda found: _title_word(found.group()), tr_lower(text))


def _title_word(word: str) -> str:
    """Capitalise one lower-case word."""
    if len(word) > 2 and word[1] in APOSTROPHES:
        return tr_upper(word[0]) + word[1] + tr_upper(word[2]) + word[3:]
    return tr_upper(word[0]) + word[1:]


# --- search folding ---------------------------------------------------------------------


class _FoldTable(dict[int, str]):
    """A translation table that learns each character's ASCII fold on first sight."""

    def __missing__(self, code: int) -> str:
        """Fold one character by compatibility decomposition, dropping the marks."""
        character = chr(code)
        plain = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
        folded = character.casefold() if plain == character else plain.translate(self)
        if character.isspace() or folded.isspace():
            folded = " "
        self[code] = folded
        return folded


_FOLD = _FoldTable(
    {ord(key): value for key, value in {
        "ı": "i", "İ": "i", "I": "i", "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae",
        "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ð": "d", "Ð": "d",
        "þ": "th", "Þ": "th", "ł": "l", "Ł": "l", "ə": "e", "Ə": "e", "ħ": "h", "Ħ": "h",
        "ŋ": "n", "Ŋ": "n", "ſ": "s", "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'",
        "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-",
        "\u200b": "", "\ufeff": "", "\u00ad": "",
    }.items()}
)  # fmt: skip


def fold(text: str) -> str:
    """Fold text for searching and matching: ASCII look-alikes, lower case, single spaces.

    ``ISIK``, ``ışık``, ``Işık`` and ``isik`` all become ``isik``; fold both sides before
    comparing. Letters without a Latin look-alike (Cyrillic, Arabic…) are kept, case-folded.
    """
    return _kept_fold(text) if len(text) <= LONGEST_KEPT else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():  # what the table would give, at a quarter of its price
        return " ".join(text.lower().replace("`", "'").split())
    return " ".join(text.translate(_FOLD).split())


# Matching, tidying and the search index fold the same name one after the other, and cities and names repeat.
_kept_fold = lru_cache(maxsize=16_384)(_fold)


# --- alphabetical order -----------------------------------------------------------------

_ORDER = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
# Letters get consecutive ASCII codes from "A" on, so that any binary comparison of the
# keys (SQLite BINARY, PostgreSQL COLLATE "C", Python) is Turkish order. 32 letters end at
# "`". Digits and blanks lie below, every other script above: both keep their own place.
_LETTER_KEYS = {letter: chr(ord("A") + place) for place, letter in enumerate(_ORDER)}


class _SortTable(dict[int, str]):
    """A translation table from a lower-case character to its piece of the sort key."""

    def __missing__(self, code: int) -> str:
        """Place one character: a marked letter beside its plain one, punctuation nowhere."""
        character = chr(code)
        if character in _LETTER_KEYS:
            piece = _LETTER_KEYS[character]
        elif character.isspace():
            piece = " "
        elif code > 127 and character.isalpha():
            folded = fold(character)
            piece = "".join(_LETTER_KEYS.get(part, part) for part in folded)
        elif character.isdigit():
            piece = character
        else:
            piece = " " if character in "-–—/_" else ""
        self[code] = piece
        return piece


_SORT = _SortTable()
_SPACES = re.compile(" +")


def sort_key(text: str) -> str:
    """Make a key whose plain binary order is Turkish dictionary order.

    Order: blank, digits, a b c ç d e f g ğ h ı i j k l m n o ö p q r s ş t u ü v w x y z,
    other scripts. Case and punctuation do not count. Foreign and circumflex letters sort
    as their plain letter. The key after a tab, tr_lower(text), breaks ties, so equal-looking
    names keep one stable order everywhere.
    """
    lowered = tr_lower(text)
    primary = _SPACES.sub(" ", lowered.translate(_SORT)).strip()
    return f"{primary}\t{lowered}" if primary else f"\t{lowered}"


def initials(name: str) -> str:
    """Take up to two initials, in Turkish case: first and last word (``İŞ``, ``IA``)."""
    words = [word for word in re.split(r"[\s\-.,()&/]+", name) if word and word[0].isalnum()]
    if not words:
        return ""
    chosen = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(tr_upper(word[0]) for word in chosen)
