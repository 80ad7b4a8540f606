"""One row of a file as the record that it will become: written through all the doors, looked at, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction

from hatir.foundation.access.masking import shown
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.fields import TO_ONE, FieldSpec
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.records.snapshot import value_of
from hatir.foundation.transfer.batches import NEW, REJECTED, Batcher, Outcome
from hatir.foundation.transfer.checking import trial_batcher
from hatir.foundation.transfer.errors import TransferRefused
from hatir.foundation.transfer.exporting import Export, ExportRequest, related_names, titles_of
from hatir.foundation.transfer.further import Wanted
from hatir.foundation.transfer.matching import Match
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.resolving import IncomingRow
from hatir.foundation.transfer.running import row_maker

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Preview:
    """What a row becomes: `outcome` as it would be counted, the filled fields, and of whom it is more.

    Related records stand in `facts` by their names; further telephones, addresses and other parts in `parts`, each
    with what it is called and its filled fields. `match` is the record that is there already.
    """

    outcome: str
    title: str = ""
    facts: tuple[tuple[FieldSpec, Any], ...] = ()
    parts: tuple[tuple[StrOrPromise, tuple[tuple[FieldSpec, Any], ...]], ...] = ()
    match: Match | None = None
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def preview(run: ImportRun, line: int, cells: list[Any], actor: Actor) -> Preview | None:
    """Try one row and take it back. None when the mapping is not ready for it, or the database is busy."""
    try:
        batcher = trial_batcher(run, actor)
        row = row_maker(run, batcher)(line, cells)
        batcher.read([row])
        with transaction.atomic():
            found = _seen(batcher, batcher.write([row]), actor)
            transaction.set_rollback(True)
        return found
    except (TransferRefused, RecordError, DatabaseError):
        return None


def _seen(batcher: Batcher, outcome: Outcome, actor: Actor) -> Preview | None:
    for row, reason in outcome.rejected:
        return Preview(REJECTED, reason=reason, errors=row.errors)
    for row, match, done in outcome.matched:
        record = batcher.matcher.records([match.pk])[match.pk]
        return Preview(done, batcher.rt.title_of(record), _facts(batcher, record, actor), _parts(row), match)
    for row, record in outcome.made.values():
        return Preview(NEW, batcher.rt.title_of(record), _facts(batcher, record, actor), _parts(row))
    return None


def _parts(row: IncomingRow) -> tuple[tuple[StrOrPromise, tuple[tuple[FieldSpec, Any], ...]], ...]:
    """Give the parts that a row brings beside what stands on the record itself."""
    return tuple((each.further.label, tuple(_filled(each))) for each in row.parts)


def _filled(part: Wanted) -> Iterator[tuple[FieldSpec, Any]]:
    kinds, fields = part.further.shape.kinds(part.further), fields_of(record_type(part.further.part))
    for name, value in part.given.items():
        if name != "kind" and value not in (None, "", []) and fields[name].kind not in (*TO_ONE, "relations"):
            yield replace(fields[name], kind=kinds.get(name, fields[name].kind)), value


def _facts(batcher: Batcher, record: Any, actor: Actor) -> tuple[tuple[FieldSpec, Any], ...]:
    linked = {linker.spec.name: linker.spec for linker in batcher.linkers}
    specs = tuple({**batcher.fields, **linked}.values())
    values = [shown(actor, spec, value_of(spec, record)) for spec in specs]
    export = Export(actor, batcher.rt, specs, None, ExportRequest(batcher.rt.key))
    titles = titles_of(export, [[value] for value in values])
    told = []
    for spec, value in zip(specs, values, strict=True):
        if value in (None, "", []) or spec.name == batcher.rt.title:
            continue
        related = spec.kind in (*TO_ONE, "relations")
        told.append((spec, related_names(spec, value, titles) if related else value))
    return tuple(told)
