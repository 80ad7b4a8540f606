"""Propose a mapping for a whole file: as cards say, as a known export has it, or column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import override

from hatir.foundation.access.queries import writable_fields
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.transfer import reading
from hatir.foundation.transfer.cards_in import targets
from hatir.foundation.transfer.further import Further, further_of
from hatir.foundation.transfer.linking import links_of, propose_links, propose_whole
from hatir.foundation.transfer.mapping import ID, Column, holds_more, propose, words
from hatir.foundation.transfer.sources import NONE, Source, fitting, places, recognise

FURTHER = {"email": "+email", "phone": "+phone", "website": "+web"}


def targets_of(actor: Actor, rt: RecordType) -> dict[str, Any]:
    """Give all that a column may go to, by name: fields that the actor may write, and parts that he may add."""
    return {**writable_fields(actor, rt), **further_of(actor, rt), **links_of(actor, rt)}


def usable(names: Mapping[str, str], actor: Actor, rt: RecordType) -> dict[str, str]:
    """Keep of a mapping what the actor may write; the rest is left out."""
    allowed = targets_of(actor, rt)
    return {at: name if name in allowed or name == ID else "" for at, name in names.items()}


def propose_mapping(
    path: Path, table: reading.Table, rt: RecordType, actor: Actor, source_key: str = ""
) -> tuple[dict[str, str], str]:
    """Give a mapping (place → name) and the key of the export that the file is, or "".

    With a `source_key` it is taken for that export; with `NONE` for no known one.
    """
    allowed = targets_of(actor, rt)
    if table.kind == reading.CARDS:
        is_company = rt.where.get("kind") == "company"
        found = targets(table.keys, {**allowed, ID: None}, is_company=is_company)
        return {str(at): found[key] for at, key in enumerate(table.keys)}, ""
    fields = writable_fields(actor, rt)
    columns = propose(table.headers, reading.sample(path, table), fields, rt.key)
    mapping = {column.place: column.field for column in columns}
    mapping |= propose_links(table.headers, links_of(actor, rt))
    mapping |= propose_whole(columns, reading.sample(path, table), actor, rt)
    source = source_of(table, rt, source_key)
    if source is not None:
        known = places(source, table.headers, allowed)
        taken = set(known.values())
        mapping = {at: known.get(at, "" if name in taken else name) for at, name in mapping.items()}
    _give_further(columns, mapping, allowed)
    _give_known(columns, mapping, further_of(actor, rt))
    return {str(at): name for at, name in mapping.items()}, source.key if source is not None else ""


def _give_further(columns: Sequence[Column], mapping: dict[int, str], allowed: Mapping[str, Any]) -> None:
    """Let columns beyond the first of e-mails, telephones and websites become parts, where a type has such."""
    for main, part in FURTHER.items():
        if part in allowed and main in mapping.values():
            for column in columns:
                if not mapping[column.place] and holds_more(column, main):
                    mapping[column.place] = part


def _give_known(columns: Sequence[Column], mapping: dict[int, str], allowed: Mapping[str, Further]) -> None:
    """Let columns that are called as a target that needs others go there, where the file has those others too."""
    called = {words(name): each for each in allowed.values() for name in _names_of(each)}
    found = {
        column.place: called[words(column.header)]
        for column in columns
        if not mapping[column.place] and words(column.header) in called
    }
    names = {each.name for each in found.values()}
    whole = {place: each for place, each in found.items() if names.issuperset(each.needs)}
    needed = {need for each in whole.values() for need in each.needs}
    mapping |= {at: each.name for at, each in whole.items() if each.needs or each.name in needed}


def _names_of(further: Further) -> list[str]:
    """Give what a column for a target is called: its label in both languages, and its other names."""
    if not further.known_as:
        return []
    labels = []
    for language in ("tr", "en"):
        with override(language):
            labels.append(str(further.label))
    return [*labels, *further.known_as]


def source_of(table: reading.Table, rt: RecordType, source_key: str = "") -> Source | None:
    """Find the export that a file is taken for; one whose rows are something else does not count."""
    mine = {each.key: each for each in fitting(rt.key, rt.root_key)}
    if source_key:
        return mine.get(source_key) if source_key != NONE else None
    found = recognise(table.headers, rt.key)
    return mine.get(found.key) if found is not None else None
