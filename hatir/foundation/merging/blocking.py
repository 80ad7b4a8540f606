"""Which records are compared at all: those that share a key; no database.

A key is a 64-bit number made of what two records have in common (a telephone number, the sound of both names, a
birthday with the sound of a name, a house number with the beginning of its street …). A key that many records share
says nothing (`LARGEST`); every wide key has finer ones beside it, so nothing is lost by leaving it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.features import Form, sound

LARGEST = 60
"""More records than this behind one key are not compared by it."""


def keys(type_key: str, comparisons: Sequence[Compare], forms: Sequence[Form]) -> list[int]:
    """Give the keys of one record, each once."""
    return [_number(f"{type_key}|{text}") for text in dict.fromkeys(_texts(comparisons, forms))]


def _number(text: str) -> int:
    """Make a key small enough for a signed column; it never repeats by chance in any number of records people have."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def _texts(comparisons: Sequence[Compare], forms: Sequence[Form]) -> Iterator[str]:
    sounds: list[str] = []
    days: list[str] = []
    places: list[str] = []
    for compare, form in zip(comparisons, forms, strict=True):
        if not form:
            continue
        if isinstance(form, tuple):
            if compare.kind == "name":
                sounds.extend(filter(None, map(sound, form)))
            else:
                yield from _of_several(compare.kind, form)
        elif compare.kind == "date":
            days.append(form)
        elif compare.kind == "place":
            places.append(form)
        elif compare.kind == "number":
            yield f"n{form}"
        elif compare.kind == "address":
            yield from _of_address(form)
        else:
            sounds.append(sound(form))
            yield from _of_words(form)
    yield from _crossed(sounds, days, places)


def _of_several(kind: str, values: Sequence[str]) -> Iterator[str]:
    for value in values:
        yield f"{kind[0]}{value}"
        if kind == "email":
            name = value.partition("@")[0]
            if len(name) >= 5:
                yield f"l{name}"


def _of_address(form: str) -> Iterator[str]:
    words = form.split()
    number = next((word for word in words if word.isdigit()), "")
    long = sorted((word for word in words if not word.isdigit()), key=len, reverse=True)
    for word in long[:2]:
        yield f"a{number}{word[:5]}"


def _of_words(form: str) -> Iterator[str]:
    """A company or a title: its words in order of the alphabet, and its two first ones."""
    words = form.split()
    yield "w" + " ".join(sorted(words))
    if len(words) > 2:
        yield "v" + " ".join(words[:2])


def _crossed(sounds: Sequence[str], days: Sequence[str], places: Sequence[str]) -> Iterator[str]:
    if len(sounds) > 1:
        yield "N" + "|".join(sorted(sounds))
    for one in sounds:
        yield f"S{one}"
        for day in days:
            yield f"D{day}{one}"
            yield f"Y{day[:4]}{one}"
            yield f"M{day[4:]}{one}"
        for place in places:
            yield f"P{place}|{one}"
    for day in days:
        yield f"d{day}"
        for place in places:
            yield f"q{day}{place}"
