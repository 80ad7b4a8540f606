"""Find which rows of a batch are records that exist already: one look-up a match field, however many rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.expressions import Fold
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.transfer.mapping import ID
from hatir.foundation.transfer.resolving import IncomingRow, spellings
from hatir.kit.email_address import normalise_email
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import fold

TOGETHER = "+"
PHONES_REMEMBERED = 2000


@dataclass(frozen=True)
class Match:
    """The record that a row is, and by which field it was found."""

    record: Any
    by: str


class Matcher:
    """Matches rows of one type by the chosen fields, in their order; the first that finds something counts.

    Of the found records the related rows of the fields to be `written` are read with them.
    Fields that only together name a record (a relation or a choice is among them) are matched together.
    """

    def __init__(self, rt: RecordType, match_on: Sequence[str], written: Collection[str], actor: Actor) -> None:
        self.rt, self.actor = rt, actor
        self.fields = fields_of(rt)
        self.sets = [s.path for s in self.fields.values() if s.kind == "relations" and s.path and s.name in written]
        self.match_on = [name for name in match_on if name in self.fields]
        self.together = any(self.fields[name].kind in (*TO_ONE, "choice") for name in self.match_on)

    def keys_of(self, row: IncomingRow) -> list[tuple[str, str]]:
        """Give (field, key) for each way in which the row names a record; rows that share one are the same thing."""
        found = [(ID, str(row.record_id))] if row.record_id is not None else []
        if self.together:
            key = self._key_together(row)
            return [*found, (TOGETHER, key)] if key else found
        for name in self.match_on:
            if row.values.get(name) not in (None, "", []):
                key = min(_keys(self.fields[name], row.values[name]))
                shared = f"|{fold(self._title(row))}" if self.fields[name].kind == "phone" else ""
                found.append((name, key + shared))
        return found

    def match(self, rows: Sequence[IncomingRow]) -> dict[int, Match]:
        """Give the matches by line. A row whose value several records have gets an error instead."""
        found: dict[int, Match] = {}
        self._by_id([row for row in rows if row.record_id is not None], found)
        if self.together:
            self._by_all([row for row in rows if row.line not in found and self._key_together(row)], found)
            return found
        for name in self.match_on:
            left = [r for r in rows if r.line not in found and not r.errors and r.values.get(name) not in (None, "")]
            self._by_field(self.fields[name], left, found)
        return found

    def _records(self) -> Any:
        return visible(self.actor, self.rt).prefetch_related(*self.sets)

    def _by_id(self, rows: Sequence[IncomingRow], found: dict[int, Match]) -> None:
        if not rows:
            return
        records = self._records().in_bulk([row.record_id for row in rows])
        for row in rows:
            if row.record_id in records:
                found[row.line] = Match(records[row.record_id], ID)
            elif not row.id_is_hint:
                row.errors[ID] = _("There is no record of this id.")

    def _by_field(self, spec: FieldSpec, rows: Sequence[IncomingRow], found: dict[int, Match]) -> None:
        if not rows:
            return
        keys = {row.line: _keys(spec, row.values[spec.name]) for row in rows}
        living = self._records() if spec.unique else self._records().filter(archived_at=None)
        records: dict[str, list[Any]] = {}
        for record in self._having(living, spec, rows, set().union(*keys.values())):
            records.setdefault(_stored_key(spec, record), []).append(record)
        for row in rows:
            same = {r.pk: r for key in keys[row.line] for r in records.get(key, ()) if self._fits(spec, row, r)}
            if len(same) == 1:
                found[row.line] = Match(next(iter(same.values())), spec.name)
            elif same:
                told = _("%(count)d records have the same %(field)s; give their id in a column of its own.")
                row.errors[spec.name] = told % {"count": len(same), "field": spec.label}

    def _having(self, records: Any, spec: FieldSpec, rows: Sequence[IncomingRow], keys: set[str]) -> Any:
        """Ask by an indexed column wherever there is one; a small table without a fold is folded by the database."""
        if spec.kind == "phone" and _normal_column(spec, self.rt.model):
            return records.filter(**{f"{_normal_column(spec, self.rt.model)}__in": keys})
        if spec.is_custom:
            return records.filter(**{f"custom__{spec.custom_key}__isnull": False})
        if spec.fold_path:
            return records.filter(**{f"{spec.fold_path}__in": keys})
        if spec.name == self.rt.title:
            return records.annotate(match_key=Fold(spec.path)).filter(match_key__in=keys)
        typed = {row.values[spec.name] for row in rows}
        tidied = {normalise_email(value) for value in typed} if spec.kind == "email" else set()
        return records.filter(**{f"{spec.path}__in": typed | tidied})

    def _by_all(self, rows: Sequence[IncomingRow], found: dict[int, Match]) -> None:
        links = [name for name in self.match_on if self.fields[name].kind in TO_ONE]
        if not rows or not links:
            return
        wanted = {row.values[links[0]] for row in rows}
        records: dict[str, Any] = {}
        for record in self._records().filter(archived_at=None, **{f"{self.fields[links[0]].path}__in": wanted}):
            stored = {name: value_of(self.fields[name], record) for name in self.match_on}
            records.setdefault(_together(self.fields, self.match_on, stored.get), record)
        for row in rows:
            record = records.get(self._key_together(row))
            if record is not None:
                found[row.line] = Match(record, TOGETHER)

    def _key_together(self, row: IncomingRow) -> str:
        return _together(self.fields, self.match_on, row.values.get)

    def _title(self, row: IncomingRow) -> str:
        title = str(row.values.get(self.rt.title) or "")
        return title or " ".join(str(row.values.get(n) or "") for n in ("given_name", "family_name")).strip()

    def _fits(self, spec: FieldSpec, row: IncomingRow, record: Any) -> bool:
        """A household shares a telephone, so by telephone the name must fit as well."""
        if spec.kind != "phone":
            return True
        title = self._title(row)
        return not title or bool(spellings(title) & spellings(self.rt.title_of(record)))


def _together(fields: Mapping[str, FieldSpec], names: Sequence[str], get: Callable[[str], Any]) -> str:
    parts = [get(name) for name in names]
    if any(part in (None, "") for part in parts):
        return ""
    return "|".join(min(_keys(fields[name], part)) for name, part in zip(names, parts, strict=True))


def _phone_key(text: str) -> str:
    """Reading a telephone number is the dearest step of a row, and each is asked for several times."""
    known: dict[str, str] = per_request("transfer.phone_keys", dict)
    if len(known) > PHONES_REMEMBERED:
        known.clear()
    if text not in known:
        known[text] = normalise_phone(text).e164 or fold(text)
    return known[text]


def _keys(spec: FieldSpec, value: Any) -> set[str]:
    if spec.kind == "phone":
        return {_phone_key(str(value))}
    if spec.kind in ("text", "longtext"):
        return spellings(str(value))
    return {fold(str(value))}


def _normal_column(spec: FieldSpec, model: Any) -> str:
    name = f"{spec.path}_e164"
    return name if hasattr(model, name) else ""


def _stored_key(spec: FieldSpec, record: Any) -> str:
    if spec.kind == "phone" and _normal_column(spec, record):
        return getattr(record, _normal_column(spec, record)) or fold(getattr(record, spec.path))
    return fold(str(value_of(spec, record) or ""))
