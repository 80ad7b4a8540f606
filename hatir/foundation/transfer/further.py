"""A row's further telephones, e-mails and addresses: they become parts of its record, each once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from hatir.foundation.access.queries import may, visible
from hatir.foundation.records import actions, values
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.transfer.cells import as_text, join_items, split_items
from hatir.kit.email_address import normalise_email
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import fold

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MARK = "+"
PLACE = ("address", "district", "city", "postal_code", "country")
READERS: Mapping[str, Callable[[FieldSpec], FieldSpec]] = {
    "phone": lambda spec: replace(spec, kind="phone"),
    "email": lambda spec: replace(spec, kind="email"),
}
_BETWEEN = re.compile(r"\s*:::\s*|[\r\n]+")
_NUMBERED = re.compile(r"\d| - ")


@dataclass(frozen=True)
class Further:
    """Values of one kind beyond the first, which stands on the record itself in its field `main`.

    They become records of the type `part` with this `kind`. `reads` says how: "phone", "email" or "text" is one
    value in the field `value`, "place" an address. `column` is the one field of an address that a column holds.
    """

    name: str
    label: StrOrPromise
    part: str
    kind: str
    reads: str = "text"
    main: str = ""
    column: str = ""


@dataclass(frozen=True)
class Wanted:
    """One part that a row asks for: its type, its values, and the key by which it is found again."""

    further: Further
    given: Mapping[str, str]
    key: tuple[str, str]


_declared: dict[str, dict[str, Further]] = {}


def declare_further(type_key: str, *found: Further) -> None:
    """Let columns of a file go to parts of a type's records, under names that begin with "+"."""
    _declared[type_key] = {each.name: each for each in found}


def declared(rt: RecordType) -> Mapping[str, Further]:
    """Give what was declared for a type, by name; a narrowed type has what its root has."""
    return _declared.get(rt.root_key, {})


def further_of(actor: Actor, rt: RecordType) -> dict[str, Further]:
    """Give those that the actor may add."""
    allowed = {key: may(actor, "create", record_type(key)) for key in {each.part for each in declared(rt).values()}}
    return {name: each for name, each in declared(rt).items() if allowed[each.part]}


def written(items: Iterable[tuple[str, str]]) -> str:
    """Write (label, value) pairs into one cell, as `Adder.read` reads them."""
    return join_items(f"{label}: {value}" if label else value for label, value in items)


def written_places(places: Iterable[Mapping[str, str]]) -> str:
    """Write whole addresses into one cell: kind | label | address | district | city | postal code | country."""
    names = ("kind", "label", *PLACE)
    return join_items(" | ".join(place.get(name, "").replace("|", "/") for name in names) for place in places)


class Adder:
    """Reads and adds the parts of rows."""

    def __init__(self, rt: RecordType, chosen: Mapping[str, Further], actor: Actor) -> None:
        self.rt, self.chosen, self.actor = rt, chosen, actor
        self.lines_with_more: set[int] = set()

    def read(self, cells: Sequence[tuple[str, str, Any]], errors: dict[str, str]) -> list[Wanted]:
        """Give the parts of one row from its (name, header, cell) triples; what cannot be is noted in `errors`."""
        wanted: list[Wanted] = []
        places: dict[str, dict[str, str]] = {}
        for name, header, cell in cells:
            further = self.chosen.get(name)
            text = as_text(cell)
            if further is None or not text:
                continue
            if further.column:
                at = places.setdefault(further.kind, {})
                at[further.column] = f"{at[further.column]}, {text}" if further.column in at else text
            else:
                wanted += self._items(further, header, text, errors)
        wanted += self._places(places, errors)
        return list({(each.further.part, each.key): each for each in reversed(wanted)}.values())[::-1]

    def _items(self, further: Further, header: str, text: str, errors: dict[str, str]) -> Iterable[Wanted]:
        for piece in _BETWEEN.split(text):
            for item in split_items(piece):
                given = _place(further, item) if further.reads == "place" else _valued(further, header, item)
                made = self._checked(further, given, errors)
                if made is not None:
                    yield made

    def _places(self, places: Mapping[str, dict[str, str]], errors: dict[str, str]) -> Iterable[Wanted]:
        columns = {each.kind: each for each in self.chosen.values() if each.column}
        for kind, given in places.items():
            if "address" not in given:
                given["address"] = ", ".join(given[name] for name in PLACE if name in given)
            made = self._checked(columns[kind], {"kind": kind, **given}, errors)
            if made is not None:
                yield made

    def _checked(self, further: Further, given: dict[str, str], errors: dict[str, str]) -> Wanted | None:
        """Read every value as its field does; the first that cannot be is the row's problem."""
        fields = fields_of(record_type(further.part))
        try:
            for name, text in given.items():
                reader = READERS.get(further.reads) if name == "value" else None
                spec = reader(fields[name]) if reader is not None else fields[name]
                given[name] = values.clean(spec, text)
        except ValueError as problem:
            errors.setdefault(further.name, f"{text[:60]}: {problem}")
            return None
        return Wanted(further, given, _key(given))

    def fill_main(self, given: dict[str, Any], wanted: Sequence[Wanted], writable: frozenset[str]) -> list[Wanted]:
        """Let the first of a kind stand on a new record that has none; give the parts that are left."""
        left = []
        for each in wanted:
            main = each.further.main
            names = PLACE if each.further.reads == "place" else (main,)
            if not main or main not in writable or any(given.get(name) for name in names):
                left.append(each)
            elif each.further.reads == "place":
                given |= {name: each.given[name] for name in names if each.given.get(name) and name in writable}
            else:
                given[main] = each.given["value"]
        return left

    def add(self, pairs: Sequence[tuple[int, Any, Sequence[Wanted]]]) -> None:
        """Add to records (line, record, parts) what they do not have yet; lines that got something are remembered.

        Raises RecordError of the parts' door, without rows.
        """
        asked = [(line, record, each) for line, record, parts in pairs for each in parts]
        for type_key in sorted({each.further.part for _line, _record, each in asked}):
            part = record_type(type_key)
            mine = [item for item in asked if item[2].further.part == type_key]
            held = self._held(part, {record.pk for _line, record, _each in mine})
            rows = []
            for line, record, each in mine:
                keys = held.setdefault(record.pk, set())
                if each.key in keys or _is_main(record, each):
                    continue
                keys.add(each.key)
                self.lines_with_more.add(line)
                rows.append({part.part_of: record.pk, **each.given})
            if rows:
                self._create(part, rows)

    def _held(self, part: RecordType, ids: set[int]) -> dict[int, set[tuple[str, str]]]:
        held: dict[int, set[tuple[str, str]]] = {}
        rows = visible(self.actor, part).filter(**{f"{part.part_of}__in": ids, "archived_at": None})
        for row in rows:
            given = {name: getattr(row, name) for name in ("kind", "value", *PLACE) if hasattr(row, name)}
            held.setdefault(getattr(row, f"{part.part_of}_id"), set()).add(_key(given))
        return held

    def _create(self, part: RecordType, rows: Sequence[Mapping[str, Any]]) -> None:
        try:
            actions.create(part, rows, actor=self.actor)
        except Invalid as problem:
            raise Invalid({"": [str(problem)]}) from problem


def _valued(further: Further, header: str, item: str) -> dict[str, str]:
    label, _colon, value = item.rpartition(": ")
    named = label or ("" if _NUMBERED.search(header) else header)
    return {"kind": further.kind, "label": named[:40], "value": value}


def _place(further: Further, item: str) -> dict[str, str]:
    pieces = [piece.strip() for piece in item.split("|")]
    if len(pieces) != len(PLACE) + 2:
        return {"kind": further.kind, "address": item}
    names = ("kind", "label", *PLACE)
    return {name: piece for name, piece in zip(names, pieces, strict=True) if piece}


def _key(given: Mapping[str, Any]) -> tuple[str, str]:
    if "address" in given:
        return str(given.get("kind", "")), fold(f"{given['address']} {given.get('city') or ''}")
    return str(given.get("kind", "")), same_value(str(given.get("kind", "")), str(given.get("value") or ""))


def same_value(kind: str, text: str) -> str:
    """Give one text for all spellings of a telephone number, an e-mail address, a profile."""
    if kind == "phone":
        return normalise_phone(text).e164 or fold(text)
    return normalise_email(text) if kind == "email" else fold(text)


def _is_main(record: Any, wanted: Wanted) -> bool:
    """What stands on the record itself is not added once more."""
    main = getattr(record, wanted.further.main, "") if wanted.further.main else ""
    if not main:
        return False
    if wanted.further.reads == "place":
        return wanted.key[1] == fold(f"{main} {getattr(record, 'city', '') or ''}")
    return same_value(wanted.further.kind, str(main)) == wanted.key[1]


def address_columns(part: str, kinds: Mapping[str, StrOrPromise]) -> list[Further]:
    """Declare a target for each field of an address of each kind: "+home.city"."""
    labels = place_labels()
    return [
        Further(
            f"{MARK}{kind}.{column}",
            format_lazy("{kind}: {column}", kind=label, column=labels[column]),
            part,
            kind,
            "place",
            "address",
            column,
        )
        for kind, label in kinds.items()
        for column in PLACE
    ]


def place_labels() -> dict[str, StrOrPromise]:
    """Name the fields of an address."""
    return {
        "address": gettext_lazy("address"),
        "district": gettext_lazy("district"),
        "city": gettext_lazy("city"),
        "postal_code": gettext_lazy("postal code"),
        "country": gettext_lazy("country"),
    }
