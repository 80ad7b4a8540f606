"""Records leave as a stream of rows: what the reader may see and no more, a batch at a time in memory."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.foundation.access.masking import shown
from hatir.foundation.access.queries import asked_condition, may, readable_fields, scope_condition, visible
from hatir.foundation.audit.actions import record_event
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.fields import NUMERIC, TEXTUAL, TO_ONE, FieldSpec
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.records.values import to_json
from hatir.foundation.transfer.cards_out import card_of, part_lines, texts_of
from hatir.foundation.transfer.cells import join_items, neutralise
from hatir.foundation.transfer.further import declared
from hatir.foundation.transfer.mapping import ID
from hatir.foundation.transfer.stored import ID as OWN_ID
from hatir.foundation.transfer.stored import StoredReader
from hatir.foundation.transfer.watching import tell_if_mass
from hatir.kit.ids import encode_id

Format = Literal["csv", "xlsx", "jsonl", "vcf"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "jsonl", "vcf")
BATCH = 500
COLUMN_BATCH = 2000
MIMES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
    "vcf": "text/vcard; charset=utf-8",
}
Titles = Mapping[str, Mapping[int, str]]
LONGEST_EXCEL_TEXT = 32_767


@dataclass(frozen=True)
class ExportRequest:
    """What shall leave: a type, a filter (JSON) or chosen ids, columns (none: all readable), a format."""

    type_key: str
    format: Format = "csv"
    filter: Any = None
    ids: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    delimiter: Literal[";", ","] = ";"
    archived: bool = False


@dataclass(frozen=True)
class Export:
    """An export that may begin: the type, the rows in question, and the columns in order."""

    actor: Actor
    rt: RecordType
    specs: tuple[FieldSpec, ...]
    rows: Any
    request: ExportRequest

    @property
    def headers(self) -> list[str]:
        return [ID, *(str(spec.label) for spec in self.specs)]

    @property
    def file_name(self) -> str:
        return f"{self.rt.key.replace('.', '-')}.{self.request.format}"


def prepare(request: ExportRequest, *, actor: Actor) -> Export:
    """Check right and filter, and keep in the audit that it happened.

    Raises Denied, FilterError, or NotFoundHere for cards of what is no person or company.
    """
    rt = record_type(request.type_key)
    if request.format == "vcf" and not has_cards(rt):
        raise NotFoundHere(rt.key)
    if not may(actor, "export", rt):
        raise Denied("export", rt.key)
    readable = readable_fields(actor, rt)
    names = request.columns or tuple(readable)
    specs = tuple(readable[name] for name in names if name in readable and name != ID)
    rows = visible(actor, rt, "export")
    seen = scope_condition(actor, rt, "view")
    rows = rows if seen is None else rows.filter(seen)
    if request.filter:
        rows = rows.filter(asked_condition(actor, rt, request.filter))
    if request.ids:
        rows = rows.filter(pk__in=request.ids)
    rows = rows.filter(archived_at__isnull=not request.archived)
    detail = json.dumps({"format": request.format, "filter": request.filter, "columns": [s.name for s in specs]})
    record_event("export", actor=actor, type_key=rt.root_key, title=str(rt.plural_label), reason=detail)
    tell_if_mass(rows, type_key=rt.key, file_format=request.format, actor=actor)
    return Export(actor, rt, specs, rows, request)


def stream(export: Export) -> Iterator[bytes]:
    """Give the file in pieces; never more than one batch is in memory (XLSX passes through a file on disk)."""
    if export.request.format == "csv":
        return _csv(export)
    if export.request.format == "vcf":
        return _cards(export)
    return _jsonl(export) if export.request.format == "jsonl" else _xlsx(export)


def has_cards(rt: RecordType) -> bool:
    """Tell whether records of a type leave as cards of people."""
    return bool(declared(rt))


def batches(export: Export) -> Iterator[list[tuple[Any, list[Any]]]]:
    """Give (record, typed values) in batches, oldest first, where the record itself is needed (cards)."""
    sets = [spec.path for spec in export.specs if spec.kind == "relations" and spec.path]
    rows, last = export.rows.order_by("pk").prefetch_related(*sets), 0
    while part := list(rows.filter(pk__gt=last)[:BATCH]):
        last = part[-1].pk
        yield [
            (record, [shown(export.actor, spec, value_of(spec, record)) for spec in export.specs]) for record in part
        ]


def columns(export: Export) -> Iterator[tuple[list[int], list[list[Any]]]]:
    """Give ids and, for each field, its typed values, in batches, oldest first. No objects are made."""
    reader = StoredReader(export.rt, export.specs)
    rows, last = export.rows.order_by("pk"), 0
    while part := reader.read(rows.filter(pk__gt=last)[:COLUMN_BATCH]):
        reader.add_sets({stored[OWN_ID]: stored for stored in part})
        last = part[-1][OWN_ID]
        values = [_shown_column(export.actor, spec, [stored[spec.name] for stored in part]) for spec in export.specs]
        yield [stored[OWN_ID] for stored in part], values


def _shown_column(actor: Actor, spec: FieldSpec, values: list[Any]) -> list[Any]:
    return [shown(actor, spec, value) for value in values] if spec.masked else values


def _csv(export: Export) -> Iterator[bytes]:
    delimiter = export.request.delimiter
    yield b"\xef\xbb\xbf" + _csv_lines([[neutralise(header) for header in export.headers]], delimiter)
    for ids, values in columns(export):
        titles = titles_of(export, values)
        texts = [_texts(spec, found, titles, export) for spec, found in zip(export.specs, values, strict=True)]
        yield _csv_lines(zip(map(encode_id, ids), *texts, strict=True), delimiter)


def _csv_lines(rows: Iterable[Iterable[str]], delimiter: str) -> bytes:
    lines = io.StringIO()
    csv.writer(lines, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return lines.getvalue().encode()


def _texts(spec: FieldSpec, values: list[Any], titles: Titles, export: Export) -> list[str]:
    """Give the cells of one column. Texts need no more than a look at their first letter; values that repeat are
    put into words once."""
    if spec.kind in TEXTUAL:
        return [neutralise(value) if value else "" for value in values]
    comma = export.request.delimiter == ";"
    if spec.is_many or spec.kind in NUMERIC:  # lists have no hash; 1 and 1.00 are equal but not written alike
        return [_text(spec, value, titles, comma=comma) for value in values]
    known = {value: _text(spec, value, titles, comma=comma) for value in set(values)}
    return [known[value] for value in values]


def _jsonl(export: Export) -> Iterator[bytes]:
    for ids, values in columns(export):
        titles = titles_of(export, values)
        lines = []
        for pk, row in zip(ids, zip(*values, strict=True) if values else ((),) * len(ids), strict=True):
            body: dict[str, Any] = {ID: encode_id(pk)}
            for spec, value in zip(export.specs, row, strict=True):
                related = spec.kind in (*TO_ONE, "relations")
                body[spec.name] = related_names(spec, value, titles) if related else to_json(spec, value)
            lines.append(json.dumps(body, ensure_ascii=False) + "\n")
        yield "".join(lines).encode()


def _cards(export: Export) -> Iterator[bytes]:
    specs = {spec.name: spec for spec in export.specs}
    for part in batches(export):
        titles = titles_of(export, _turned(export, [values for _record, values in part]))
        parts = part_lines(export.actor, export.rt, [record for record, _values in part], specs)
        pieces = []
        for record, values in part:
            told = {s.name: _card_value(s, v, titles) for s, v in zip(export.specs, values, strict=True)}
            texts, own = texts_of(export.specs, told)
            pieces.append(card_of(record, texts, own, parts.get(record.pk, ())))
        yield b"".join(pieces)


def _card_value(spec: FieldSpec, value: Any, titles: Mapping[str, Mapping[int, str]]) -> Any:
    if spec.name == "tags" and spec.kind == "relations":
        return related_names(spec, value, titles)
    cell = _plain_cell(spec, value, titles)
    return format(cell, "f") if isinstance(cell, Decimal) else cell


def _xlsx(export: Export) -> Iterator[bytes]:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(export.rt.plural_label)[:31])
    sheet.freeze_panes = "A2"
    sheet.append([neutralise(header) for header in export.headers])
    for ids, values in columns(export):
        titles = titles_of(export, values)
        told = [[_cell(spec, value, titles) for value in of] for spec, of in zip(export.specs, values, strict=True)]
        for row in zip(map(encode_id, ids), *told, strict=True):
            sheet.append(row)
    with tempfile.TemporaryDirectory(prefix="hatir-export-") as folder:
        path = Path(folder) / "export.xlsx"
        book.save(path)
        with path.open("rb") as file:
            while chunk := file.read(256 * 1024):
                yield chunk


# --- values ---


def _turned(export: Export, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Make columns of rows."""
    return [[row[place] for row in rows] for place in range(len(export.specs))]


def titles_of(export: Export, values: Sequence[Sequence[Any]]) -> dict[str, dict[int, str]]:
    """Read the names of related records, one statement a related type, only of those that the actor sees.

    `values` are the columns of the export.
    """
    wanted: dict[str, set[int]] = {}
    for spec, column in zip(export.specs, values, strict=True):
        if spec.kind in (*TO_ONE, "relations"):
            ids = {pk for value in column for pk in value} if spec.kind == "relations" else set(column) - {None}
            wanted.setdefault(_target(spec), set()).update(ids)
    found: dict[str, dict[int, str]] = {}
    for type_key, ids in wanted.items():
        target = record_type(type_key)
        records = visible(export.actor, target).filter(pk__in=ids) if ids else ()
        found[type_key] = {record.pk: _name(target, record) for record in records}
    return found


def _name(target: RecordType, record: Any) -> str:
    return str(record.email) if target.key == "staff.user" else target.title_of(record)


def _target(spec: FieldSpec) -> str:
    return {"user": "staff.user", "team": "staff.team"}.get(spec.kind, spec.target)


def related_names(spec: FieldSpec, value: Any, titles: Mapping[str, Mapping[int, str]]) -> Any:
    """Give the name of a related record, or the list of them."""
    known = titles.get(_target(spec), {})
    if spec.kind == "relations":
        return [known[pk] for pk in value or () if pk in known]
    return known.get(value)


def _text(spec: FieldSpec, value: Any, titles: Mapping[str, Mapping[int, str]], *, comma: bool) -> str:
    cell = _plain_cell(spec, value, titles)
    if cell is None:
        return ""
    if isinstance(cell, (Decimal, int, float)):
        text = format(cell, "f") if isinstance(cell, Decimal) else str(cell)
        return text.replace(".", ",") if comma else text
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else neutralise(str(cell))


def _cell(spec: FieldSpec, value: Any, titles: Mapping[str, Mapping[int, str]]) -> Any:
    cell = _plain_cell(spec, value, titles)
    if isinstance(cell, datetime):  # Excel knows no zones: the company's clock; parts of a second stay text
        return cell.isoformat(" ") if cell.microsecond else cell.replace(tzinfo=None)
    if isinstance(cell, str):
        return neutralise(_without_controls(cell))[:LONGEST_EXCEL_TEXT]
    return cell


def _without_controls(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


def _plain_cell(spec: FieldSpec, value: Any, titles: Mapping[str, Mapping[int, str]]) -> Any:
    if value in (None, "", []):
        return None
    if spec.kind in (*TO_ONE, "relations"):
        names = related_names(spec, value, titles)
        return join_items(names) if isinstance(names, list) else names
    if spec.kind == "boolean":
        return _("Yes") if value else _("No")
    if spec.kind == "choice":
        return str(spec.choice_label(value))
    if spec.kind == "multichoice":
        return join_items(str(spec.choice_label(item)) for item in value)
    if isinstance(value, datetime):
        return timezone.localtime(value)
    return value


def count(export: Export) -> int:
    """Count the rows that would leave, for a progress line."""
    return int(export.rows.count())
