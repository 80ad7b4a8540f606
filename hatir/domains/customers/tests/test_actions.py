"""Customers as they come to be: names, phones, places and numbers put right, wrong ones refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hatir.domains.customers import actions
from hatir.domains.customers.models import Customer, CustomerList
from hatir.domains.customers.queries import customers_with_email, relations_of
from hatir.foundation.records import actions as generic
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.registry import record_type

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def person(**values: Any) -> Customer:
    return actions.create_customers([{"name": "Ayşe Işık", **values}], actor=SYSTEM)[0]


def company(**values: Any) -> Customer:
    return actions.create_customers([{"kind": "company", "name": "Lale Market", **values}], actor=SYSTEM)[0]


class TestCreateCustomers:
    def test_splits_a_single_name(self) -> None:
        made = person(name="AYŞE NUR IŞIK")

        assert (made.name, made.given_name, made.family_name) == ("Ayşe Nur Işık", "Ayşe Nur", "Işık")

    def test_joins_two_names(self) -> None:
        made = actions.create_customers([{"given_name": "Ömer", "family_name": "Çelik"}], actor=SYSTEM)[0]

        assert made.name == "Ömer Çelik"

    def test_keeps_the_fold_and_sort_key(self) -> None:
        made = person(name="Işıl Akın")

        assert made.name_fold == "isil akin"
        assert made.name_sort < person(name="İpek Akın").name_sort

    def test_keeps_the_phone_as_typed_and_normalised(self) -> None:
        made = person(phone="0555 010 24 68")

        assert (made.phone, made.phone_e164) == ("0555 010 24 68", "+905550102468")

    def test_takes_a_phone_that_is_none(self) -> None:
        assert person(phone="dahili 12").phone_e164 == ""

    def test_writes_the_company_suffix_properly(self) -> None:
        assert (
            company(name="Yıldız Mobilya Sanayi Ve Ticaret Limited Şirketi").name
            == "Yıldız Mobilya San. ve Tic. Ltd. Şti."
        )

    def test_writes_city_and_district_officially(self) -> None:
        made = person(city="izmir", district="KARSIYAKA")

        assert (made.city, made.district, made.city_fold) == ("İzmir", "Karşıyaka", "izmir")

    def test_leaves_foreign_places_alone(self) -> None:
        assert person(city="Van", country="Kanada", district="merkez").district == "merkez"

    @pytest.mark.parametrize(
        ("field", "wrong"), [("tckn", "12345678901"), ("vkn", "1234567891"), ("mersis", "0123456781012345")]
    )
    def test_refuses_a_number_with_wrong_digits(self, field: str, wrong: str) -> None:
        with pytest.raises(Invalid) as refused:
            company(**{field: wrong})

        assert list(refused.value.errors) == [field]
        assert Customer.objects.count() == 0

    def test_names_the_row_that_is_wrong_and_stores_none(self) -> None:
        with pytest.raises(Invalid) as refused:
            actions.create_customers([{"name": "Ayşe"}, {"name": ""}], actor=SYSTEM)

        assert list(refused.value.rows) == [1]
        assert Customer.objects.count() == 0

    def test_stamps_where_it_came_from(self) -> None:
        assert person().source == "system"
        assert person(source="fuar").source == "fuar"


class TestUpdateCustomers:
    def test_splits_a_changed_name_again(self) -> None:
        made = person()

        actions.update_customers([(made, {"name": "Ayşe Yıldırım"})], actor=SYSTEM)

        made.refresh_from_db()
        assert (made.family_name, made.name_fold, made.version) == ("Yıldırım", "ayse yildirim", 2)

    def test_refuses_a_company_of_itself(self) -> None:
        made = company()

        with pytest.raises(Invalid):
            actions.update_customers([(made, {"parent": made.pk})], actor=SYSTEM)

    def test_costs_nothing_when_nothing_changes(self) -> None:
        made = person()

        actions.update_customers([(made, {"name": "Ayşe Işık"})], actor=SYSTEM)

        made.refresh_from_db()
        assert made.version == 1


class TestNoteContact:
    def test_keeps_only_the_latest(self) -> None:
        made = person()
        late, early = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)

        actions.note_contact([made.pk], channel="phone", at=late, actor=SYSTEM)
        actions.note_contact([made.pk], channel="email", at=early, actor=SYSTEM)

        made.refresh_from_db()
        assert (made.last_contact_at, made.last_contact_channel) == (late, "phone")


class TestLists:
    def test_counts_only_new_members(self) -> None:
        fair = generic.create(record_type("customers.list"), [{"name": "Fuar"}], actor=SYSTEM)[0]
        first, second = person(), person(name="Ömer Çelik")

        assert actions.add_to_list(CustomerList.objects.get(pk=fair.pk), [first.pk], actor=SYSTEM) == 1
        assert actions.add_to_list(CustomerList.objects.get(pk=fair.pk), [first.pk, second.pk], actor=SYSTEM) == 1
        assert actions.remove_from_list(CustomerList.objects.get(pk=fair.pk), [first.pk], actor=SYSTEM) == 1
        assert list(fair.members.values_list("name", flat=True)) == ["Ömer Çelik"]


class TestRelations:
    def test_read_from_both_sides(self) -> None:
        kind = generic.create(
            record_type("customers.relation_kind"),
            [{"name": "Ana şirketi", "reverse_name": "Bağlı şirketi"}],
            actor=SYSTEM,
        )[0]
        parent, child = company(name="Kuzey Holding"), company(name="Kuzey Lojistik")
        row = {"customer": child.pk, "kind": kind.pk, "other": parent.pk}
        generic.create(record_type("customers.relation"), [row], actor=SYSTEM)

        assert [(line.text, line.other.name) for line in relations_of(SYSTEM, child)] == [
            ("Ana şirketi", "Kuzey Holding")
        ]
        assert [(line.text, line.other.name) for line in relations_of(SYSTEM, parent)] == [
            ("Bağlı şirketi", "Kuzey Lojistik")
        ]


class TestCustomersWithEmail:
    def test_finds_by_a_further_address(self) -> None:
        made = person()
        row = {"customer": made.pk, "kind": "email", "value": "Ayse@Firma.com.tr"}
        generic.create(record_type("customers.contact_point"), [row], actor=SYSTEM)

        assert customers_with_email(SYSTEM, "ayse@firma.com.tr") == [made]
