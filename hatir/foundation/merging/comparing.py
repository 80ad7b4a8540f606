"""How alike two forms are, in four steps for every kind; the distances are rapidfuzz's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from hatir.foundation.merging.features import CompareKind, Form

MISSING, DIFFERENT, SIMILAR, CLOSE, SAME = 0, 1, 2, 3, 4
"""Nothing to compare on one side; then from different to the same."""
LEVELS = (DIFFERENT, SIMILAR, CLOSE, SAME)
_jaro = JaroWinkler.similarity
_edits = OSA.distance


def name_level(one: str, other: str) -> int:
    """Compare two names or two parts of a name: Ali Can is like Ali, Rob like Robert."""
    if not one or not other:
        return MISSING
    if one == other:
        return SAME
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) >= 4 and _edits(one, other, score_cutoff=1) <= 1:
        return CLOSE
    alike = _jaro(one, other)
    if alike >= 0.92:
        return CLOSE
    if alike >= 0.84 or (len(shorter) >= 3 and longer.startswith(shorter)):
        return SIMILAR
    if " " in longer and shorter in longer.split():
        return SIMILAR
    return SIMILAR if len(shorter) >= 5 and _edits(one, other, score_cutoff=2) <= 2 else DIFFERENT


def company_level(one: str, other: str) -> int:
    """Compare the cores of two company names; the order of words does not count."""
    if one == other:
        return SAME
    if token_sort_ratio(one, other) >= 90:
        return CLOSE
    return SIMILAR if _jaro(one, other) >= 0.9 or token_sort_ratio(one, other) >= 80 else DIFFERENT


def number_level(one: str, other: str) -> int:
    """Compare identity, tax or customer numbers: one slip of the finger is close."""
    if one == other:
        return SAME
    if len(one) < 4 or abs(len(one) - len(other)) > 2:
        return DIFFERENT
    edits = _edits(one, other, score_cutoff=2)
    if edits <= 1:
        return CLOSE
    return SIMILAR if edits == 2 and len(one) >= 7 else DIFFERENT


def date_level(one: str, other: str) -> int:
    """Compare two dates: a mistyped digit or changed day and month is close, one wrong part similar."""
    if one == other:
        return SAME
    swapped = one[:4] + one[6:] + one[4:6]
    if swapped == other or _edits(one, other, score_cutoff=1) <= 1:
        return CLOSE
    parts = (one[:4] == other[:4]) + (one[4:6] == other[4:6]) + (one[6:] == other[6:])
    return SIMILAR if parts == 2 else DIFFERENT


def place_level(one: str, other: str) -> int:
    """Compare two places."""
    if one == other:
        return SAME
    if _edits(one, other, score_cutoff=1) <= 1 and len(one) > 2:
        return CLOSE
    alike = _jaro(one, other)
    return CLOSE if alike >= 0.92 else SIMILAR if alike >= 0.8 else DIFFERENT


def text_level(one: str, other: str) -> int:
    """Compare two addresses or other texts by their words; blanks in the wrong place do not count."""
    if one == other:
        return SAME
    alike = token_sort_ratio(one, other)
    if alike < 90:
        alike = max(alike, token_set_ratio(one, other) - 10)
    return CLOSE if alike >= 88 else SIMILAR if alike >= 70 else DIFFERENT


def email_level(one: str, other: str) -> int:
    """Compare two e-mail addresses: one mistyped, or the same person at another provider, is close."""
    if one == other:
        return SAME
    here, there = one.partition("@")[0], other.partition("@")[0]
    if _edits(one, other, score_cutoff=2) <= 2 or (here == there and len(here) >= 6):
        return CLOSE
    return SIMILAR if _jaro(one, other) >= 0.9 else DIFFERENT


def phone_level(one: str, other: str) -> int:
    """Compare two telephone numbers: a mistyped digit is close."""
    if one == other or (len(one) >= 10 and one[-10:] == other[-10:]):
        return SAME
    return CLOSE if len(one) >= 7 and _edits(one, other, score_cutoff=1) <= 1 else DIFFERENT


def _of_sets(compare: Callable[[str, str], int]) -> Callable[[tuple[str, ...], tuple[str, ...]], int]:
    def best(one: tuple[str, ...], other: tuple[str, ...]) -> int:
        if len(one) == 1 and len(other) == 1:
            return compare(one[0], other[0])
        return max(compare(here, there) for here in one for there in other)

    return best


OF_KIND: Mapping[CompareKind, Callable[[Any, Any], int]] = {
    "name": name_level, "company": company_level, "number": number_level, "date": date_level, "place": place_level,
    "address": text_level, "text": text_level, "phone": _of_sets(phone_level), "email": _of_sets(email_level),
}  # fmt: skip
"""How two forms of a kind are compared, neither of which is empty; of several values the best pair counts."""


def names(one: Form, other: Form) -> tuple[int, int]:
    """Compare given and family name, the other way round too: the better way counts."""
    straight = name_level(one[0], other[0]), name_level(one[1], other[1])
    if straight[0] == SAME or straight[1] == SAME or not (one[0] or one[1]):
        return straight
    crossed = name_level(one[0], other[1]), name_level(one[1], other[0])
    return crossed if max(crossed) >= CLOSE and sum(crossed) > sum(straight) else straight
