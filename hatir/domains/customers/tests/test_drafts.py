"""New customers that were made ready ahead are stored as those that the door makes itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from hatir.domains.customers.models import Customer, Tag
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.customization.actions import define_fields
from hatir.foundation.records import actions, drafts
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_type
from hatir.foundation.search.models import SearchEntry
from hatir.foundation.staff.actions import create_user

pytestmark = pytest.mark.django_db
ROW: dict[str, Any] = {
    "name": "Dr. Işıl Öztürk", "phone": "0532 111 22 33", "email": "ISIL@ornek.test", "city": "izmir",
    "birth_on": date(1980, 2, 29), "external_id": "K1",
}  # fmt: skip
OWN = ("id", "created_at", "updated_at")


@pytest.fixture(autouse=True)
def work() -> Iterator[None]:
    with piece_of_work():
        yield


def what_is_kept(record: Customer) -> tuple[Any, ...]:
    columns = {field.attname for field in Customer._meta.concrete_fields} - set(OWN)
    entry = SearchEntry.objects.filter(pk=record.pk).values_list("type_key", "title_exact", "title_fold", "text").get()
    audited = AuditEntry.objects.filter(record_id=record.pk).values_list("verb", "title", "changes").get()
    fresh = Customer.objects.get(pk=record.pk)
    return {name: getattr(fresh, name) for name in columns}, entry, audited


class TestDrafts:
    @pytest.mark.parametrize("key", ["customers.person", "customers.company"])
    def test_are_stored_as_the_door_makes_records(self, key: str) -> None:
        rt, actor = record_type(key), system_actor("test")
        tag = Tag.objects.create(name="VIP", created_at="2026-01-01T00:00Z", updated_at="2026-01-01T00:00Z")
        owner = create_user("Ayşe Kaya", "ayse@ornek.test", actor=actor)
        fields = [("Alerji", "text"), ("Kredi", "money"), ("Hizmet eden", "user")]
        define_fields(
            [{"type_key": "customers.customer", "label": name, "kind": kind} for name, kind in fields], actor=actor
        )
        links = {"tags": [tag.pk], "owner": owner.pk, "custom.hizmet_eden": owner.pk}
        row = {**ROW, "custom.alerji": "Çilek", "custom.kredi": Decimal("1250.50")}

        (draft,) = drafts.make(rt, [row])
        assert draft is not None
        (drafted,) = drafts.create(rt, [drafts.Drafted(draft, links)], actor=actor)
        (direct,) = actions.create(rt, [{**row, **links}], actor=actor)

        assert what_is_kept(drafted) == what_is_kept(direct)
        told = AuditEntry.objects.get(record_id=drafted.pk).changes
        assert told["custom.kredi"] == [None, "1250.50"]
        assert told["custom.hizmet_eden"] == told["owner"] == [None, owner.pk]
        assert told["tags"] == [None, [tag.pk]]
        assert list(drafted.tags.values_list("pk", flat=True)) == [tag.pk]

    def test_ask_the_database_for_nothing_once_the_definitions_are_known(self, django_assert_num_queries: Any) -> None:
        rt = record_type("customers.person")
        drafts.make(rt, [])

        with django_assert_num_queries(0, connection=connection):
            drafts.make(rt, [ROW])

    def test_are_not_made_of_what_is_wrong(self) -> None:
        rt = record_type("customers.person")

        made = drafts.make(rt, [ROW, {**ROW, "tckn": "12345678901"}])

        assert [draft is None for draft in made] == [False, True]

    def test_stand_beside_whole_rows_whose_problems_keep_their_place(self) -> None:
        rt = record_type("customers.person")
        (draft,) = drafts.make(rt, [ROW])
        assert draft is not None
        rows: list[Any] = [drafts.Drafted(draft, {}), {"name": "Can Er"}, {"name": "Ece Er", "tckn": "12345678901"}]

        with pytest.raises(Invalid) as told:
            drafts.create(rt, rows, actor=system_actor("test"))
        made = drafts.create(rt, rows[:2], actor=system_actor("test"))

        assert list(told.value.rows) == [2]
        assert [record.name for record in made] == ["Işıl Öztürk", "Can Er"]
