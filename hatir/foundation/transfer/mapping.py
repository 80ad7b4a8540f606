"""Propose which column goes to which field: by name, by what people call it, and by what stands in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.values import FALSE_WORDS, TRUE_WORDS
from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.synonyms import COUNTRIES, SYNONYMS, synonyms_of, texts_of
from hatir.kit.email_address import is_email
from hatir.kit.parsing_tr import parse_date, parse_decimal
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import fold

ID = "id"
CERTAIN, LIKELY, GUESSED = 1.0, 0.8, 0.5
LEAST_SCORE = 0.45
PHONE_WORDS = frozenset({
    "phone", "telephone", "tel", "telefon", "telefonu", "telefonlar", "gsm", "cep", "mobile", "cell", "fax", "faks",
    "pager",
})  # fmt: skip
_WORDS = re.compile(r"[^0-9a-z]+")
_ADDRESS = re.compile(r"[^\W_][.][^\W\d_]{2,}")


@dataclass(frozen=True)
class Column:
    """A column of the file with what is known of its values. `score` says how sure the proposal is (0–1)."""

    place: int
    header: str
    samples: tuple[str, ...]
    filled_share: float
    field: str = ""
    score: float = 0.0


def words(text: str) -> str:
    """Fold a name to plain words: "E-Posta_Adresi" → "e posta adresi"."""
    spaced = re.sub(r"(?<=[a-zçğıöşü])(?=[A-ZÇĞİÖŞÜ])", " ", text)
    return _WORDS.sub(" ", fold(spaced)).strip()


def signature(headers: Sequence[str]) -> str:
    """Give the same text for the same set of column names in the same order."""
    return hashlib.sha256("\x1f".join(words(header) for header in headers).encode()).hexdigest()


def propose(
    headers: Sequence[str], sample: Sequence[Sequence[Any]], fields: Mapping[str, FieldSpec], type_key: str = ""
) -> list[Column]:
    """Propose a field of a type for each column, each field at most once, the surest first."""
    columns = [_column(place, header, sample) for place, header in enumerate(headers)]
    known = _names_of(fields, type_key)
    parts = _given_names(columns, known)
    scored = sorted(
        (
            (score, -column.place, column, name)
            for column in columns
            for name in (*fields, ID)
            if not (name == "name" and column.place in parts)
            if (score := _score(column, name, fields.get(name), known[name])) >= LEAST_SCORE
        ),
        key=lambda row: row[:2],
        reverse=True,
    )
    chosen: dict[int, tuple[str, float]] = {}
    used: set[str] = set()
    for score, _place, column, name in scored:
        if column.place not in chosen and name not in used and not _in_each_others_way(name, used):
            chosen[column.place] = (name, score)
            used.add(name)
    for name, text in texts_of(type_key).items():
        if name in used and text not in used:
            chosen = {at: (text if field == name else field, score) for at, (field, score) in chosen.items()}
    return [_chosen(column, *chosen.get(column.place, ("", 0.0))) for column in columns]


def _given_names(columns: Sequence[Column], known: Mapping[str, tuple[set[str], set[str]]]) -> set[int]:
    """Find the columns called "Ad" that stand beside a surname: alone "Ad" is the whole name, here it is not."""
    if not {"given_name", "family_name"} <= known.keys():
        return set()
    given, family = ({*own, *others} for own, others in (known["given_name"], known["family_name"]))
    if not any(words(column.header) in family for column in columns):
        return set()
    return {column.place for column in columns if words(column.header) in given}


def _in_each_others_way(name: str, used: set[str]) -> bool:
    """A whole name and its two parts say the same: the file has the one or the others."""
    parts = {"given_name", "family_name"}
    return (name == "name" and bool(parts & used)) or (name in parts and "name" in used)


def _chosen(column: Column, field: str, score: float) -> Column:
    return Column(column.place, column.header, column.samples, column.filled_share, field, score)


def _column(place: int, header: str, sample: Sequence[Sequence[Any]]) -> Column:
    texts = [as_text(row[place]) if place < len(row) else "" for row in sample]
    filled = [text for text in texts if text]
    share = len(filled) / len(texts) if texts else 0.0
    return Column(place, header, tuple(dict.fromkeys(filled))[:50], share)


def _names_of(fields: Mapping[str, FieldSpec], type_key: str) -> dict[str, tuple[set[str], set[str]]]:
    """Give for each field its own names (key and label in both languages) and what people call it."""
    known: dict[str, tuple[set[str], set[str]]] = {ID: ({ID}, set(SYNONYMS[ID]))}
    for language in ("tr", "en"):
        with override(language):
            for name, spec in fields.items():
                own, _other = known.setdefault(name, (set(), set(synonyms_of(type_key, name))))
                own |= {words(name.removeprefix("custom.")), words(str(spec.label))}
    return known


def _score(column: Column, name: str, spec: FieldSpec | None, known: tuple[set[str], set[str]]) -> float:
    header = words(column.header)
    own, others = known
    by_name = 0.0
    if header in own:
        by_name = CERTAIN
    elif header in others:
        by_name = LIKELY + 0.1
    elif _shares_words(header, own | others) and (name == "email" or _share_or_none(column, is_email) < 0.8):
        by_name = GUESSED
    fit = _fit(column, name, spec)
    if fit < 0:
        return 0.0
    if by_name:
        return by_name + 0.05 * fit
    return GUESSED * fit if name in ("email", "phone", "website") and fit >= 1 else 0.0


def _shares_words(header: str, names: set[str]) -> bool:
    here = set(header.split())
    return any(len(name) > 3 and (set(name.split()) <= here) for name in names)


def _fit(column: Column, name: str, spec: FieldSpec | None) -> float:
    """Judge the samples: 1 they are of the field's kind, 0 nothing speaks for or against, −1 they cannot be."""
    if not column.samples:
        return 0.0
    if name == "country":
        return _share(column, lambda text: any(word in COUNTRIES for word in words(text).split()))
    kind = spec.kind if spec is not None else "id"
    if kind == "email":
        return _verdict(_share(column, is_email))
    if kind == "phone":
        return 1.0 if _share(column, _is_phone) > 0.5 else (-1.0 if _share(column, _has_digits) < 0.3 else 0.0)
    if kind in ("integer", "number", "money", "percent", "date", "datetime"):
        return -1.0 if _share(column, _has_digits) < 0.5 else 0.5
    if kind == "url":
        return _verdict(_share(column, _is_web_address))
    if kind == "id":
        return 1.0 if _share(column, lambda text: len(text) == 13 and text.isalnum()) > 0.9 else -1.0
    return 0.0


def holds_more(column: Column, main: str) -> bool:
    """Tell whether a column that no field took holds e-mails, telephones or websites; telephones say so by name."""
    if not column.samples:
        return False
    if main == "email":
        return _share(column, is_email) > 0.6
    if main == "website":
        return _share(column, _is_url) > 0.6
    return bool(PHONE_WORDS & set(words(column.header).split())) and _share(column, _has_digits) > 0.6


def _is_web_address(text: str) -> bool:
    """A date has dots too; an address has letters on both sides of one."""
    return " " not in text and "@" not in text and bool(_ADDRESS.search(text))


def _verdict(share: float) -> float:
    return 1.0 if share > 0.6 else (-1.0 if share < 0.2 else 0.0)


def _share(column: Column, test: Any) -> float:
    return sum(bool(test(text)) for text in column.samples) / len(column.samples)


def _share_or_none(column: Column, test: Any) -> float:
    return _share(column, test) if column.samples else 0.0


def _is_phone(text: str) -> bool:
    return sum(letter.isdigit() for letter in text) >= 7 and bool(normalise_phone(text).e164)


def _has_digits(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


MOST_CHOICES, LEAST_REPEATS = 12, 3


def guess_kind(sample: Sequence[Any], values: Sequence[tuple[str, int]]) -> str:
    """Guess what kind of own field a column needs, from sampled cells and its distinct values with counts."""
    texts = [as_text(cell) for cell in sample if as_text(cell)]
    column = Column(0, "", tuple(dict.fromkeys(texts))[:50], 1.0)
    if not column.samples:
        return "text"
    if {fold(text) for text in column.samples} <= TRUE_WORDS | FALSE_WORDS:
        return "boolean"
    for kind, test in (("email", is_email), ("url", _is_url), ("date", _is_date), ("phone", _is_dialled)):
        if _share(column, test) > 0.9:
            return kind
    if _share(column, _is_number) == 1.0:
        return "integer" if all(text.lstrip("-").isdigit() for text in column.samples) else "number"
    if 1 < len(values) <= MOST_CHOICES and sum(count for _text, count in values) >= LEAST_REPEATS * len(values):
        return "choice"
    return "longtext" if any(len(text) > 120 or "\n" in text for text in column.samples) else "text"


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://", "www."))


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def _is_dialled(text: str) -> bool:
    """A bare number may be anything; a telephone number is long, and begins or is grouped as one."""
    return _is_phone(text) and (text.startswith(("0", "+")) or " " in text)


def _is_number(text: str) -> bool:
    if text.startswith("0") and text.isdigit() and len(text) > 1:
        return False  # a code: its zeros count
    try:
        parse_decimal(text)
    except ValueError:
        return False
    return True
