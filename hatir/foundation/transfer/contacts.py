"""How further telephones, e-mails, profiles and addresses stand in a file; rooms hand these shapes to their targets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from hatir.foundation.records.fields import Kind
from hatir.foundation.transfer.cells import join_items, split_items
from hatir.foundation.transfer.further import MARK, Asked, Cell, Further, Key, Origin, Shape
from hatir.kit.email_address import normalise_email
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import fold

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PLACE = ("address", "district", "city", "postal_code", "country")
_BETWEEN = re.compile(r"\s*:::\s*|[\r\n]+")
_NUMBERED = re.compile(r"\d| - ")


def written(items: Iterable[tuple[str, str]]) -> str:
    """Write (label, value) pairs into one cell, as `Point` reads them."""
    return join_items(f"{label}: {value}" if label else value for label, value in items)


def written_places(places: Iterable[Mapping[str, str]]) -> str:
    """Write whole addresses into one cell: kind | label | address | district | city | postal code | country."""
    names = ("kind", "label", *PLACE)
    return join_items(" | ".join(place.get(name, "").replace("|", "/") for name in names) for place in places)


@dataclass(frozen=True)
class Point(Shape):
    """One value in the field `value`, read as the field `kind` says: "phone", "email" or "text"."""

    reads: Kind = "text"

    def read(self, cells: Sequence[Cell], line: int, origin: Origin) -> Iterator[Asked]:
        for cell in cells:
            for item in _items(cell.text):
                label, _colon, value = item.rpartition(": ")
                named = label or ("" if _NUMBERED.search(cell.header) else cell.header)
                yield Asked(cell.further, {"kind": cell.further.kind, "label": named[:40], "value": value})

    def key(self, given: Mapping[str, Any]) -> Key:
        kind = str(given.get("kind", ""))
        return kind, _same_value(kind, str(given.get("value") or ""))

    def kinds(self, further: Further) -> Mapping[str, Kind]:
        return {} if self.reads == "text" else {"value": self.reads}

    def of_main(self, further: Further, given: Mapping[str, Any]) -> dict[str, Any]:
        return {further.main: given["value"]}

    def is_main(self, further: Further, record: Any, key: Key) -> bool:
        main = getattr(record, further.main, "")
        return bool(main) and _same_value(further.kind, str(main)) == key[1]


class Place(Shape):
    """An address: whole in one cell, or each of its fields in a column of its own."""

    def read(self, cells: Sequence[Cell], line: int, origin: Origin) -> Iterator[Asked]:
        columns: dict[str, tuple[Further, dict[str, str]]] = {}
        for cell in cells:
            further = cell.further
            if not further.column:
                yield from (Asked(further, _place(further, item)) for item in _items(cell.text))
                continue
            _first, at = columns.setdefault(further.kind, (further, {}))
            before = at.get(further.column)
            at[further.column] = f"{before}, {cell.text}" if before else cell.text
        for kind, (further, given) in columns.items():
            whole = {"address": ", ".join(given[name] for name in PLACE if name in given), **given}
            yield Asked(further, {"kind": kind, **whole})

    def key(self, given: Mapping[str, Any]) -> Key:
        return str(given.get("kind", "")), fold(f"{given['address']} {given.get('city') or ''}")

    def of_main(self, further: Further, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: given.get(name, "") for name in PLACE}

    def is_main(self, further: Further, record: Any, key: Key) -> bool:
        main = getattr(record, further.main, "")
        return bool(main) and key[1] == fold(f"{main} {getattr(record, 'city', '') or ''}")


TEXT, PHONE, EMAIL, PLACES = Point(), Point("phone"), Point("email"), Place()


def _items(text: str) -> Iterator[str]:
    for piece in _BETWEEN.split(text):
        yield from split_items(piece)


def _place(further: Further, item: str) -> dict[str, str]:
    pieces = [piece.strip() for piece in item.split("|")]
    if len(pieces) != len(PLACE) + 2:
        return {"kind": further.kind, "address": item}
    names = ("kind", "label", *PLACE)
    return {name: piece for name, piece in zip(names, pieces, strict=True) if piece}


def _same_value(kind: str, text: str) -> str:
    """Give one text for all spellings of a telephone number, an e-mail address, a profile."""
    if kind == "phone":
        return normalise_phone(text).e164 or fold(text)
    return normalise_email(text) if kind == "email" else fold(text)


def address_columns(part: str, kinds: Mapping[str, StrOrPromise]) -> list[Further]:
    """Declare a target for each field of an address of each kind: "+home.city"."""
    labels = place_labels()
    return [
        Further(
            f"{MARK}{kind}.{column}",
            format_lazy("{kind}: {column}", kind=label, column=labels[column]),
            part,
            kind,
            PLACES,
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
