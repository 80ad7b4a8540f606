"""Telephone numbers: every Turkish spelling in, E.164 for the machine, one display for people.

The numbering plan comes from the `phonenumbers` package (Google's libphonenumber), loaded on
first use because its tables take a moment and some memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal

from hatir.kit.text_tr import fold

if TYPE_CHECKING:
    import phonenumbers

PhoneKind = Literal["mobile", "landline", "toll_free", "service", "foreign", "unknown"]
TURKEY = 90


@dataclass(frozen=True)
class PhoneNumber:
    """A number as typed and as understood; `e164` is None when it is not a valid number."""

    raw: str
    e164: str | None
    kind: PhoneKind
    display: str
    extension: str = ""


_BETWEEN = str.maketrans("", "", " -")
_PLAIN = re.compile(r"(?:\+?90|0090|0)?([2-5]\d{9})", re.ASCII)
_EXTENSION = re.compile(
    r"[\s,;(/-]*(?:\b(?:dahili|dahil[iı]?|dah|ic hat|extension|ext|ic|d|x)\b|#|(?<=\d)(?:x|d|dahili|ext))"
    r"[\s.:;#-]*(?:no[\s.:]*)?(\d{1,7})\s*\)?\s*$"
)
_LABEL = re.compile(r"^\s*(?:tel(?:efon)?|cep|gsm|mobil|phone|mobile|is|ev|fax|faks)\b[\s.:]*")


@lru_cache(maxsize=16_384)
def normalise_phone(raw: str, region: str = "TR") -> PhoneNumber:
    """Read a telephone number typed in any customary way.

    `region` is the ISO country of numbers without a country code. Never raises: what cannot
    be read comes back with `e164` None, kind ``unknown`` and the raw text as display, so a
    value is never lost on import. Answers are kept (a pure function of public facts), because lists
    and forms ask for the same numbers again and again.
    """
    import phonenumbers

    if region == "TR" and (plain := _plain_turkish(raw)) is not None:
        return plain
    dialled, extension = _without_extension(raw)
    try:
        number = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return PhoneNumber(raw, None, "unknown", raw.strip())
    kind = phonenumbers.number_type(number)  # the dear step; a number that is not valid has no type
    if kind == phonenumbers.PhoneNumberType.UNKNOWN:
        return PhoneNumber(raw, None, "unknown", raw.strip(), extension)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(raw, e164, _kind(number, kind), _display(number, extension), extension)


def _plain_turkish(raw: str) -> PhoneNumber | None:
    """Read the commonest spellings of mobiles and landlines by the same plan, at a twentieth of the price."""
    found = _PLAIN.fullmatch(raw.strip().translate(_BETWEEN))
    if found is None:
        return None
    national = found[1]
    mobile, landline, others = _plan()
    if others.fullmatch(national):
        return None
    kind: PhoneKind = "mobile" if mobile.fullmatch(national) else "landline"
    if kind == "landline" and not landline.fullmatch(national):
        return None
    display = f"0{national[:3]} {national[3:6]} {national[6:8]} {national[8:]}"
    return PhoneNumber(raw, f"+90{national}", kind, display)


@cache
def _plan() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Give the Turkish plan of the package as patterns: mobiles, landlines, and all that is neither or more."""
    from phonenumbers import PhoneMetadata

    plan: Any = PhoneMetadata.metadata_for_region("TR")
    names = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")
    others = [d.national_number_pattern for name in names if (d := getattr(plan, name)) and d.national_number_pattern]
    mobile, landline = plan.mobile.national_number_pattern, plan.fixed_line.national_number_pattern
    return re.compile(mobile, re.ASCII), re.compile(landline, re.ASCII), re.compile("|".join(others), re.ASCII)


def _without_extension(raw: str) -> tuple[str, str]:
    """Separate the number to dial from the extension, and drop labels and a stray (0)."""
    text = _LABEL.sub("", fold(raw))
    found = _EXTENSION.search(text)
    extension = found[1] if found else ""
    dialled = text[: found.start()] if found else text
    dialled = re.sub(r"\(\s*0\s*\)", "", dialled)
    # "0090…" and "00 90…" are the same prefix to a person.
    return re.sub(r"^\s*00\s*", "+", dialled).strip(), extension


def _kind(number: phonenumbers.PhoneNumber, found: int) -> PhoneKind:
    """Name the kind of a valid number whose type was found."""
    from phonenumbers import PhoneNumberType as Type

    if number.country_code != TURKEY:
        return "foreign"
    kinds: dict[int, PhoneKind] = {
        Type.MOBILE: "mobile",
        Type.PAGER: "mobile",
        Type.FIXED_LINE: "landline",
        Type.FIXED_LINE_OR_MOBILE: "landline",
        Type.TOLL_FREE: "toll_free",
    }
    return kinds.get(found, "service")


def _display(number: phonenumbers.PhoneNumber, extension: str) -> str:
    """Write ``0555 010 24 68`` for Turkish numbers, ``444 0 375`` for short ones, else international."""
    import phonenumbers

    national = str(number.national_number)
    if number.country_code != TURKEY:
        shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    elif len(national) == 10:
        shown = f"0{national[:3]} {national[3:6]} {national[6:8]} {national[8:]}"
    elif len(national) == 7:
        shown = f"{national[:3]} {national[3]} {national[4:]}"
    else:
        shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    # "/" reads as extension in every language, so the stored display needs no translation.
    return f"{shown} / {extension}" if extension else shown
