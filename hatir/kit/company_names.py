"""Company names: one spelling for the legal suffix, and a core for matching."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from hatir.kit.text_tr import fold


@dataclass(frozen=True)
class CompanyName:
    """A company's name: as shown, folded without its suffix, and the canonical suffix."""

    display: str
    core: str
    suffix: str


# Folded words without dots → canonical spelling. Longest match from the end wins, and
# matching repeats, so "San. ve Tic." + "Ltd. Şti." are found one after the other.
_FORMS: dict[str, str] = {
    "a s": "A.Ş.", "as": "A.Ş.", "anonim sirketi": "A.Ş.", "anonim sti": "A.Ş.", "anonim sirket": "A.Ş.",
    "turk anonim sirketi": "T.A.Ş.", "t a s": "T.A.Ş.", "a o": "A.O.", "t a o": "T.A.O.",
    "anonim ortakligi": "A.O.", "turk anonim ortakligi": "T.A.O.",
    "ltd sti": "Ltd. Şti.", "ltd sirketi": "Ltd. Şti.", "limited sirketi": "Ltd. Şti.", "limited sti": "Ltd. Şti.",
    "ltdsti": "Ltd. Şti.", "l t d s t i": "Ltd. Şti.", "sti": "Şti.", "sirketi": "Şti.",
    "koll sti": "Koll. Şti.", "kolektif sirketi": "Koll. Şti.", "kollektif sirketi": "Koll. Şti.",
    "kollektif sti": "Koll. Şti.", "kolektif sti": "Koll. Şti.",
    "kom sti": "Kom. Şti.", "komandit sirketi": "Kom. Şti.", "komandit sti": "Kom. Şti.",
    "koop": "Koop.", "kooperatifi": "Koop.", "holding": "Holding", "sahis firmasi": "Şahıs Firması",
    "san ve tic": "San. ve Tic.", "san & tic": "San. ve Tic.", "san tic": "San. ve Tic.",
    "sanayi ve ticaret": "San. ve Tic.", "sanayi ticaret": "San. ve Tic.", "sanayi ve tic": "San. ve Tic.",
    "san ve ticaret": "San. ve Tic.", "sanayi & ticaret": "San. ve Tic.",
    "tic ve san": "Tic. ve San.", "tic san": "Tic. ve San.", "ticaret ve sanayi": "Tic. ve San.",
    "ticaret sanayi": "Tic. ve San.",
    "dis tic": "Dış Tic.", "dis ticaret": "Dış Tic.", "ic ve dis tic": "İç ve Dış Tic.",
    "ic ve dis ticaret": "İç ve Dış Tic.", "ith ihr": "İth. İhr.", "ith ve ihr": "İth. İhr.",
    "ithalat ihracat": "İth. İhr.", "ithalat ve ihracat": "İth. İhr.",
    "tic": "Tic.", "ticaret": "Tic.", "san": "San.", "sanayi": "San.", "paz": "Paz.", "pazarlama": "Paz.",
    "ltd": "Ltd.", "limited": "Ltd.", "inc": "Inc.", "incorporated": "Inc.", "llc": "LLC", "l l c": "LLC",
    "llp": "LLP", "plc": "PLC", "corp": "Corp.", "corporation": "Corp.", "co ltd": "Co. Ltd.", "co": "Co.",
    "gmbh": "GmbH", "gmbh & co kg": "GmbH & Co. KG", "ag": "AG", "kg": "KG", "ohg": "OHG", "e k": "e.K.",
    "bv": "B.V.", "b v": "B.V.", "nv": "N.V.", "n v": "N.V.", "sarl": "SARL", "sas": "SAS", "sa": "S.A.",
    "s a": "S.A.", "spa": "S.p.A.", "s p a": "S.p.A.", "srl": "S.r.l.", "s r l": "S.r.l.", "ooo": "OOO",
    "oy": "Oy", "ab": "AB", "aps": "ApS", "sp z o o": "Sp. z o.o.",
}  # fmt: skip
_LONGEST = max(len(form.split()) for form in _FORMS)
# These say what a company does, not what it legally is: dropped only before a legal form
# or when abbreviated, so that "Deniz Ticaret" keeps its name.
_ACTIVITY_WORDS = frozenset({"tic", "ticaret", "san", "sanayi", "paz", "pazarlama", "sirketi"})

_SPLIT = re.compile(r"[^\s.,;()]+\.?|&")


@lru_cache(maxsize=16_384)
def normalise_company(name: str) -> CompanyName:
    """Give the suffix its canonical spelling and fold the rest for matching.

    ``LALE MARKET SANAYİ VE TİCARET LİMİTED ŞİRKETİ`` becomes display ``LALE MARKET San. ve
    Tic. Ltd. Şti.`` with core ``lale market``. The case of the name itself is kept (brands
    and abbreviations). A name made of suffixes only stays whole, as its own core. Answers are kept,
    because matching, tidying and writing ask for the same names one after the other.
    """
    words = _SPLIT.findall(" ".join(name.split()))
    keys = [fold(word).replace(".", "") for word in words]
    suffixes: list[str] = []
    remaining = len(words)
    while remaining > 1:
        size, form = _form_at_end(words[:remaining], keys[:remaining], bool(suffixes))
        if not size:
            break
        suffixes.insert(0, form)
        remaining -= size
    if not suffixes:
        plain = " ".join(name.split())
        return CompanyName(plain, _core(plain), "")
    kept = _original_head(" ".join(name.split()), words[:remaining])
    suffix = " ".join(suffixes)
    return CompanyName(f"{kept} {suffix}", _core(kept), suffix)


def _form_at_end(words: list[str], keys: list[str], legal_form_follows: bool) -> tuple[int, str]:
    """Find the longest suffix the words (and their folded keys) end with; at least one word always stays."""
    for size in range(min(_LONGEST, len(words) - 1), 0, -1):
        key = " ".join(keys[-size:])
        form = _FORMS.get(key)
        if form is None:
            continue
        if key in _ACTIVITY_WORDS and not legal_form_follows and not words[-1].endswith("."):
            continue
        return size, form
    return 0, ""


def _original_head(name: str, words: list[str]) -> str:
    """Cut the untouched beginning of the name that covers the given words."""
    end = 0
    for word in words:
        end = name.index(word, end) + len(word)
    closes_bracket = name[end : end + 1] == ")"
    return name[: end + closes_bracket].rstrip(" ,;-–")


def _core(text: str) -> str:
    """Fold a name to letters, digits and single blanks."""
    letters = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", fold(text).replace("'", ""))
    return " ".join(re.sub(r"[^\w]+|_", " ", letters).split())
