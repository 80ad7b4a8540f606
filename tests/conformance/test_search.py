"""Every searchable type: found by its title however it is typed, but not by who may not read the title."""

from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.access.models import FieldRule, Role
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.search.queries import search
from hatir.kit.text_tr import fold
from tests.conformance.values import World, make_records
from tests.world.cast import Cast


@pytest.fixture
def searchable(rt: RecordType) -> RecordType:
    if not rt.search or rt.title not in rt.search:
        pytest.skip(f"{rt.key} is not searched by its title")
    return rt


class TestSearch:
    def test_finds_a_record_by_its_folded_title(self, searchable: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, searchable, 1, start=7)[0]

        hits = search(cast.admin.actor, fold(searchable.title_of(record)), types=[searchable.key])

        assert record.pk in {hit.ref.id for hit in hits}

    def test_shows_a_stranger_nothing(self, searchable: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, searchable, 1, start=7)[0]

        assert search(cast.can.actor, fold(searchable.title_of(record))) == []

    def test_does_not_find_by_a_closed_field(self, searchable: RecordType, cast: Cast, world: World) -> None:
        rule = {"type_key": searchable.root_key, "field": searchable.title, "may_read": False}
        FieldRule.objects.create(role=Role.objects.get(name="Satış takım lideri"), **rule)
        with piece_of_work():  # a later request, which knows the rule; no other field repeats the title
            record = make_records(world, searchable, 1, start=7, only_needed=True)[0]
        if searchable.scope is not None:
            rows: Any = searchable.model._base_manager
            rows.filter(pk=record.pk).update(owner=cast.zeynep.user, team=cast.sales)

        hits = search(cast.zeynep.actor, fold(searchable.title_of(record)), types=[searchable.key])

        assert record.pk not in {hit.ref.id for hit in hits}
