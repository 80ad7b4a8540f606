"""Up to a thousand changes in one request, each with its own outcome, or all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import visible
from hatir.foundation.records import actions, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Invalid, NotFoundHere, RecordError
from hatir.interface.api import nested
from hatir.interface.api.problems import Problem, problem_of
from hatir.interface.api.writes import cleaned, record_id
from hatir.kit.ids import encode_id

MOST_ITEMS = 1000
VERBS = ("create", "update", "archive", "restore")


@dataclass
class Item:
    """One wanted change, and what became of it."""

    index: int
    verb: str
    key: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    parts: nested.Sent = field(default_factory=dict)
    version: int | None = None
    record: Any = None
    problem: Problem | None = None

    def told(self) -> dict[str, Any]:
        if self.problem is not None:
            return {"index": self.index, "status": self.problem.status, "problem": self.problem.body()}
        status = 201 if self.verb == "create" else 200
        return {"index": self.index, "status": status, "id": encode_id(self.record.pk), "version": self.record.version}


Run = Callable[[Sequence[Item]], None]


def run_bulk(actor: Actor, rt: RecordType, data: Mapping[str, Any]) -> dict[str, Any]:
    """Work on all items; give the outcome of each.

    With `atomic` the first kind of failure undoes all and raises Problem with the outcomes of the failed.
    """
    unknown = sorted(set(data) - {"items", "atomic"})
    if unknown:
        raise Invalid({name: [_("There is no such field to write.")] for name in unknown})
    atomic = data.get("atomic", False)
    if not isinstance(atomic, bool):
        raise Invalid({"atomic": [_("Answer yes or no.")]})
    items = _read(actor, rt, data.get("items"))
    with transaction.atomic():
        _find(actor, rt, items)
        for verb, run in _runs(actor, rt).items():
            _work([item for item in items if item.verb == verb and item.problem is None], run)
        failed = [item for item in items if item.problem is not None]
        if atomic and failed:
            raise Problem("invalid", _("Nothing was stored."), items=[item.told() for item in failed])
    return {"data": [item.told() for item in items], "succeeded": len(items) - len(failed), "failed": len(failed)}


def _read(actor: Actor, rt: RecordType, raw: Any) -> list[Item]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_ITEMS:
        raise Invalid({"items": [_("Send a list of 1 to %(most)d items.") % {"most": MOST_ITEMS}]})
    seen: set[int] = set()
    return [_item(actor, rt, at, one, seen) for at, one in enumerate(raw)]


def _item(actor: Actor, rt: RecordType, at: int, raw: Any, seen: set[int]) -> Item:
    """Read one item; what is wrong with it becomes its own problem."""
    item = Item(at, "create")
    try:
        if (
            not isinstance(raw, dict)
            or raw.get("op", "create") not in VERBS
            or set(raw) - {"op", "id", "values", "version"}
        ):
            names = {"names": ", ".join(VERBS)}
            raise Invalid({"op": [_("An item has op (%(names)s), id, values and version.") % names]})
        item.verb = raw.get("op", "create")
        if item.verb != "create":
            item.key = record_id(str(raw.get("id", "")))
            if item.key in seen:
                raise Invalid({"id": [_("This record occurs twice in the request.")]})
            seen.add(item.key)
        if item.verb in ("create", "update"):
            own, item.parts = _split(rt, raw.get("values"), item.verb)
            item.values = cleaned(actor, rt, own, complete=item.verb == "create")
        item.version = _version(raw.get("version"))
    except RecordError as wrong:
        item.problem = problem_of(wrong)
    return item


def _split(rt: RecordType, raw: Any, verb: str) -> tuple[Mapping[str, Any], nested.Sent]:
    """Take the parts out of an item's values; only a new record brings its parts along."""
    if not isinstance(raw, dict):
        raise Invalid({"values": [_("Send an object here.")]})
    return nested.split(rt, raw) if verb == "create" else (raw, {})


def _version(raw: Any) -> int | None:
    if raw is not None and type(raw) is not int:
        raise Invalid({"version": [_("Enter a whole number.")]})
    return raw


def _find(actor: Actor, rt: RecordType, items: Sequence[Item]) -> None:
    """Fetch all records that are to be changed with one statement."""
    wanted = [item for item in items if item.key is not None and item.problem is None]
    found = (
        {record.pk: record for record in visible(actor, rt).filter(pk__in=[item.key for item in wanted])}
        if wanted
        else {}
    )
    for item in wanted:
        item.record = found.get(item.key)
        if item.record is None:
            item.problem = problem_of(NotFoundHere(rt.key))
        elif item.version is not None and item.version != item.record.version:
            item.problem = Problem("changed", version=item.record.version)


def _runs(actor: Actor, rt: RecordType) -> dict[str, Run]:
    def create(items: Sequence[Item]) -> None:
        made = actions.create(rt, [item.values for item in items], actor=actor)
        for item, record in zip(items, made, strict=True):
            item.record = record
        nested.create_parts(actor, rt, [(item.record, item.parts) for item in items])

    def update(items: Sequence[Item]) -> None:
        actions.update(rt, [(item.record, item.values) for item in items], actor=actor)

    def archive(items: Sequence[Item]) -> None:
        writing.archive_many([item.record for item in items], actor=actor)

    def restore(items: Sequence[Item]) -> None:
        writing.restore_many([item.record for item in items], actor=actor)

    return {"create": create, "update": update, "archive": archive, "restore": restore}


def _work(items: list[Item], run: Run) -> None:
    """Run one verb over its items in one go; when that fails, leave out who is to blame, or go by halves."""
    if not items:
        return
    states = [(item.record, item.record.archived_at, item.record.version) for item in items if item.record is not None]
    try:
        with transaction.atomic():
            run(items)
        return
    except (RecordError, DatabaseError) as wrong:
        failure = wrong
    for record, archived_at, version in states:
        record.archived_at, record.version = archived_at, version
    if len(items) == 1:
        items[0].problem = problem_of(failure)
        return
    for part in _parts(items, failure):
        _work(part, run)


def _parts(items: list[Item], failure: Exception) -> list[list[Item]]:
    """Say what to try next: without those to blame, or, when nobody is named, by halves."""
    blamed = failure.rows if isinstance(failure, Invalid) else {}
    # Positions are trusted for new records only: among changed ones the write door leaves out the unchanged.
    if blamed and items[0].verb == "create" and len(items) <= writing.BATCH:
        for at, errors in blamed.items():
            items[at].problem = Problem("invalid", Invalid(errors), errors=errors)
        return [[item for item in items if item.problem is None]]
    middle = len(items) // 2
    return [items[:middle], items[middle:]]
