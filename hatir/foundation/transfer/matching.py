"""Find which rows of a batch are records that exist already: one look-up a match field, however many rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.expressions import Fold, having
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.memory import per_request
from hatir.foundation.records.registry import fields_of
from hatir.foundation.transfer.mapping import ID
from hatir.foundation.transfer.resolving import IncomingRow, spellings
from hatir.foundation.transfer.stored import ID as OWN_ID
from hatir.foundation.transfer.stored import StoredReader
from hatir.kit.email_address import normalise_email
from hatir.kit.phone import normalise_phone
from hatir.kit.text_tr import fold

TOGETHER = "+"
PHONES_REMEMBERED = 2000
MOST_FOLDED = 1000


@dataclass(frozen=True)
class Match:
    """The record that a row is, by which field it was found, and the stored values that the row may change."""

    pk: int
    by: str
    stored: dict[str, Any]


class Matcher:
    """Matches rows of one type by the chosen fields, in their order; the first that finds something counts.

    Of the found records only the columns of the fields to be `written` are read, and no objects are made of them.
    Fields that only together name a record (a relation or a choice is among them) are matched together.
    """

    def __init__(self, rt: RecordType, match_on: Sequence[str], written: Collection[str], actor: Actor) -> None:
        self.rt, self.actor = rt, actor
        self.fields = fields_of(rt)
        self.match_on = [name for name in match_on if name in self.fields]
        used = [self.fields[name] for name in (*written, *self.match_on, rt.title) if name in self.fields]
        self.sets = [spec.path for spec in used if spec.kind == "relations" and spec.path]
        normal = [column for spec in used if spec.kind == "phone" and (column := _normal_column(spec, rt.model))]
        self.stored = StoredReader(rt, used, normal)
        self._large = False
        self.together = any(self.fields[name].kind in (*TO_ONE, "choice") for name in self.match_on)

    def keys_of(self, row: IncomingRow) -> list[tuple[str, str]]:
        """Give (field, key) for each way in which the row names a record; rows that share one are the same thing."""
        found = [(ID, str(row.record_id))] if row.record_id is not None else []
        if self.together:
            key = self._key_together(row)
            return [*found, (TOGETHER, key)] if key else found
        for name in self.match_on:
            if row.values.get(name) not in (None, "", []):
                keys = row.keys_by_field[name] = _keys(self.fields[name], row.values[name])
                if self.fields[name].kind == "email" and (tidy := normalise_email(row.values[name])):
                    row.tidied[name] = tidy
                key = min(keys)
                shared = f"|{fold(self._title(row))}" if self.fields[name].kind == "phone" else ""
                found.append((name, key + shared))
        return found

    def match(self, rows: Sequence[IncomingRow]) -> dict[int, Match]:
        """Give the matches by line. A row whose value several records have gets an error instead."""
        found: dict[int, Match] = {}
        self._by_id([row for row in rows if row.record_id is not None], found)
        if self.together:
            self._by_all([row for row in rows if row.line not in found and self._key_together(row)], found)
        for name in () if self.together else self.match_on:
            left = [r for r in rows if r.line not in found and not r.errors and r.values.get(name) not in (None, "")]
            self._by_field(self.fields[name], left, found)
        self._add_sets(found.values())
        return found

    def _add_sets(self, matches: Collection[Match]) -> None:
        """Read to which records fields link. Two rows may have found the same record, each by something else."""
        by_id: dict[int, dict[str, Any]] = {}
        for match in matches:
            by_id.setdefault(match.pk, match.stored)
        self.stored.add_sets(by_id)
        for match in matches:
            if match.stored is not by_id[match.pk]:
                match.stored.update(by_id[match.pk])

    def records(self, ids: Collection[int]) -> dict[int, Any]:
        """Fetch whole records that were found, to change them."""
        found = visible(self.actor, self.rt).prefetch_related(*self.sets)
        return {record.pk: record for record in found.filter(pk__among=list(ids))} if ids else {}

    def _visible(self) -> Any:
        return visible(self.actor, self.rt)

    def _by_id(self, rows: Sequence[IncomingRow], found: dict[int, Match]) -> None:
        if not rows:
            return
        asked = self.stored.read(self._visible().filter(pk__among=[row.record_id for row in rows]))
        records = {stored[OWN_ID]: stored for stored in asked}
        for row in rows:
            known = records.get(row.record_id)
            if known is not None:
                found[row.line] = Match(known[OWN_ID], ID, known)
            elif not row.id_is_hint:
                row.errors[ID] = _("There is no record of this id.")

    def _by_field(self, spec: FieldSpec, rows: Sequence[IncomingRow], found: dict[int, Match]) -> None:
        if not rows:
            return
        keys = {row.line: row.keys_by_field.get(spec.name) or _keys(spec, row.values[spec.name]) for row in rows}
        living = self._visible() if spec.unique else self._visible().filter(archived_at=None)
        records: dict[str, list[dict[str, Any]]] = {}
        for stored in self.stored.read(self._having(living, spec, rows, set().union(*keys.values()))):
            records.setdefault(_stored_key(spec, stored, self.rt.model), []).append(stored)
        for row in rows:
            same = {r[OWN_ID]: r for key in keys[row.line] for r in records.get(key, ()) if self._fits(spec, row, r)}
            if len(same) == 1:
                pk, stored = next(iter(same.items()))
                found[row.line] = Match(pk, spec.name, stored)
            elif same:
                told = _("%(count)d records have the same %(field)s; give their id in a column of its own.")
                row.errors[spec.name] = told % {"count": len(same), "field": spec.label}

    def _having(self, records: Any, spec: FieldSpec, rows: Sequence[IncomingRow], keys: set[str]) -> Any:
        """Ask by an indexed column wherever there is one; a small table without a fold is folded by the database."""
        if spec.kind == "phone" and _normal_column(spec, self.rt.model):
            return having(records, _normal_column(spec, self.rt.model), keys)
        if spec.is_custom:
            return records.filter(**{f"custom__{spec.custom_key}__isnull": False})
        if spec.fold_path:
            return having(records, spec.fold_path, keys)
        if spec.name == self.rt.title and spec.unique and self._is_large():  # numbers of orders, not names of tags
            return having(records, spec.path, {row.values[spec.name] for row in rows})
        if spec.name == self.rt.title:
            return records.annotate(match_key=Fold(spec.path)).filter(match_key__in=keys)
        typed = {row.values[spec.name] for row in rows}
        tidied = {row.tidied[name] for row in rows if (name := spec.name) in row.tidied}
        if spec.kind in ("text", "email"):
            return having(records, spec.path, typed | tidied)
        return records.filter(**{f"{spec.path}__in": typed | tidied})

    def _is_large(self) -> bool:
        """Tell whether folding every row of the table would take longer than looking a few up."""
        if not self._large:
            rows = self.rt.model._base_manager.order_by().values("pk")
            self._large = rows[: MOST_FOLDED + 1].count() > MOST_FOLDED
        return self._large

    def _by_all(self, rows: Sequence[IncomingRow], found: dict[int, Match]) -> None:
        links = [name for name in self.match_on if self.fields[name].kind in TO_ONE]
        if not rows or not links:
            return
        wanted = {row.values[links[0]] for row in rows}
        records: dict[str, dict[str, Any]] = {}
        living = self._visible().filter(archived_at=None, **{f"{self.fields[links[0]].path}__in": wanted})
        for stored in self.stored.read(living):
            records.setdefault(_together(self.fields, self.match_on, stored.get), stored)
        for row in rows:
            known = records.get(self._key_together(row))
            if known is not None:
                found[row.line] = Match(known[OWN_ID], TOGETHER, known)

    def _key_together(self, row: IncomingRow) -> str:
        if row.key_together is None:
            row.key_together = _together(self.fields, self.match_on, row.values.get)
        return row.key_together

    def _title(self, row: IncomingRow) -> str:
        title = str(row.values.get(self.rt.title) or "")
        return title or " ".join(str(row.values.get(n) or "") for n in ("given_name", "family_name")).strip()

    def _fits(self, spec: FieldSpec, row: IncomingRow, stored: Mapping[str, Any]) -> bool:
        """A household shares a telephone, so by telephone the name must fit as well; and whatever they share, two
        with different codes are two, or the same file would turn one into the other at each time."""
        stronger = self.match_on[: self.match_on.index(spec.name)]
        if any(self._differs(self.fields[name], row, stored) for name in stronger):
            return False
        if spec.kind != "phone":
            return True
        title = self._title(row)
        return not title or bool(spellings(title) & spellings(str(stored.get(self.rt.title) or "")))

    def _differs(self, spec: FieldSpec, row: IncomingRow, stored: Mapping[str, Any]) -> bool:
        """Tell whether both have a code of this kind (a number of the customer, a tax number), and not the same."""
        if spec.kind != "text" or not row.values.get(spec.name) or not stored.get(spec.name):
            return False
        keys = row.keys_by_field.get(spec.name) or _keys(spec, row.values[spec.name])
        return _stored_key(spec, stored, self.rt.model) not in keys

    def code_of(self, row: IncomingRow) -> str:
        """Give the row's strongest code, "" without one."""
        first = self.match_on[0] if self.match_on and not self.together else ""
        if not first or self.fields[first].kind != "text" or first == self.rt.title:
            return ""
        return fold(str(row.values.get(first) or ""))


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
    if isinstance(value, datetime):  # the same instant in any zone
        return {value.astimezone(UTC).isoformat()}
    return {fold(str(value))}


def _normal_column(spec: FieldSpec, model: Any) -> str:
    name = f"{spec.path}_e164"
    return name if hasattr(model, name) else ""


def _stored_key(spec: FieldSpec, stored: Mapping[str, Any], model: Any) -> str:
    if spec.kind == "phone" and (normal := _normal_column(spec, model)):
        return stored[normal] or fold(stored[spec.name])
    return fold(str(stored[spec.name] or ""))
