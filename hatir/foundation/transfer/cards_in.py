"""Cards of people (.vcf) as the rows of a table: a column for each thing that a card may say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hatir.foundation.transfer.cells import as_text, join_items
from hatir.foundation.transfer.contacts import written, written_places
from hatir.foundation.transfer.further import MARK
from hatir.kit.parsing_tr import parse_date
from hatir.kit.places_tr import find_province
from hatir.kit.text_tr import fold
from hatir.kit.vcard import NO_PROPERTY, TOO_LONG, BrokenCard, Card, Property, cards

LOOKED_AT = 2000
MOST_OWN = 60
OURS = "X-HATIR-"
ID_URN = "urn:hatir:"
BEGIN = "BEGIN:VCARD"
COLUMNS: Mapping[str, Any] = {
    "name": gettext_lazy("Whole name"),
    "given_name": gettext_lazy("given name"),
    "family_name": gettext_lazy("family name"),
    "honorific": gettext_lazy("honorific"),
    "organisation": gettext_lazy("Name of the organisation"),
    "company": gettext_lazy("company"),
    "kind": gettext_lazy("kind"),
    "job_title": gettext_lazy("job title"),
    "phone": gettext_lazy("phone"),
    "+phone": gettext_lazy("Further phones"),
    "email": gettext_lazy("e-mail"),
    "+email": gettext_lazy("Further e-mails"),
    "website": gettext_lazy("website"),
    "+web": gettext_lazy("Further websites"),
    "+instagram": "Instagram",
    "+linkedin": "LinkedIn",
    "+x": "X",
    "+facebook": "Facebook",
    "address": gettext_lazy("address"),
    "district": gettext_lazy("district"),
    "city": gettext_lazy("city"),
    "postal_code": gettext_lazy("postal code"),
    "country": gettext_lazy("country"),
    "+address": gettext_lazy("Further addresses"),
    "birth_on": gettext_lazy("birthday"),
    "gender": gettext_lazy("gender"),
    "language": gettext_lazy("language"),
    "tags": gettext_lazy("tags"),
    "note": gettext_lazy("note"),
    "external_id": gettext_lazy("external id"),
    "id": gettext_lazy("Record id"),
}
_READ = frozenset({
    "VERSION", "FN", "N", "ORG", "KIND", "TITLE", "ROLE", "TEL", "EMAIL", "URL", "ADR", "LABEL", "BDAY", "GENDER",
    "X-GENDER", "LANG", "CATEGORIES", "NOTE", "UID", "X-ABLABEL", "X-ABADR", "X-ABSHOWAS", "X-SOCIALPROFILE", "IMPP",
    "PHOTO", "LOGO", "SOUND", "KEY", "REV", "PRODID", "AGENT", "CLASS", "SOURCE", "X-ABUID", "X-ADDRESSBOOKSERVER-KIND",
    "PROFILE", "NAME", "SORT-STRING", "MAILER", "XML", "CLIENTPIDMAP",
})  # fmt: skip
HOME_COUNTRIES = frozenset({"", "turkiye", "turkey", "tr", "turkiye cumhuriyeti"})
_GENDERS = {"m": "male", "f": "female", "male": "male", "female": "female", "o": "other"}
_NETWORKS = {"instagram": "+instagram", "linkedin": "+linkedin", "twitter": "+x", "x": "+x", "facebook": "+facebook"}
LOOKED_AT_BYTES = 4096
LONGEST_LINE_CHARACTERS = 16 * 1024 * 1024
_FIRST_CARD = re.compile(rb"(?:^|[\r\n])[\xef\xbb\xbf\xff\xfe \t]*BEGIN:VCARD[ \t]*(?:[\r\n]|$)", re.IGNORECASE)
_FIELD_LETTERS = re.compile(r"[^a-z0-9-]")


def field_property(name: str) -> str:
    """Name the property that carries one of our own fields: custom.renk → X-HATIR-CUSTOM--RENK."""
    plain = _FIELD_LETTERS.sub("-", name.replace(".", "--"))
    return OURS + plain.upper()  # ascii-only: the name of a field


def looks_like_cards(head: bytes) -> bool:
    """Tell whether a file begins as cards do, whatever its encoding and a few lines that do not belong there."""
    return _FIRST_CARD.search(head[:LOOKED_AT_BYTES].replace(b"\0", b"")) is not None


def read_cards(path: Path, encoding: str) -> Iterator[Card | BrokenCard]:
    """Stream the cards of a file."""
    letters = encoding if encoding.startswith("utf-16") else "latin-1"
    with path.open(encoding=letters, errors="replace", newline=None) as file:
        yield from cards(iter(partial(file.readline, LONGEST_LINE_CHARACTERS), ""), encoding)


def keys_of(path: Path, encoding: str) -> list[str]:
    """Find out which columns the cards of a file fill. Beyond 2000 cards every customary column is there."""
    found: set[str] = set()
    own: Counter[str] = Counter()
    count = 0
    for card in islice(read_cards(path, encoding), LOOKED_AT + 1):
        count += 1
        cells = cells_of(card) if isinstance(card, Card) else {"name": BEGIN}
        found |= {key for key, text in cells.items() if key in COLUMNS}
        own.update(key for key in cells if key not in COLUMNS)
    if count > LOOKED_AT:
        found = set(COLUMNS)
    first = ["name"] if count else []
    return [*first, *(key for key in COLUMNS if key in found and key != "name"), *sorted(own)[:MOST_OWN]]


def header_of(key: str) -> str:
    """Name a column for people: its own word, or the property as the file spells it."""
    return str(COLUMNS.get(key, key))


def card_rows(path: Path, encoding: str, keys: Sequence[str]) -> Iterator[tuple[int, list[Any]]]:
    """Give each card as a row with its first line; a broken one as its text, in the first cell (see `damage_of`)."""
    for card in read_cards(path, encoding):
        if isinstance(card, BrokenCard):
            ended = "" if card.reason not in (NO_PROPERTY, TOO_LONG) else "\nEND:VCARD"
            yield card.line, [f"{BEGIN}\n{card.text}{ended}", *[""] * (len(keys) - 1)]
        else:
            cells = cells_of(card)
            yield card.line, [cells.get(key, "") for key in keys]


def damage_of(cells: Sequence[Any]) -> str:
    """Say what is wrong with a row that is a broken card; "" for any other."""
    text = as_text(cells[0]) if cells else ""
    if not text.startswith(BEGIN):
        return ""
    for card in cards(text.splitlines(), "utf-16"):
        if isinstance(card, BrokenCard) and card.reason == NO_PROPERTY:
            shown = text.splitlines()[card.at_line - 1][:60]
            return _("This card is damaged: “%(line)s” is no line of a card.") % {"line": shown}
    return _("This is no whole card: one begins with BEGIN:VCARD and ends with END:VCARD.")


# --- what a card says ---


def cells_of(card: Card) -> dict[str, str]:
    """Give the filled columns of a card."""
    labels = {each.group: _label(each.text()) for each in card.all("X-ABLABEL") if each.group}
    told = {
        **_names(card),
        "job_title": card.first("TITLE") or card.first("ROLE"),
        **_several(card.all("TEL"), "phone", labels),
        **_several(card.all("EMAIL"), "email", labels),
        **_websites(card, labels),
        **_places(card, labels),
        **_born(card),
        "gender": _gender(card),
        "language": fold(card.first("LANG"))[:2],
        "tags": join_items(tag for each in card.all("CATEGORIES") for tag in each.parts(",") if tag),
        **_identity(card),
    }
    others: dict[str, list[str]] = {}
    for each in card.properties:
        if each.name not in _READ and each.name not in told and each.text():
            others.setdefault(each.name, []).append(each.text())
    told |= {name: "\n".join(texts) for name, texts in others.items()}
    return {key: text for key, text in told.items() if text}


def _names(card: Card) -> dict[str, str]:
    """Give the name in its parts, or whole where the card has none; and whether it is a person or an organisation."""
    names = card.all("N")
    family, given, further, prefix, _suffix = ([*names[0].parts(), *[""] * 5] if names else [""] * 5)[:5]
    given = " ".join(part for part in (given, further) if part).replace(",", " ")
    orgs = card.all("ORG")
    employer = next((text for text in (orgs[0].parts() if orgs else ()) if text), "")
    whole = card.first("FN")
    is_org = fold(card.first("KIND")) in ("org", "organization") or fold(card.first("X-ABSHOWAS")) == "company"
    is_org = is_org or bool(employer and not given and not family and fold(whole) in ("", fold(employer)))
    if is_org:
        named = employer or whole
        return {"name": whole or named, "organisation": named, "kind": "company"}
    fallback = "" if given or family else whole or card.first("NICKNAME")
    parts = {"given_name": given, "family_name": family.replace(",", " "), "honorific": prefix}
    department = "; ".join(orgs[0].parts()[1:]).strip("; ") if orgs else ""
    ours = {"kind": "person", "company": employer, "organisation": employer, "DEPARTMENT": department}
    return {"name": fallback, **parts, **ours}


def _several(found: Sequence[Property], name: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Give the preferred one, and the others with what each is for."""
    filled = [(each, value) for each in found if (value := _bare(each))]
    if not filled:
        return {}
    first = min(filled, key=lambda pair: _preference(pair[0]))
    rest = [(_label_of(each, labels), value) for each, value in filled if each is not first[0] and value != first[1]]
    return {name: first[1], f"{MARK}{name}": written(rest)}


def _bare(each: Property) -> str:
    text = each.text()
    scheme, colon, rest = text.partition(":")
    if colon and fold(scheme) in ("tel", "mailto"):
        number, _semicolon, extension = rest.partition(";")
        return f"{number} {extension.replace('ext=', '/ ')}".strip() if extension.startswith("ext=") else number
    return text


def _preference(each: Property) -> tuple[int, int]:
    """Rank by PREF (4.0: 1 to 100; else a type), a fax after all others."""
    told = each.parameters.get("PREF", "")
    rank = int(told) if told.isascii() and told.isdigit() else 1 if "pref" in each.types else 101
    return (1 if each.types & {"fax", "pager"} else 0, rank)


def _label(text: str) -> str:
    """Take Apple's marks off a label that it translates itself: _$!<Home>!$_ → Home."""
    inner = re.fullmatch(r"_\$!<(.*)>!\$_", text)
    return (inner[1] if inner else text).replace(": ", " ")


def _label_of(each: Property, labels: Mapping[str, str]) -> str:
    own = labels.get(each.group, "") if each.group else ""
    known = {"fax": _("Fax"), "work": _("Work"), "home": _("Home"), "cell": _("Mobile"), "pager": _("Pager")}
    return own or " ".join(label for word, label in known.items() if word in each.types)


def _websites(card: Card, labels: Mapping[str, str]) -> dict[str, str]:
    profiles: dict[str, list[tuple[str, str]]] = {}
    urls: list[Property] = []
    for each in (*card.all("URL"), *card.all("X-SOCIALPROFILE"), *card.all("IMPP")):
        network = _network(each)
        if network:
            profiles.setdefault(network, []).append(("", each.text()))
        elif each.name == "URL":
            urls.append(each)
    return {**_several_web(urls, labels), **{key: written(found) for key, found in profiles.items()}}


def _several_web(urls: Sequence[Property], labels: Mapping[str, str]) -> dict[str, str]:
    found = _several(urls, "website", labels)
    return {"website": found.get("website", ""), "+web": found.get("+website", "")}


def _network(each: Property) -> str:
    host = re.match(r"https?://(?:www\.|[a-z]{2}\.)?([a-z]+)\.com/", each.text())
    words = {*each.types, fold(each.parameters.get("SERVICE-TYPE", ""))} if each.name != "URL" else set()
    return next((_NETWORKS[word] for word in (host[1] if host else "", *sorted(words)) if word in _NETWORKS), "")


def _places(card: Card, labels: Mapping[str, str]) -> dict[str, str]:
    found = [(each, place) for each in card.all("ADR") if (place := _place(each))]
    if not found:
        return {}
    first = min(found, key=lambda pair: _preference(pair[0]))
    kinds = {"home": "home", "work": "branch"}
    rest = []
    for each, place in found:
        if each is not first[0]:
            kind = next((kinds[word] for word in kinds if word in each.types), "other")
            own = each.parameters.get("X-HATIR-KIND", "")
            label = labels.get(each.group, "") if each.group else ""
            place.setdefault("address", ", ".join(place.values()))
            rest.append({"kind": own or kind, "label": label, **place})
    return {**first[1], "+address": written_places(rest)}


def _place(each: Property) -> dict[str, str]:
    """Read an address. At home the region is the province and the locality its district, elsewhere the city."""
    box, more, street, locality, region, code, country = [*each.parts(), *[""] * 7][:7]
    city, district = locality, region
    if region and fold(country) in HOME_COUNTRIES and (find_province(region) or not find_province(locality)):
        city, district = region, locality
    address = ", ".join(" ".join(text.split()) for text in (street, more, box) if text)
    place = {"district": district, "city": city, "postal_code": code, "country": country}
    return {key: text for key, text in {"address": address, **place}.items() if text}


def _born(card: Card) -> dict[str, str]:
    """Give the day of birth; where the card keeps the year to itself, what it says goes to the note."""
    note, text = card.first("NOTE"), card.first("BDAY")
    compact = re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})(?:T.*)?", text, re.ASCII)
    hides_year = any(each.parameters.get("X-APPLE-OMIT-YEAR") for each in card.all("BDAY"))
    if compact and not hides_year and _is_day("-".join(compact.groups())):
        return {"birth_on": "-".join(compact.groups()), "note": note}
    yearless = re.fullmatch(r"--(\d{2})-?(\d{2})", text) or (re.fullmatch(r"\d{4}-?(\d{2})-?(\d{2})", text))
    if yearless and _is_day(f"2000-{yearless[1]}-{yearless[2]}"):
        told = _("Birthday: %(day)s.%(month)s.") % {"day": yearless[2], "month": yearless[1]}
        return {"note": f"{note}\n{told}".strip()}
    if not text or _is_day(text):
        return {"birth_on": text, "note": note}
    told = _("Birthday: %(text)s") % {"text": text}
    return {"note": f"{note}\n{told}".strip()}


def _is_day(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def _gender(card: Card) -> str:
    said = fold((card.first("GENDER") or card.first("X-GENDER")).partition(";")[0])
    return _GENDERS.get(said, "")


def _identity(card: Card) -> dict[str, str]:
    """Give whose card it is: one of ours says its record, any other has an id of elsewhere."""
    uid = card.first("UID")
    own = uid.removeprefix(ID_URN) if uid.startswith(ID_URN) else card.first("X-HATIR-ID")
    return {"id": own, "X-HATIR-ID": "", "external_id": "" if uid.startswith(ID_URN) or len(uid) > 80 else uid}


def targets(keys: Sequence[str], allowed: Mapping[str, Any], *, is_company: bool) -> dict[str, str]:
    """Say which field each column of cards goes to, of those that may be written."""
    ours = {field_property(name): name for name in allowed}
    found = {}
    for key in keys:
        name = ours.get(key, key if key in COLUMNS else "")
        if is_company:
            name = {"organisation": "name", "name": ""}.get(name, name)
        found[key] = name if name in allowed else ""
    return found
