"""A record's facts as the page shows them: sections of the declaration and of the company's own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hatir.foundation.access.masking import mask
from hatir.foundation.access.queries import may_reveal, readable_fields, writable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.snapshot import value_of
from hatir.interface.web import cells
from hatir.interface.web.presenting import Presenter, capital

NOT_SHOWN = frozenset({"id", "archived_at", "version"})
BOOKKEEPING = ("source", "created_at", "updated_at")


@dataclass(frozen=True)
class Fact:
    """One field of a record, drawn."""

    name: str
    label: str
    html: SafeString
    is_empty: bool = False
    edit_url: str = ""
    full_edit_url: str = ""
    reveal_url: str = ""
    history_url: str = ""


@dataclass(frozen=True)
class FactSection:
    """A titled group of facts; `pack` names the sector pack that brought it."""

    label: str
    facts: tuple[Fact, ...]
    pack: str = ""


class FactSheet:
    """Draws the facts of one record for one actor. `editable` is whether the actor may edit this very record."""

    def __init__(self, actor: Actor, rt: RecordType, record: Any, *, editable: bool) -> None:
        self.actor, self.rt, self.record = actor, rt, record
        self.fields: Mapping[str, FieldSpec] = readable_fields(actor, rt)
        self.writable = writable_fields(actor, rt) if editable and record.archived_at is None else {}
        self.presenter = Presenter(actor, rt, list(self.fields.values()))
        self.presenter.prepare([record])
        self.url = rt.ref(record).url

    def sections(self, only: Sequence[str] = ()) -> list[FactSection]:
        """Give the sections with their facts; `only` keeps the named fields (the peek)."""
        groups = [(str(section.label), section.fields) for section in self.rt.sections]
        if not groups:
            named = [n for n, s in self.fields.items() if n not in (*NOT_SHOWN, *BOOKKEEPING) and not s.is_custom]
            groups = [(capital(str(self.rt.singular_label)), tuple(named))]
        groups += self._own_groups()
        if not only:
            groups.append((_("About this record"), BOOKKEEPING))
        found = []
        seen: set[str] = set()
        for label, names in groups:
            kept = [n for n in names if n in self.fields and n not in seen and (not only or n in only)]
            seen.update(kept)
            if kept:
                found.append(FactSection(label, tuple(self.fact(name) for name in kept)))
        return found

    def _own_groups(self) -> list[tuple[str, tuple[str, ...]]]:
        groups: dict[str, list[str]] = {}
        for name, spec in self.fields.items():
            if spec.is_custom and name != self.rt.title:
                groups.setdefault(spec.section or _("Our own fields"), []).append(name)
        return [(label, tuple(names)) for label, names in groups.items()]

    def fact(self, name: str) -> Fact:
        """Draw one fact. A masked value stays covered for everybody until somebody with the right opens it."""
        spec = self.fields[name]
        value = value_of(spec, self.record)
        empty = value in (None, "", [])
        place = f"{self.url}facts/{name}/"
        may_edit = name in self.writable
        may_open = spec.masked and not empty and may_reveal(self.actor)
        return Fact(
            name=name,
            label=capital(str(spec.label)),
            html=self._drawn(spec, value),
            is_empty=empty,
            edit_url=place if may_edit else "",
            full_edit_url=f"{self.url}edit/" if may_edit else "",
            reveal_url=f"{place}reveal/" if may_open else "",
            history_url="" if empty and spec.name in BOOKKEEPING else f"{place}history/",
        )

    def _drawn(self, spec: FieldSpec, value: Any) -> SafeString:
        if spec.masked:
            return cells.draw("text", mask(value), self.presenter.manner)
        html = self.presenter.cell(spec, self.record).html
        if spec.unit and value not in (None, ""):
            return SafeString(f"{html} {cells.draw('text', spec.unit, self.presenter.manner)}")
        return html
