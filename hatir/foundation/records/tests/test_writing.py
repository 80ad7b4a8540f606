"""The write door: one transaction, the old row read by the door, conflicts named, sets and parts kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records import actions, writing
from hatir.foundation.records.errors import EditConflict, Invalid, NotFoundHere
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_type
from tests.world.cast import SYSTEM, Customer, Tag, make_customer

pytestmark = pytest.mark.django_db
CUSTOMER = "customers.customer"


def fresh(record: Customer) -> Customer:
    return Customer.objects.get(pk=record.pk)


def tags(count: int) -> list[Tag]:
    rows = [{"name": f"Etiket {number}"} for number in range(count)]
    return list(actions.create(record_type("customers.tag"), rows, actor=SYSTEM))


class TestSave:
    def test_counts_versions_and_names_the_source(self) -> None:
        made = make_customer("Elif Kaya")
        made.city = "Bursa"

        writing.save(made, actor=SYSTEM)

        assert (fresh(made).version, fresh(made).source) == (2, "system")
        assert fresh(made).updated_at > fresh(made).created_at

    def test_of_an_unchanged_record_writes_nothing(self) -> None:
        made = make_customer("Elif Kaya")
        before = OutboxEvent.objects.count()

        writing.save(fresh(made), actor=SYSTEM)

        assert (fresh(made).version, OutboxEvent.objects.count()) == (1, before)

    def test_names_both_values_of_a_field_that_both_changed(self) -> None:
        made = make_customer("Elif Kaya")
        mine, theirs = fresh(made), fresh(made)
        theirs.city = "Van"
        writing.save(theirs, actor=SYSTEM)
        mine.city = "Muş"

        with pytest.raises(EditConflict) as conflict:
            writing.save(mine, actor=SYSTEM, expected_version=1)

        assert conflict.value.fields["city"] == ("Muş", "Van")
        assert fresh(made).city == "Van"

    def test_of_a_vanished_record_is_refused(self) -> None:
        made = make_customer("Elif Kaya")
        Customer.objects.filter(pk=made.pk).delete()
        made.city = "Van"

        with pytest.raises(NotFoundHere):
            writing.save(made, actor=SYSTEM)


class TestSaveMany:
    def test_stores_nothing_when_one_row_is_refused(self) -> None:
        rt = record_type("customers.tag")
        tags(1)

        with pytest.raises(Invalid) as refused:
            actions.create(rt, [{"name": "Yeni"}, {"name": "Etiket 0"}], actor=SYSTEM)

        assert list(refused.value.rows) == [1]
        assert Tag.objects.count() == 1

    def test_refuses_the_same_unique_value_twice_in_one_batch(self) -> None:
        with pytest.raises(Invalid) as refused:
            actions.create(record_type("customers.tag"), [{"name": "Aynı"}, {"name": "Aynı"}], actor=SYSTEM)

        assert list(refused.value.rows) == [1]
        assert not Tag.objects.exists()

    def test_keeps_its_own_unique_value(self) -> None:
        tag = tags(1)[0]

        actions.update(record_type("customers.tag"), [(tag, {"name": "Etiket 0", "hue": 3})], actor=SYSTEM)

        assert Tag.objects.get().hue == 3

    def test_costs_the_same_for_3_and_30_records(self) -> None:
        made = [make_customer(f"Kişi {number}") for number in range(33)]

        def statements(records: list[Customer]) -> int:
            pairs = [(fresh(record), {"city": "Van", "tags": []}) for record in records]
            with piece_of_work(), CaptureQueriesContext(connection) as seen:
                actions.update(record_type(CUSTOMER), pairs, actor=SYSTEM)
            return len(seen)

        assert statements(made[:3]) == statements(made[3:])


class TestSets:
    def test_are_replaced_and_rows_that_stay_are_not_written_again(self) -> None:
        first, second, third = tags(3)
        made = make_customer("Elif Kaya", tags=[first.pk, second.pk])
        through: Any = Customer._meta.get_field("tags").remote_field.through
        kept = through.objects.get(tag_id=second.pk).pk

        actions.update(record_type(CUSTOMER), [(made, {"tags": [second.pk, third.pk]})], actor=SYSTEM)

        rows = through.objects.filter(customer_id=made.pk)
        assert set(rows.values_list("tag_id", flat=True)) == {second.pk, third.pk}
        assert rows.get(tag_id=second.pk).pk == kept

    def test_tell_a_change_of_only_the_set(self) -> None:
        first = tags(1)[0]
        made = make_customer("Elif Kaya")

        actions.update(record_type(CUSTOMER), [(made, {"tags": [first.pk]})], actor=SYSTEM)

        event = OutboxEvent.objects.filter(key="records.changed").get()
        assert list(event.payload["fields"].values()) == [["tags"]]


class TestArchiving:
    def test_counts_a_version_and_can_be_turned_round(self) -> None:
        made = make_customer("Elif Kaya")

        writing.archive_many([made], actor=SYSTEM)
        assert (fresh(made).archived_at is not None, fresh(made).version) == (True, 2)
        writing.restore_many([fresh(made)], actor=SYSTEM)

        assert (fresh(made).archived_at, fresh(made).version) == (None, 3)

    def test_twice_is_once(self) -> None:
        made = make_customer("Elif Kaya")
        writing.archive_many([made], actor=SYSTEM)
        before = OutboxEvent.objects.count()

        writing.archive_many([fresh(made)], actor=SYSTEM)

        assert OutboxEvent.objects.count() == before
