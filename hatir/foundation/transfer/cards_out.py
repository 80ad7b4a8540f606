"""Records leave as cards of people: vCard 3.0, which every address book reads; the rest in X- fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hatir.foundation.access.masking import shown
from hatir.foundation.access.queries import readable_fields, visible
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.transfer.cards_in import HOME_COUNTRIES, ID_URN, field_property
from hatir.foundation.transfer.cells import bare, neutralise
from hatir.foundation.transfer.contacts import PLACE, PLACES, Point
from hatir.foundation.transfer.further import declared
from hatir.kit.ids import encode_id
from hatir.kit.text_tr import fold
from hatir.kit.vcard import escaped, line

SAID = frozenset({
    "name", "given_name", "family_name", "honorific", "company", "job_title", "phone", "email", "website", "birth_on",
    "note", "tags", "external_id", *PLACE,
})  # fmt: skip
"""Fields that a card has words for; all others that can be written leave as X-HATIR-…."""
POINTS = {"phone": "TEL", "email": "EMAIL"}
TYPES = {"home": "home", "branch": "work"}


def card_of(record: Any, texts: Mapping[str, str], own: Mapping[str, str], parts: Sequence[str]) -> bytes:
    """Write one card from the fields' texts; `own` are those that a card has no words for, `parts` whole lines."""
    uid = texts.get("external_id") or ID_URN + encode_id(record.pk)
    lines = [
        "BEGIN:VCARD\r\nVERSION:3.0\r\n",
        line("UID", escaped(uid)),
        *_name_lines(record, texts),
        *_main_lines(texts),
        *parts,
        line("X-HATIR-ID", encode_id(record.pk)),
        *(line(field_property(name), escaped(text)) for name, text in own.items() if text),
        "END:VCARD\r\n",
    ]
    return "".join(lines).encode()


def _name_lines(record: Any, texts: Mapping[str, str]) -> list[str]:
    name = texts.get("name", "")
    if getattr(record, "kind", "") == "company":
        return [line("FN", escaped(name)), "N:;;;;\r\n", line("ORG", escaped(name)), "X-ABSHOWAS:COMPANY\r\n"]
    family, given, prefix = (escaped(texts.get(key, "")) for key in ("family_name", "given_name", "honorific"))
    if not (family or given):
        given = escaped(name)
    company = texts.get("company", "")
    return [
        line("FN", escaped(name)),
        line("N", f"{family};{given};;{prefix};"),
        *([line("ORG", escaped(company))] if company else []),
    ]


def _main_lines(texts: Mapping[str, str]) -> list[str]:
    lines = []
    for key, name in (("job_title", "TITLE"), ("website", "URL"), ("birth_on", "BDAY"), ("note", "NOTE")):
        if texts.get(key):
            lines.append(line(name, escaped(texts[key])))
    if texts.get("tags"):
        lines.append(line("CATEGORIES", texts["tags"]))
    for key, name in POINTS.items():
        if texts.get(key):
            lines.append(line(name, escaped(texts[key]), parameters={"TYPE": "pref"}))
    place = {key: texts.get(key, "") for key in PLACE}
    if any(place.values()):
        lines.append(line("ADR", _structured(place), parameters={"TYPE": "pref"}))
    return lines


def _structured(place: Mapping[str, str]) -> str:
    """Write an address in its seven pieces; at home the province is the region, elsewhere the city the locality."""
    city, district = place["city"], place["district"]
    at_home = fold(place["country"]) in HOME_COUNTRIES
    locality, region = (district, city) if at_home and district else (city, district)
    pieces = ("", "", place["address"], locality, region, place["postal_code"], place["country"])
    return ";".join(escaped(piece) for piece in pieces)


def part_lines(
    actor: Any, rt: RecordType, records: Sequence[Any], specs: Mapping[str, FieldSpec]
) -> dict[int, list[str]]:
    """Give the lines of the records' further telephones, e-mails and addresses, one statement a type.

    Only what the reader sees; and none of a kind whose first he did not ask for.
    """
    found: dict[int, list[str]] = {}
    known = [each for each in declared(rt).values() if isinstance(each.shape, Point) or each.shape is PLACES]
    further = [each for each in known if not each.column and (each.main or "website") in specs]
    for type_key in sorted({each.part for each in further}):
        part = record_type(type_key)
        kinds = {each.kind for each in further if each.part == type_key and each.shape is not PLACES}
        readable = readable_fields(actor, part)
        if part.part_of not in readable or part.title not in readable:
            continue
        rows = visible(actor, part).filter(**{f"{part.part_of}__in": records, "archived_at": None}).order_by("pk")
        for row in rows:
            texts = {name: str(shown(actor, spec, value_of(spec, row)) or "") for name, spec in readable.items()}
            if "address" in texts or texts.get("kind") in kinds:
                lines = found.setdefault(getattr(row, f"{part.part_of}_id"), [])
                lines += _part(texts, f"item{len(lines) + 1}")
    return found


def _part(texts: Mapping[str, str], group: str) -> list[str]:
    kind, label = texts.get("kind", ""), texts.get("label", "")
    if "address" in texts:
        parameters = {"TYPE": TYPES.get(kind, "postal"), "X-HATIR-KIND": kind}
        place = {key: texts.get(key, "") for key in PLACE}
        written = line("ADR", _structured(place), group=group, parameters=parameters)
    elif kind in POINTS:
        written = line(POINTS[kind], escaped(texts["value"]), group=group)
    elif kind == "web":
        written = line("URL", escaped(texts["value"]), group=group)
    else:
        written = line("X-SOCIALPROFILE", escaped(texts["value"]), group=group, parameters={"TYPE": kind})
    return [written, *([line("X-ABLabel", escaped(label), group=group)] if label else [])]


def texts_of(specs: Sequence[FieldSpec], told: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Share the fields' texts out: those that a card has words for, and our own that can be read back."""
    said = {spec.name: _said(told[spec.name]) for spec in specs if spec.name in SAID}
    own = {
        spec.name: neutralise(text) if bare(text) != text else text
        for spec in specs
        if spec.name not in SAID and spec.editable and (text := _said(told[spec.name]))
    }
    return said, own


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(escaped(str(item)) for item in value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
