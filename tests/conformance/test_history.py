"""Every type: each write is audited once, told once, and can be taken back exactly."""

from __future__ import annotations

from typing import Any

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.audit.undo import undo
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records import actions, writing
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.snapshot import snapshot
from hatir.foundation.records.values import clean_values
from tests.conformance.values import World, make_records, other_values
from tests.world.cast import Cast

MOVES_ON = ("version", "updated_at")


def stored(rt: RecordType, record: Any) -> Any:
    return rt.model._base_manager.get(pk=record.pk)


def everything(rt: RecordType, record: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give all columns (helper columns too) and all fields of a record as stored."""
    row = rt.model._base_manager.filter(pk=record.pk).values().get()
    many = tuple(name for name, spec in fields_of(rt).items() if spec.kind == "relations")
    return {name: value for name, value in row.items() if name not in MOVES_ON}, snapshot(rt, stored(rt, record), many)


def change_all(rt: RecordType, record: Any, world: World, cast: Cast) -> str:
    """Change every field that may change; give the operation."""
    actor = cast.admin.actor
    values = clean_values(fields_of(rt), other_values(world, rt, 0), complete=False)
    actions.update(rt, [(stored(rt, record), values)], actor=actor)
    return actor.operation


class TestCreating:
    def test_is_audited_and_told_exactly_once(self, rt: RecordType, cast: Cast, world: World) -> None:
        make_records(world, rt, 1)  # what it links to exists now
        actor = cast.admin.actor

        record = make_records(world, rt, 1, start=2, actor=actor)[0]

        entry = AuditEntry.objects.get(operation=actor.operation)
        assert (entry.verb, entry.type_key, entry.record_id) == ("create", rt.root_key, record.pk)
        # A room may tell more beside it: that a lead was captured.
        event = OutboxEvent.objects.get(operation=actor.operation, key__startswith="records.")
        assert (event.key, event.about_type, event.about_id) == ("records.created", rt.root_key, record.pk)


class TestChanging:
    def test_is_audited_and_told_exactly_once(self, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]

        operation = change_all(rt, record, world, cast)

        entry = AuditEntry.objects.get(operation=operation)
        assert (entry.verb, entry.type_key, entry.record_id) == ("edit", rt.root_key, record.pk)
        assert all(old != new for old, new in entry.changes.values())
        # A room may tell more beside it: that a deal was moved.
        assert OutboxEvent.objects.get(operation=operation, key__startswith="records.").key == "records.changed"

    def test_is_taken_back_exactly(self, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]
        before = everything(rt, record)
        operation = change_all(rt, record, world, cast)
        assert everything(rt, record) != before

        result = undo(operation, cast.admin.actor)

        assert (result.undone_count, result.skipped) == (1, ())
        assert everything(rt, record) == before

    def test_is_done_again_by_taking_that_back(self, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]
        operation = change_all(rt, record, world, cast)
        after = everything(rt, record)

        back = undo(operation, cast.admin.actor)
        again = undo(back.operation, cast.admin.actor)

        assert again.undone_count == 1
        assert everything(rt, record) == after


class TestArchiving:
    def test_and_restoring_leave_the_record_as_it_was(self, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]
        before = everything(rt, record)
        actor = cast.admin.actor

        writing.archive_many([stored(rt, record)], actor=actor)
        assert stored(rt, record).archived_at is not None
        writing.restore_many([stored(rt, record)], actor=actor)

        assert everything(rt, record) == before
        verbs = AuditEntry.objects.filter(operation=actor.operation).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["archive", "restore"]
        keys = OutboxEvent.objects.filter(operation=actor.operation).order_by("id").values_list("key", flat=True)
        assert list(keys) == ["records.archived", "records.restored"]

    def test_takes_back_creating(self, rt: RecordType, cast: Cast, world: World) -> None:
        make_records(world, rt, 1)
        actor = cast.admin.actor
        record = make_records(world, rt, 1, start=2, actor=actor)[0]

        result = undo(actor.operation, cast.admin.actor)

        assert (result.undone_count, result.skipped) == (1, ())
        assert stored(rt, record).archived_at is not None
