"""Take back a whole operation, through the same write door, for every record that nobody touched since."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from hatir.foundation.access.grants import MANAGE
from hatir.foundation.access.queries import has_permission
from hatir.foundation.audit.queries import operation_entries
from hatir.foundation.audit.steps import NOTHING
from hatir.foundation.records import actions, bulk, writing
from hatir.foundation.records.actor import Actor, new_operation
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, RecordError
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.parts import is_part, part_of
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.records.snapshot import links_of, snapshot
from hatir.foundation.records.values import from_plain

BATCH = 1000
TOKEN_SECONDS = 60 * 60
SIGNED_FOR = "hatir.undo"
Links = Mapping[str, Mapping[int, list[int]]]
"""By to-many field and record: the ids to which it links."""
Progress = Callable[[int], None]


class Past(NamedTuple):
    """What taking back needs of an entry."""

    id: int
    type_key: str
    verb: str
    record_id: int | None
    changes: dict[str, list[Any]]
    title: str


@dataclass(frozen=True)
class Skipped:
    """A record that was left as it is, and why."""

    ref: RecordRef
    title: str
    reason: str


@dataclass(frozen=True)
class UndoResult:
    """How many changes were taken back, which were not, and the operation by which to redo."""

    undone_count: int
    skipped: tuple[Skipped, ...]
    operation: str


class UndoExpired(RecordError):
    """The undo link is over, or belongs to somebody else."""

    def __str__(self) -> str:
        return _("This can no longer be undone.")


Taker = Callable[[str, Actor], UndoResult | None]
_takers: list[Taker] = []


def take_back_with(taker: Taker) -> Taker:
    """Let a room take back its own operations, which are more than writes (a merge); it gives None for all others."""
    _takers.append(taker)
    return taker


def undo_token(actor: Actor, operation: str | None = None) -> str:
    """Sign the right to take back an operation (the actor's own present one), for this user and one hour."""
    return signing.dumps({"o": operation or actor.operation, "u": actor.user_id}, salt=SIGNED_FOR)


def read_undo_token(token: str, actor: Actor) -> str:
    """Give the operation that a token names. Raises UndoExpired when over, false, or another user's."""
    try:
        body = signing.loads(token, salt=SIGNED_FOR, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        raise UndoExpired from None
    if actor.user_id is None or body["u"] != actor.user_id:
        raise UndoExpired
    return str(body["o"])


def undo_by_token(token: str, actor: Actor) -> UndoResult:
    """Take back the operation that a token names. Raises UndoExpired."""
    return undo(read_undo_token(token, actor), actor)


def undo(operation: str, actor: Actor, *, progress: Progress | None = None) -> UndoResult:
    """Take back every change of an operation, latest first, in batches that are each one transaction.

    A created record is archived, an edit gets its old values back, archiving and restoring are turned
    round. A record whose values are no longer those that the operation left is skipped and named, and
    so is one that the actor may not write. Own operations need no right, others' settings.manage.
    Raises Denied.
    """
    _check_owner(operation, actor)
    for taker in _takers:
        result = taker(operation, actor)
        if result is not None:
            return result
    own = actor.in_operation(new_operation())
    undone = 0
    skipped: list[Skipped] = []
    for entries in _runs(operation):
        with transaction.atomic():
            undone += _revert(entries, own, skipped)
        if progress:
            progress(undone + len(skipped))
    return UndoResult(undone, tuple(skipped), own.operation)


def _check_owner(operation: str, actor: Actor) -> None:
    if actor.is_system or has_permission(actor, MANAGE):
        return
    if operation_entries(operation).exclude(user_id=actor.user_id).exists():
        raise Denied("edit", "audit.operation")


def _runs(operation: str) -> Iterator[list[Past]]:
    """Cut the entries, latest first, into runs of one type and verb in which no record comes twice."""
    run: list[Past] = []
    held: set[int | None] = set()
    for entry in _latest_first(operation):
        fits = run and (entry.type_key, entry.verb) == (run[0].type_key, run[0].verb) and len(run) < BATCH
        if run and (not fits or entry.record_id in held):
            yield run
            run, held = [], set()
        run.append(entry)
        held.add(entry.record_id)
    if run:
        yield run


def _latest_first(operation: str) -> Iterator[Past]:
    """Read in pages: entries written meanwhile belong to another operation, so nothing shifts."""
    before: int | None = None
    while True:
        rows = operation_entries(operation)
        found = rows if before is None else rows.filter(pk__lt=before)
        page = [Past(*row) for row in found.values_list(*Past._fields)[:BATCH]]
        if not page:
            return
        yield from page
        before = page[-1].id


def _revert(entries: list[Past], actor: Actor, skipped: list[Skipped]) -> int:
    rt = record_type(entries[0].type_key)
    records = _records(rt, entries)
    links = _links(rt, entries, list(records))
    ready = []
    for entry in entries:
        record = records.get(entry.record_id)
        if record is None:
            skipped.append(_skip(entry, _("The record no longer exists.")))
        elif not _is_unchanged(rt, entry, record, links):
            skipped.append(_skip(entry, _("It was changed since.")))
        else:
            ready.append((entry, record))
    return _write(rt, entries[0].verb, ready, actor, skipped)


def _records(rt: RecordType, entries: Sequence[Past]) -> dict[Any, Any]:
    rows = rt.model._base_manager.filter(pk__among=[entry.record_id for entry in entries])
    return {record.pk: record for record in bulk.read(rows)}


def _links(rt: RecordType, entries: Sequence[Past], ids: Sequence[int]) -> Links:
    """Read what the records link to now, of the to-many fields that count: all of a new record, else those written."""
    used = {name for entry in entries for name in entry.changes}
    whole = entries[0].verb == "create"
    many = [name for name, spec in fields_of(rt).items() if spec.kind == "relations" and spec.path]
    return {name: links_of(rt, name, ids) for name in many if whole or name in used}


def _is_unchanged(rt: RecordType, entry: Past, record: Any, links: Links) -> bool:
    """Compare with what the operation left: the fields it wrote, and for a new record all the others too."""
    if entry.verb in ("archive", "restore"):
        return (record.archived_at is not None) == (entry.verb == "archive")
    now = snapshot(rt, record) | {name: of[record.pk] for name, of in links.items()}
    is_new, left = entry.verb == "create", {name: pair[1] for name, pair in entry.changes.items()}
    for name, value in now.items():  # plain steps: most of the time of a large revert is spent here
        if name in left:
            if value != left.pop(name) and _is_decided(rt, name):
                return False
        elif is_new and (value or value not in NOTHING) and _is_decided(rt, name):
            return False
    return all(is_part(rt.key, name) and part_of(rt.key, name).read(record) == value for name, value in left.items())


def _is_decided(rt: RecordType, name: str) -> bool:
    """Ask whether somebody decides a field; what is only reckoned says nothing about a change."""
    spec = fields_of(rt).get(name)
    return spec is None or spec.editable


def _write(rt: RecordType, verb: str, ready: list[tuple[Past, Any]], actor: Actor, skipped: list[Skipped]) -> int:
    """Write a run at once; when the door refuses it, one by one, so that only the refused are left out."""
    if not ready:
        return 0
    try:
        with transaction.atomic():
            _apply(rt, verb, ready, actor)
    except RecordError as problem:
        if len(ready) == 1:
            skipped.append(_skip(ready[0][0], str(problem)))
            return 0
        fresh = _records(rt, [entry for entry, _record in ready])
        return sum(_write(rt, verb, [(entry, fresh[entry.record_id])], actor, skipped) for entry, _r in ready)
    return len(ready)


def _apply(rt: RecordType, verb: str, ready: list[tuple[Past, Any]], actor: Actor) -> None:
    records = [record for _entry, record in ready]
    if verb in ("create", "restore"):
        writing.archive_many(records, actor=actor)
    elif verb == "archive":
        writing.restore_many(records, actor=actor)
    else:
        _put_back(rt, ready, actor)


def _put_back(rt: RecordType, ready: list[tuple[Past, Any]], actor: Actor) -> None:
    fields = fields_of(rt)
    pairs = []
    for entry, record in ready:
        for name in entry.changes:
            if is_part(rt.key, name):
                writing.save_part(record, name, entry.changes[name][0], actor=actor)
        old = {name: _old_value(fields[name], pair[0]) for name, pair in entry.changes.items() if name in fields}
        if old:
            pairs.append((record, old))
    if pairs:
        actions.update(rt, pairs, actor=actor)


def _old_value(spec: FieldSpec, value: Any) -> Any:
    return [] if spec.kind == "relations" and value is None else from_plain(spec, value)


def _skip(entry: Past, reason: str) -> Skipped:
    return Skipped(RecordRef(entry.type_key, int(entry.record_id or 0)), entry.title, reason)
