"""Columns that speak of a linked record (a person's company, its telephone, its city): found or made, and linked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.text import format_lazy

from hatir.foundation.access.queries import may, writable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer.cells import as_text
from hatir.foundation.transfer.mapping import Column, propose, words
from hatir.foundation.transfer.resolving import Cleaner, IncomingRow
from hatir.foundation.transfer.synonyms import LINK_WORDS, SYNONYMS
from hatir.foundation.transfer.synonyms import declare_synonyms as declare_synonyms
from hatir.foundation.transfer.synonyms import declare_text_of as declare_text_of
from hatir.kit.text_tr import fold

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LINK = ">"
PLAIN = frozenset(
    {"text", "email", "phone", "url", "integer", "number", "money", "percent", "date", "choice", "longtext"}
)
_CODE = re.compile(r"\d+|(?=(?:\D*\d){3})[0-9A-Za-z-]{12,}", re.ASCII)
_ENDINGS = ("si", "su", "sı", "i", "u", "ı")


@dataclass(frozen=True)
class Linked:
    """A field `column` of the record that the relation `field` leads to; in a mapping it is called "field>column"."""

    label: StrOrPromise
    field: str
    column: str
    type_key: str


_declared: dict[str, dict[str, str]] = {}
_found_only: dict[str, set[str]] = {}


def declare_linked(type_key: str, **made: str) -> None:
    """Say of which type a record is that an import makes for a relation: `company="customers.company"`."""
    _declared[type_key] = made


def declare_found_only(type_key: str, *fields: str) -> None:
    """Say which relations of a type lead to records that are there: an import makes such only when told so."""
    _found_only.setdefault(type_key, set()).update(fields)


def usual_makes(actor: Actor, rt: RecordType) -> list[str]:
    """Name the relations whose other ends an import makes unless somebody says otherwise."""
    return [name for name in makeable(actor, rt) if name not in _found_only.get(rt.root_key, ())]


def makeable(actor: Actor, rt: RecordType) -> dict[str, tuple[FieldSpec, RecordType]]:
    """Give the relations of a type whose other end the actor may make, and as what."""
    said = _declared.get(rt.root_key, {})
    found = {}
    for name, spec in writable_fields(actor, rt).items():
        if spec.kind != "relation" or not spec.target:
            continue
        target = record_type(said.get(name, spec.target))
        is_other = name in said or target.root_key != rt.root_key
        if not is_other or target.part_of or target.key == rt.key:
            continue
        if may(actor, "create", target) and target.title in writable_fields(actor, target):
            found[name] = (spec, target)
    return found


def links_of(actor: Actor, rt: RecordType) -> dict[str, Linked]:
    """Give all columns of linked records that the actor may fill, by their names in a mapping."""
    return {
        f"{name}{LINK}{column}": Linked(
            format_lazy("{field}: {column}", field=spec.label, column=other.label), name, column, target.key
        )
        for name, (spec, target) in makeable(actor, rt).items()
        for column, other in writable_fields(actor, target).items()
        if other.kind in PLAIN or (name == rt.part_of and other.kind in ("relation", "user"))
    }


def propose_links(headers: Sequence[str], links: Mapping[str, Linked]) -> dict[int, str]:
    """Propose for columns such as "Account Phone" or "Firma Telefonu" the field of the linked record."""
    found: dict[int, str] = {}
    for place, header in enumerate(headers):
        said = words(header)
        for name, link in links.items():
            first = next((word for word in LINK_WORDS.get(link.field, ()) if said.startswith(f"{word} ")), "")
            rest = said.removeprefix(first).strip()
            is_title = link.column == record_type(link.type_key).title
            if first and not is_title and name not in found.values() and rest in _called(link.column):
                found[place] = name
    return found


def propose_whole(
    columns: Sequence[Column], sample: Sequence[Sequence[Any]], actor: Actor, rt: RecordType
) -> dict[int, str]:
    """Propose for a file of parts (lines of orders) which columns speak of the whole: its day, its customer.

    A column goes there when it fits the whole better than the part, and something names the whole.
    """
    if not rt.part_of or rt.part_of not in {column.field for column in columns}:
        return {}
    links = {link.column: name for name, link in links_of(actor, rt).items() if link.field == rt.part_of}
    target = makeable(actor, rt).get(rt.part_of)
    if target is None:
        return {}
    whole = target[1]
    fields = {name: spec for name, spec in writable_fields(actor, whole).items() if name in links}
    proposed = propose([column.header for column in columns], sample, fields, whole.key)
    return {
        found.place: links[found.field]
        for found, own in zip(proposed, columns, strict=True)
        if found.field in links and found.field != whole.title and own.field != rt.part_of and found.score > own.score
    }


def _called(column: str) -> set[str]:
    """Give what people call a field, also with the ending that it has after another noun (telefonu, adresi)."""
    known = {words(column), *(other for other in SYNONYMS.get(column, ()) if column != "name")}
    return known | {f"{name}{ending}" for name in known for ending in _ENDINGS}


class Writer(Protocol):
    """What writes rows of one type (`batches.Batcher`)."""

    rt: RecordType

    def read(self, rows: list[IncomingRow]) -> None: ...

    def write(self, rows: list[IncomingRow]) -> Any: ...


class Linker:
    """Finds or makes the records that one relation of a batch's rows leads to."""

    def __init__(self, spec: FieldSpec, columns: Collection[str], writer: Writer, *, takes_codes: bool) -> None:
        self.spec, self.columns, self.writer = spec, tuple(columns), writer
        self.title, self.takes_codes = writer.rt.title, takes_codes

    def link(self, rows: Iterable[IncomingRow], cleaner: Cleaner) -> int:
        """Set the relation of the rows; give how many records were made. What cannot be is an error of its row."""
        asked = {row.line: cells for row in rows if (cells := self._asked(row))}
        by_line = {row.line: row for row in rows}
        names = {as_text(by_line[line].raw.get(self.spec.name)) for line in asked} - {""}
        known = cleaner.find(self.spec, names)
        groups: dict[tuple[tuple[str, str], ...], IncomingRow] = {}
        waiting: list[tuple[IncomingRow, IncomingRow]] = []
        for line, cells in asked.items():
            row = by_line[line]
            name = as_text(row.raw.get(self.spec.name))
            if name in known and known[name] is None:
                continue  # several are called so: told as for any relation
            if name not in known and not self.takes_codes and _CODE.fullmatch(name):
                continue  # an id of another house, and nobody's name
            key = tuple(sorted((column, fold(as_text(cell))) for column, cell in cells.items()))
            other = groups.setdefault(key, IncomingRow(len(groups) + 1, [], cells, record_id=known.get(name)))
            waiting.append((row, other))
        return self._write(list(groups.values()), waiting)

    def _asked(self, row: IncomingRow) -> dict[str, Any]:
        cells = {column: row.linked.get(f"{self.spec.name}{LINK}{column}") for column in self.columns}
        cells = {column: cell for column, cell in cells.items() if as_text(cell)}
        name = as_text(row.raw.get(self.spec.name))
        return {self.title: name, **cells} if name else cells

    def _write(self, others: list[IncomingRow], waiting: Sequence[tuple[IncomingRow, IncomingRow]]) -> int:
        self.writer.read(others)
        outcome = self.writer.write(others)
        ids = {row.line: match.pk for row, match, _done in outcome.matched}
        ids |= {row.line: record.pk for row, record in outcome.made.values()}
        refused = {row.line: reason for row, reason in outcome.rejected}
        for row, other in waiting:
            pk = ids.get(other.line) or other.record_id
            if pk is None:
                row.errors.setdefault(self._place(row), refused.get(other.line, ""))
                continue
            row.values[self.spec.name] = pk
            row.raw.pop(self.spec.name, None)
        return len(outcome.made)

    def _place(self, row: IncomingRow) -> str:
        names = (self.spec.name, *row.linked)
        return next((name for name in names if as_text(row.raw.get(name) or row.linked.get(name))), self.spec.name)
