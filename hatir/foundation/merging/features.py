"""Bring values into the form in which they are compared; no database, and each form is made once a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from hatir.kit.company_names import normalise_company
from hatir.kit.phone import normalise_phone
from hatir.kit.places_tr import find_province
from hatir.kit.text_tr import fold

CompareKind = Literal["name", "company", "phone", "email", "number", "date", "place", "address", "text"]
Form = str | tuple[str, ...]
_NOT_WORD = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\D+")
_ABBREVIATIONS = {
    "mah": "mahallesi", "mh": "mahallesi", "mahalle": "mahallesi", "cad": "caddesi", "cd": "caddesi",
    "cadde": "caddesi", "sok": "sokak", "sk": "sokak", "sokagi": "sokak", "bul": "bulvari", "bulv": "bulvari",
    "blv": "bulvari", "bulvar": "bulvari", "apt": "apartmani", "ap": "apartmani", "apartman": "apartmani",
    "sit": "sitesi", "site": "sitesi", "mey": "meydani", "meydan": "meydani", "blok": "blok", "bl": "blok",
    "kat": "kat", "k": "kat", "d": "daire", "da": "daire", "daire": "daire", "no": "", "numara": "", "nu": "",
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "road": "rd", "place": "pl", "apartment": "apt",
    "strasse": "st", "flat": "apt",
}  # fmt: skip
"""How the parts of an address are written short, folded."""
_ENDINGS = {"d": "t", "b": "p", "g": "k"}
_VARIANTS = {
    "muhammet": "mehmet", "muhamet": "mehmet", "mohamet": "mehmet", "mohammet": "mehmet", "memet": "mehmet",
    "mehemmet": "mehmet", "hatce": "hatice", "esme": "esma", "ismahil": "ismail", "ibraim": "ibrahim",
    "mustaffa": "mustafa", "huseyn": "huseyin", "oguzhan": "oguzhan", "zeynap": "zeynep", "zeyneb": "zeynep",
    "fatima": "fatma", "ayse": "ayse", "aise": "ayse", "aisha": "ayse", "omar": "omer", "yusef": "yusuf",
}  # fmt: skip
"""Spellings of one Turkish given name, folded, after the hardening of their last letter."""


def words_of(text: str) -> str:
    """Fold text to words of letters and digits between single blanks."""
    return _NOT_WORD.sub(" ", fold(text).replace("'", "")).strip()


@lru_cache(maxsize=65_536)
def name_form(text: str) -> str:
    """Write a name as it is compared: folded, Mehmed as Mehmet, Recep as Receb is."""
    return " ".join(_name_word(word) for word in words_of(text).split())


def _name_word(word: str) -> str:
    if len(word) > 3 and word[-1] in _ENDINGS:
        word = word[:-1] + _ENDINGS[word[-1]]
    return _VARIANTS.get(word, word)


def company_form(text: str) -> str:
    """Leave the legal form away: only what the company is called by counts."""
    return normalise_company(text).core if text else ""


def phone_form(text: str) -> str:
    """Write a telephone number in its one international form, or its digits when it has none."""
    if text.startswith("+") and text[1:].isdigit():
        return text
    return normalise_phone(text).e164 or _DIGITS.sub("", text)


def email_form(text: str) -> str:
    """Write an e-mail address in small letters, even one that is none."""
    return fold(text).replace(" ", "")


def number_form(text: str) -> str:
    """Keep letters and digits of an identity, tax or customer number."""
    return words_of(text).replace(" ", "")


def date_form(value: Any) -> str:
    """Write a date as eight digits; what is no date is left away."""
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    digits = _DIGITS.sub("", str(value or ""))
    return digits if len(digits) == 8 else ""


@lru_cache(maxsize=16_384)
def place_form(text: str) -> str:
    """Write a place folded; a province by its official name, however it was called."""
    province = find_province(text)
    return words_of(province.name if province else text)


def address_form(text: str) -> str:
    """Write out what is usually shortened (Mah., Cad., Sok.), so that both spellings are the same."""
    spaced = re.sub(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " ", words_of(text))
    words = (_ABBREVIATIONS.get(word, word) for word in spaced.split())
    return " ".join(word for word in words if word)


FORMS: dict[CompareKind, Callable[[Any], str]] = {
    "name": name_form, "company": company_form, "phone": phone_form, "email": email_form, "number": number_form,
    "date": date_form, "place": place_form, "address": address_form, "text": words_of,
}  # fmt: skip
SEVERAL: frozenset[CompareKind] = frozenset({"phone", "email"})
"""Kinds of which a record may have several; they are compared as sets."""


def form(kind: CompareKind, values: Sequence[Any]) -> Form:
    """Give the form of the values of one comparison; "" or () where there is nothing to compare."""
    if kind in SEVERAL:
        return tuple(sorted({made for value in values if value and (made := FORMS[kind](str(value)))}))
    if kind == "name" and len(values) > 1:
        return tuple(name_form(str(value or "")) for value in values[:2])
    if kind == "date":
        return date_form(values[0])
    text = " ".join(str(value) for value in values if value)
    return FORMS[kind](text) if text else ""


# --- how a name sounds ----------------------------------------------------------------------------

_SOUNDS = str.maketrans(
    {"b": "p", "d": "t", "g": "k", "q": "k", "c": "k", "z": "s", "x": "s", "j": "s", "v": "f", "w": "f", "y": "i"}
)
_SILENT = re.compile(r"[aeiouh]")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def sound(text: str) -> str:
    """Give what survives misspelling: the first letter and the consonants after it, the like-sounding as one."""
    word = text.replace(" ", "").replace("ph", "f").replace("ck", "k").translate(_SOUNDS)
    if not word:
        return ""
    return (word[0] + _TWICE.sub(r"\1", _SILENT.sub("", word[1:])))[:5]


def present(forms: Iterable[Form]) -> int:
    """Count how many comparisons have something to compare."""
    return sum(1 for one in forms if (any(one) if isinstance(one, tuple) else one))
