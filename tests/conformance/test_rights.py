"""Every type: a stranger sees nothing and changes nothing, closed fields are closed, names are checked."""

from __future__ import annotations

import pytest

from hatir.foundation.access.models import FieldRule, Role
from hatir.foundation.access.queries import get_visible, may, readable_fields, visible, writable_fields
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.records import actions, writing
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import fields_of
from hatir.foundation.records.values import clean_values
from tests.conformance.values import World, make_records, other_values, raw_values
from tests.world.cast import Cast

NEVER_WRITTEN = ("id", "version", "created_at", "updated_at", "archived_at", "custom", "password", "is_admin", "nope")


class TestAStranger:
    def test_sees_no_record(self, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]

        assert not visible(cast.can.actor, rt).exists()
        assert not may(cast.can.actor, "view", rt)
        with pytest.raises(NotFoundHere):
            get_visible(cast.can.actor, rt, record.pk)

    def test_changes_no_record(self, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]
        values = clean_values(fields_of(rt), other_values(world, rt, 0), complete=False)
        stored = rt.model._base_manager.filter(pk=record.pk)
        before, trail = stored.values().get(), AuditEntry.objects.count()

        with pytest.raises((Denied, NotFoundHere, Invalid)):  # a room may judge values before the door asks rights
            actions.update(rt, [(stored.get(), values)], actor=cast.can.actor)
        with pytest.raises((Denied, NotFoundHere)):
            writing.archive_many([stored.get()], actor=cast.can.actor)

        assert stored.values().get() == before
        assert AuditEntry.objects.count() == trail

    def test_creates_no_record(self, rt: RecordType, cast: Cast, world: World) -> None:
        values = clean_values(fields_of(rt), raw_values(world, rt, 0), complete=True)
        before = rt.model._base_manager.count()

        with pytest.raises((Denied, NotFoundHere)):
            actions.create(rt, [values], actor=cast.can.actor)

        assert rt.model._base_manager.count() == before


class TestAClosedField:
    def test_is_neither_read_nor_written(self, rt: RecordType, cast: Cast) -> None:
        role = Role.objects.get(name="Satış takım lideri")
        open_before = set(readable_fields(cast.zeynep.actor, rt))
        name = rt.title if rt.title in open_before else next(iter(open_before))
        FieldRule.objects.create(role=role, type_key=rt.root_key, field=name, may_read=False)

        with piece_of_work():  # the next request: rights hold as they were when one began
            assert set(readable_fields(cast.zeynep.actor, rt)) == open_before - {name}
            assert name not in writable_fields(cast.zeynep.actor, rt)
            assert name in readable_fields(cast.admin.actor, rt)


class TestNames:
    def test_that_are_unknown_or_read_only_are_refused_each(self, rt: RecordType) -> None:
        writable = {name for name, spec in fields_of(rt).items() if spec.editable}
        sent = {name: 1 for name in NEVER_WRITTEN if name not in writable}

        with pytest.raises(Invalid) as refused:
            clean_values(fields_of(rt), sent, complete=False)

        assert set(refused.value.errors) == set(sent)

    def test_of_a_new_record_include_what_is_missing(self, rt: RecordType) -> None:
        needed = {name for name, spec in fields_of(rt).items() if spec.required and spec.editable}
        if not needed:
            pytest.skip(f"{rt.key} requires nothing")

        with pytest.raises(Invalid) as refused:
            clean_values(fields_of(rt), {}, complete=True)

        assert set(refused.value.errors) == needed
