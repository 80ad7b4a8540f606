"""Splitting a person's full name the way it is written in Turkey."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hatir.kit.text_tr import fold, tr_lower, tr_title, tr_upper

# Folded, without dots. A run of these before the name is the title ("Prof. Dr.").
_BEFORE = frozenset({
    "sn", "sayin", "bay", "bayan", "av", "dr", "prof", "doc", "docent", "yrd", "uzm", "op", "dt", "ecz", "muh",
    "mim", "vet", "hem", "ogr", "gor", "uyesi", "ars", "stj", "mr", "mrs", "ms", "miss", "mme", "herr", "frau",
    "sir",
})  # fmt: skip
_AFTER = frozenset(["bey", "hanim", "beyefendi", "hanimefendi", "efendi", "phd", "md", "jr", "sr"])
_PARTICLES = frozenset({
    "van", "von", "der", "den", "ter", "ten", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le",
    "el", "al", "bin", "bint", "ibn", "zu", "af",
})  # fmt: skip


_CAPITALISED = re.compile(r"[A-ZÇĞİÖŞÜÂÎÛ][a-zçğıöşüâîû]+")


@dataclass(frozen=True)
class PersonName:
    """A name in its parts; an absent part is the empty string."""

    given: str
    family: str
    title: str = ""

    def __str__(self) -> str:
        return f"{self.given} {self.family}".strip()


def split_name(full: str) -> PersonName:
    """Split a full name into title, given names and family name.

    The last word is the family name; a foreign particle (``van``, ``de``) starts it earlier,
    and so do closing words in capitals (``Ali Can ÖZ TÜRK``). ``SURNAME, Given`` is turned
    round. A single word is a given name. Text all in capitals or all in small letters is
    cased by Turkish rules; mixed case (``McDonald``) stays as it is.
    """
    if plain := _plain(full):
        return plain
    left, comma, right = (part.strip() for part in full.partition(","))
    turned = bool(comma) and fold(right).replace(".", "") not in _AFTER
    words = (f"{right} {left}" if turned else full.replace(",", " ")).split()
    title, words = _take_title(_apart(words))
    if not words:
        return PersonName("", "", title)
    family_size = len(_take_title(_apart(left.split()))[1]) if turned else _family_size(words)
    caps_family = not _one_case(words) and all(_is_caps(word) for word in words[-family_size:])
    cased = _cased(words)
    given, family = cased[:-family_size] if family_size else cased, cased[-family_size:] if family_size else []
    if caps_family:
        family = [tr_title(word) for word in family]
    return PersonName(" ".join(given), " ".join(family), title)


def _plain(full: str) -> PersonName | None:
    """Split a name of capitalised words alone, which most are: the last word is the family name."""
    words = full.split()
    if len(words) < 2 or not all(_CAPITALISED.fullmatch(word) and not _is_special(word) for word in words):
        return None
    return PersonName(" ".join(words[:-1]), words[-1])


@lru_cache(maxsize=16_384)
def _is_special(word: str) -> bool:
    """Tell whether a word may be a title or a particle, which the whole rules look at."""
    return _bare(word) in _BEFORE | _AFTER | _PARTICLES


def _apart(words: list[str]) -> list[str]:
    """Separate titles written without a blank: ``Prof.Dr.Ayşe`` is three words."""
    return [part for word in words for part in re.sub(r"\.(?=\w{2})", ". ", word).split()]


def _take_title(words: list[str]) -> tuple[str, list[str]]:
    """Take honorifics off both ends; a name that is nothing but titles keeps its last word."""
    first, last = 0, len(words)
    while first < last - 1 and _bare(words[first]) in _BEFORE:
        first += 1
    while last > first + 1 and _bare(words[last - 1]) in _AFTER:
        last -= 1
    titles = words[:first] + words[last:]
    return " ".join(_title_case(word) for word in titles), words[first:last]


def _bare(word: str) -> str:
    """Reduce a word for looking it up."""
    return fold(word).replace(".", "")


def _title_case(word: str) -> str:
    """Write a title with a capital, except degrees that have their own case."""
    return word if not _one_case([word]) or _bare(word) in {"phd", "md"} else tr_title(word)


def _family_size(words: list[str]) -> int:
    """Count the closing words that are the family name."""
    if len(words) < 2:
        return 0
    if not _one_case(words):
        caps = 0
        while caps < len(words) - 1 and _is_caps(words[-1 - caps]):
            caps += 1
        if caps:
            return caps
    size = 1
    while size < len(words) - 1 and _bare(words[-1 - size]) in _PARTICLES:
        size += 1
    return size


def _is_caps(word: str) -> bool:
    """Tell whether a word is written in capitals (an initial such as ``K.`` is not)."""
    letters = [letter for letter in word if letter.isalpha()]
    return len(letters) > 1 and word == tr_upper(word)


def _one_case(words: list[str]) -> bool:
    """Tell whether the words are all in capitals or all in small letters."""
    text = " ".join(words)
    return text in (tr_upper(text), tr_lower(text)) or text.isupper() or text.islower()


def _cased(words: list[str]) -> list[str]:
    """Give one-case text Turkish name case; particles inside a name stay small."""
    if not _one_case(words):
        return words
    last = len(words) - 1
    return [
        tr_lower(word) if 0 < place < last and _bare(word) in _PARTICLES else tr_title(word)
        for place, word in enumerate(words)
    ]
