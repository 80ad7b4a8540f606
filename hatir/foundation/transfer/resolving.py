"""Turn the raw cells of a batch into typed values; names of people, tags and companies into their records."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.masking import DOT
from hatir.foundation.access.queries import may, visible
from hatir.foundation.records import actions, values, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.drafts import Draft
from hatir.foundation.records.expressions import having
from hatir.foundation.records.fields import NUMERIC, TO_ONE, FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.transfer.cells import as_text, split_items
from hatir.foundation.transfer.further import MARK, Wanted
from hatir.foundation.transfer.mapping import ID
from hatir.foundation.transfer.value_maps import CHOICES, ValueMap, choices_by_name
from hatir.kit.company_names import normalise_company
from hatir.kit.ids import decode_id, encode_id
from hatir.kit.parsing_tr import parse_decimal
from hatir.kit.text_tr import fold

MOST_KNOWN = 1000
"""So many different cells of a column are remembered with what they were read as."""
LINKS = (*TO_ONE, "relations")
_ONE_WORD = re.compile(r"[\w/-]+")
UNREADABLE = "\ufffd"
"""What stands for bytes that are no letter in the file's encoding."""


class _NotRead:
    """What a cell is that gives no value."""


NOT_READ = _NotRead()


@dataclass
class IncomingRow:
    """One row on its way: raw cells by field, cleaned values, what is wrong, and links to be tied later."""

    line: int
    cells: list[Any]
    raw: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    loose: dict[str, str] = field(default_factory=dict)
    record_id: int | None = None
    decision: str = ""
    left_out: bool = False
    further: list[tuple[str, str, Any]] = field(default_factory=list)
    """Cells that hold parts of the record: (name, header, cell)."""
    parts: list[Wanted] = field(default_factory=list)
    keys: list[tuple[str, str]] | None = None
    """Found while reading (`Batcher.keys_of`), where no other record is needed for them."""
    key_together: str | None = None
    """Found once links are known: the fields that only together name a record."""
    keys_by_field: dict[str, set[str]] = field(default_factory=dict)
    tidied: dict[str, str] = field(default_factory=dict)
    """Values of match fields as the house writes them, where that is not how they were typed."""
    draft: Draft | None = None
    """What becomes of the row when it is a new record, made while reading."""
    linked: dict[str, Any] = field(default_factory=dict)
    """Cells of linked records, by their names in the mapping ("company>phone")."""
    was: dict[str, Any] | None = None
    """Cells by field as they stand in the file, where the user mended them."""
    place: int = 0
    """Its place among the rows of the same whole (`counting`)."""
    follows: int | None = None
    """The earlier row of the file (by its line) whose record this one is, as somebody decided."""
    id_is_hint: bool = False
    """The id may be that of another house: where no record has it, the row is matched otherwise."""


def spellings(text: str) -> set[str]:
    """Give the folded spellings under which a name may be stored: as typed, and with the legal form tidied."""
    if _ONE_WORD.fullmatch(text):  # a code or a single name has no legal form
        return {fold(text)}
    return {fold(" ".join(text.split())), fold(normalise_company(text).display)}


def incoming(
    line: int, cells: list[Any], mapping: Mapping[int, str], values_said: ValueMap, headers: Sequence[str] = ()
) -> IncomingRow:
    """Take the mapped cells of a row, mapped values replaced; columns that go to one field are joined with a space.

    Cells for parts of the record stay apart, each with its header.
    """
    raw: dict[str, Any] = {}
    further: list[tuple[str, str, Any]] = []
    linked: dict[str, Any] = {}
    for place, name in mapping.items():
        cell = values_said.cell(place, cells[place]) if place < len(cells) else None
        if name.startswith(MARK):
            further.append((name, headers[place] if place < len(headers) else "", cell))
            continue
        if ">" in name:
            linked[name] = cell if not as_text(linked.get(name)) else linked[name]
            continue
        if name in raw and as_text(cell):
            raw[name] = f"{as_text(raw[name])} {as_text(cell)}".strip()
        elif name not in raw:
            raw[name] = cell
    return IncomingRow(line, cells, raw, further=further, linked=linked)


class Cleaner:
    """Reads cells as the fields of one type, with the rights of one actor."""

    def __init__(
        self,
        rt: RecordType,
        fields: Mapping[str, FieldSpec],
        actor: Actor,
        *,
        decimal_mark: str,
        create_missing: bool,
        expected: Collection[str] = (),
    ) -> None:
        self.rt, self.fields, self.actor = rt, fields, actor
        self._known: dict[str, dict[str, tuple[Any, str]]] = {}
        self._texts: dict[tuple[bool, str], list[str]] = {}
        self.decimal_mark, self.create_missing, self.expected = decimal_mark, create_missing, frozenset(expected)
        self._choices = {name: choices_by_name(spec) for name, spec in fields.items() if spec.kind in CHOICES}

    def read(self, rows: list[IncomingRow]) -> None:
        """Fill `values` and `errors` of a batch from what needs no other record; it may run outside a transaction."""
        for name in rows[0].raw if rows else ():
            if name == ID:
                for row in rows:
                    self._read_id(row, as_text(row.raw[name]))
            else:
                self._read_column(self.fields[name], rows)

    def _read_column(self, spec: FieldSpec, rows: list[IncomingRow]) -> None:
        """Read one column. Cities, stages and dates repeat, so what a text was read as is remembered."""
        name, known = spec.name, self._known.setdefault(spec.name, {})
        for row in rows:
            cell = row.raw.get(name)
            if type(cell) is not str or spec.is_many:
                value, problem = self._read_cell(spec, cell)
            elif cell in known:
                value, problem = known[cell]
            else:
                if len(known) >= MOST_KNOWN:
                    known.clear()
                value, problem = known[cell] = self._read_cell(spec, cell)
            if problem:
                row.errors[name] = problem
            elif value is not NOT_READ:
                row.values[name] = value

    def link(self, rows: list[IncomingRow]) -> None:
        """Turn names into records, or `loose` ends: one look-up a related type, however many rows."""
        for name, spec in self.fields.items():
            if spec.kind in LINKS:
                open_rows = [row for row in rows if name not in row.errors]
                texts = {row.line: found for row in open_rows if (found := self._names_in(spec, row.raw.get(name)))}
                self._resolve(spec, [row for row in rows if row.line in texts], texts)

    def _names_in(self, spec: FieldSpec, cell: Any) -> list[str]:
        """Give the names that a cell for a link holds; what a text holds is remembered."""
        text, many = as_text(cell), spec.kind == "relations"
        if (many, text) not in self._texts:
            if len(self._texts) >= MOST_KNOWN:
                self._texts.clear()
            self._texts[many, text] = split_items(text) if many else [text] if text else []
        return self._texts[many, text]

    def _read_cell(self, spec: FieldSpec, cell: Any) -> tuple[Any, str]:
        """Give the value of a cell, or what is wrong with it; links and covered numbers are not read here."""
        if isinstance(cell, str) and UNREADABLE in cell:
            return NOT_READ, _("This cell is damaged or written in another encoding.")
        if spec.kind in LINKS or (spec.masked and DOT in as_text(cell)):
            return NOT_READ, ""
        try:
            return self._value(spec, cell), ""
        except ValueError as problem:
            return NOT_READ, str(problem)

    def read_cell(self, spec: FieldSpec, cell: Any) -> Any:
        """Give the value of one cell; None where it has none."""
        value, _problem = self._read_cell(spec, cell)
        return None if value is NOT_READ else value

    def _read_id(self, row: IncomingRow, text: str) -> None:
        if not text:
            return
        try:
            row.record_id = decode_id(text)
        except ValueError:
            row.errors[ID] = _("“%(value)s” is no record id.") % {"value": text[:40]}

    def _value(self, spec: FieldSpec, cell: Any) -> Any:
        if spec.kind in NUMERIC and isinstance(cell, str) and cell.strip() and self.decimal_mark:
            try:
                return values.clean(spec, parse_decimal(cell, decimal_mark="," if self.decimal_mark == "," else "."))
            except ValueError:
                return values.clean(spec, as_text(cell))
        if spec.kind in CHOICES and as_text(cell):
            items = split_items(as_text(cell)) if spec.kind == "multichoice" else [as_text(cell)]
            named = [self._choices[spec.name].get(fold(item), item) for item in items]
            return values.clean(spec, named if spec.kind == "multichoice" else named[0])
        if spec.kind in ("date", "datetime", "boolean", *NUMERIC) and not isinstance(cell, str):
            return values.clean(spec, cell)
        return values.clean(spec, as_text(cell))

    def _resolve(self, spec: FieldSpec, rows: list[IncomingRow], texts: Mapping[int, list[str]]) -> None:
        if not rows:
            return
        found = self.find(spec, {text for items in texts.values() for text in items})
        missing = {text for items in texts.values() for text in items if text not in found}
        if missing and self.may_make(spec):
            found |= self._make(spec, missing)
        name, many = spec.name, spec.kind == "relations"
        read: dict[tuple[str, ...], list[int | None]] = {}
        for row in rows:
            named = tuple(texts[row.line])
            ids = read.get(named)
            if ids is None:
                ids = read[named] = [found.get(text) for text in named]
            if None in ids:
                self._leave(row, spec, texts[row.line], found)
            else:
                row.values[name] = ids if many else ids[0]

    def _leave(self, row: IncomingRow, spec: FieldSpec, texts: list[str], found: Mapping[str, int | None]) -> None:
        """Say what is wrong with a link, or leave it loose."""
        lost = [text for text in texts if found.get(text) is None]
        if lost[0] in found:
            row.errors[spec.name] = _("More than one record is called “%(value)s”.") % {"value": lost[0][:60]}
        elif spec.name in self.expected:
            return  # a record of another file, which comes before this one
        elif spec.target and record_type(spec.target).root_key == self.rt.root_key and spec.kind == "relation":
            row.loose[spec.name] = lost[0][:400]
        else:
            row.errors[spec.name] = _("Nothing is called “%(value)s”.") % {"value": lost[0][:60]}

    def find(self, spec: FieldSpec, texts: Iterable[str]) -> dict[str, int | None]:
        """Find related records by id, match field or name; an ambiguous name gives None, an unknown one is absent."""
        if spec.kind == "user":
            return _by_columns(visible(self.actor, "staff.user"), texts, {"email": "text", "name": "text"})
        if spec.kind == "team":
            return _by_columns(visible(self.actor, "staff.team"), texts, {"name": "text"})
        target = record_type(spec.target)
        rows = visible(self.actor, target).filter(archived_at=None)
        columns = {target.title: fields_of(target)[target.title].fold_path or "text"}
        for name in target.match_on:
            other = fields_of(target).get(name)
            if other is not None and other.kind in ("text", "email") and not other.is_custom:
                columns.setdefault(name, other.fold_path or "text")
        return _by_columns(rows, texts, columns)

    def found_without_asking(self, spec: FieldSpec, texts: Sequence[str]) -> dict[str, str]:
        """Give what texts become by their names alone: the key of a choice, or the id of a related record."""
        if spec.kind in CHOICES:
            named = self._choices[spec.name]
            return {text: named[fold(text)] for text in texts if fold(text) in named}
        return {text: encode_id(pk) for text, pk in self.find(spec, texts).items() if pk is not None}

    def may_make(self, spec: FieldSpec) -> bool:
        """Tell whether a name that nothing has becomes a new record (a tag)."""
        if not (self.create_missing and spec.kind == "relations" and spec.target):
            return False
        target = record_type(spec.target)
        needed = {s.name for s in fields_of(target).values() if s.required and s.editable}
        return needed <= {target.title} and may(self.actor, "create", target)

    def _make(self, spec: FieldSpec, names: Iterable[str]) -> dict[str, int | None]:
        target = record_type(spec.target)
        by_fold = {fold(name): name for name in sorted(names)}
        ids = self._brought_back(target, by_fold)
        for key in ids:
            by_fold.pop(key)
        made = actions.create(target, [{target.title: name} for name in by_fold.values()], actor=self.actor)
        ids |= dict(zip(by_fold, (record.pk for record in made), strict=True))
        return {name: ids[fold(name)] for name in names}

    def _brought_back(self, target: RecordType, wanted: Collection[str]) -> dict[str, int]:
        """Restore archived records of these (folded) names: a tag that came with a file that was taken back."""
        gone = visible(self.actor, target).exclude(archived_at=None).order_by("pk")
        found = {key: record for record in gone if (key := fold(target.title_of(record))) in wanted}
        writing.restore_many(list(found.values()), actor=self.actor)
        return {key: record.pk for key, record in found.items()}


def _by_columns(rows: Any, texts: Iterable[str], columns: Mapping[str, str]) -> dict[str, int | None]:
    """Look texts up in columns, first column first. A column with its own fold is asked once for all texts."""
    found: dict[str, int | None] = {}
    wanted = set(texts)
    as_ids = {text: pk for text in wanted if len(text) == 13 and (pk := _as_pk(text)) is not None}
    if as_ids:
        there = set(rows.filter(pk__in=as_ids.values()).values_list("pk", flat=True))
        found |= {text: pk for text, pk in as_ids.items() if pk in there}
    for column, fold_path in columns.items():
        open_texts = wanted - set(found)
        if open_texts:
            found |= _in_column(rows, column, "" if fold_path == "text" else fold_path, open_texts)
    return found


def _in_column(rows: Any, column: str, fold_path: str, texts: set[str]) -> dict[str, int | None]:
    keys = {text: spellings(text) for text in texts}
    all_keys = set().union(*keys.values())
    if fold_path:
        pairs = having(rows, fold_path, all_keys).values_list(fold_path, "pk")
    else:  # a small table without folded column (tags, teams, users): read it whole, names and ids only
        pairs = ((fold(str(value)), pk) for value, pk in rows.values_list(column, "pk").iterator(chunk_size=2000))
    by_key: dict[str, set[int]] = {}
    for key, pk in pairs:
        if key in all_keys:
            by_key.setdefault(key, set()).add(pk)
    found: dict[str, int | None] = {}
    for text, own in keys.items():
        ids = set().union(*(by_key.get(key, set()) for key in own))
        if ids:
            found[text] = next(iter(ids)) if len(ids) == 1 else None
    return found


def _as_pk(text: str) -> int | None:
    try:
        return decode_id(text)
    except ValueError:
        return None
