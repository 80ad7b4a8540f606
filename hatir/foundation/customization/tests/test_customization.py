"""Own fields and objects: made at run time, at once everywhere."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from hatir.foundation.access.grants import Rights
from hatir.foundation.customization.models import CustomField, CustomRecord
from hatir.foundation.customization.rules import keep_keys, key_from, parse_choices
from hatir.foundation.records import actions
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.errors import Invalid, NotFoundHere
from hatir.foundation.records.filtering import compile_filter, context_for
from hatir.foundation.records.registry import fields_of, panels_on, record_type
from hatir.foundation.records.snapshot import snapshot, value_of
from hatir.foundation.records.values import clean_values

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def field(**values: object) -> CustomField:
    rt = record_type("customization.field")
    made: CustomField = actions.create(rt, [{"type_key": "customers.customer", **values}], actor=SYSTEM)[0]
    return made


def customer(**values: object) -> object:
    return actions.create(record_type("customers.person"), [{"name": "Ayşe Işık", **values}], actor=SYSTEM)[0]


def found(tree: object, key: str = "customers.person") -> list[str]:
    rt = record_type(key)
    condition = compile_filter(tree, rt, context_for(Rights(everything=True)))
    rows = rt.model._default_manager.filter(**rt.where).filter(condition)
    return sorted(rt.title_of(row) for row in rows)


class TestKeyFrom:
    def test_folds_turkish_and_numbers_a_taken_key(self) -> None:
        assert key_from("Oda Tipi (şarkı)", set()) == "oda_tipi_sarki"
        assert key_from("Oda tipi", {"oda_tipi"}) == "oda_tipi_2"
        assert key_from("3. kişi", set()) == "f_3_kisi"


class TestChoices:
    def test_keep_their_key_when_the_wording_stays(self) -> None:
        lines = keep_keys("", "Fıstık\nSüt")

        assert lines == "fistik: Fıstık\nsut: Süt"
        assert parse_choices(lines) == (("fistik", "Fıstık"), ("sut", "Süt"))


class TestDefineFields:
    def test_puts_the_field_on_the_type_and_its_narrowed_types(self) -> None:
        field(label="Alerji")

        for key in ("customers.customer", "customers.person", "customers.company"):
            assert fields_of(record_type(key))["custom.alerji"].label == "Alerji"

    def test_filters_text_by_its_turkish_fold(self) -> None:
        field(label="Alerji")
        customer(name="Işıl Akın", **{"custom.alerji": "Fıstık"})
        customer(name="Ömer Çelik")

        assert found({"field": "custom.alerji", "op": "contains", "value": "FISTIK"}) == ["Işıl Akın"]
        assert found({"field": "custom.alerji", "op": "empty"}) == ["Ömer Çelik"]

    def test_builds_an_index_for_the_filter(self) -> None:
        field(label="Alerji")

        with connection.cursor() as cursor:
            names = connection.introspection.get_constraints(cursor, "customers_customer")
        assert "own_customers_customer_alerji" in names

    @pytest.mark.parametrize(
        ("kind", "value", "tree"),
        [
            ("integer", 42, {"op": "gte", "value": 42}),
            ("number", Decimal("12.50"), {"op": "gt", "value": 9}),
            ("money", Decimal("1234.56"), {"op": "lt", "value": 10000}),
            ("boolean", True, {"op": "true"}),
            ("date", date(2026, 11, 22), {"op": "after", "value": "2026-11-21"}),
            ("datetime", datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("UTC")), {"op": "on", "value": "2026-11-22"}),
            ("email", "a@b.com", {"op": "ends", "value": "B.COM"}),
        ],
    )
    def test_keeps_and_filters_every_kind(self, kind: str, value: object, tree: dict[str, object]) -> None:
        field(label="Değer", kind=kind)
        record = customer(**{"custom.deger": value})
        customer(name="Boş Kişi")

        record.refresh_from_db()  # type: ignore[attr-defined]
        spec = fields_of(record_type("customers.person"))["custom.deger"]
        assert value_of(spec, record) == value  # type: ignore[arg-type]
        assert found({"field": "custom.deger", **tree}) == ["Ayşe Işık"]

    def test_filters_several_of_a_list(self) -> None:
        field(label="Alerji", kind="multichoice", choice_lines="Fıstık\nSüt\nYumurta")
        customer(**{"custom.alerji": ["fistik", "sut"]})

        assert found({"field": "custom.alerji", "op": "all_of", "value": ["fistik", "sut"]}) == ["Ayşe Işık"]
        assert found({"field": "custom.alerji", "op": "any_of", "value": ["yumurta"]}) == []
        assert found({"field": "custom.alerji", "op": "none_of", "value": ["yumurta"]}) == ["Ayşe Işık"]

    def test_refuses_a_list_without_choices(self) -> None:
        with pytest.raises(Invalid) as refused:
            field(label="Alerji", kind="choice")

        assert list(refused.value.errors) == ["choice_lines"]
        assert CustomField.objects.count() == 0

    def test_fixes_the_kind_once_it_exists(self) -> None:
        made = field(label="Alerji")

        with pytest.raises(Invalid):
            actions.update(record_type("customization.field"), [(made, {"kind": "date"})], actor=SYSTEM)


class TestValidate:
    def test_refuses_an_unknown_key_and_stores_nothing(self) -> None:
        record = customer()
        record.custom = {"yok": "x"}  # type: ignore[attr-defined]
        from hatir.foundation.records import writing

        with pytest.raises(Invalid):
            writing.save(record, actor=SYSTEM)  # type: ignore[type-var]

        record.refresh_from_db()  # type: ignore[attr-defined]
        assert record.custom == {}  # type: ignore[attr-defined]

    def test_asks_for_a_required_field_on_a_new_record(self) -> None:
        field(label="Oda tipi", required=True)

        with pytest.raises(Invalid) as refused:
            customer()

        assert list(refused.value.errors) == ["custom.oda_tipi"]

    def test_reads_what_people_type(self) -> None:
        field(label="Bütçe", kind="money")

        values = clean_values(fields_of(record_type("customers.person")), {"custom.butce": "1.234,50"}, complete=False)

        assert values == {"custom.butce": Decimal("1234.50")}


class TestOwnObjects:
    def boat(self, **values: object) -> CustomRecord:
        made: CustomRecord = actions.create(record_type("own.tekne"), [{"name": "Poyraz", **values}], actor=SYSTEM)[0]
        return made

    def define(self) -> None:
        actions.create(record_type("customization.object"), [{"label": "Tekne", "plural": "Tekneler"}], actor=SYSTEM)
        rt = record_type("customization.field")
        rows = [
            {"type_key": "own.tekne", "label": "Boy", "kind": "number", "unit": "m"},
            {"type_key": "own.tekne", "label": "Sahip", "kind": "relation", "target": "customers.customer"},
        ]
        actions.create(rt, rows, actor=SYSTEM)

    def test_become_a_record_type_at_once(self) -> None:
        self.define()
        boat = self.boat(**{"custom.boy": Decimal("12.40")})

        assert record_type("own.tekne").plural_label == "Tekneler"
        assert found({"field": "custom.boy", "op": "gt", "value": 12}, "own.tekne") == ["Poyraz"]
        assert snapshot(record_type("own.tekne"), boat)["custom.boy"] == "12.40"

    def test_update_keeps_the_fold(self) -> None:
        self.define()
        boat = self.boat()

        actions.update(record_type("own.tekne"), [(boat, {"name": "Işıl"})], actor=SYSTEM)

        boat.refresh_from_db()
        assert (boat.name, boat.name_fold, boat.version) == ("Işıl", "isil", 2)

    def test_show_a_panel_on_the_linked_record(self) -> None:
        self.define()
        owner = customer()
        boat = self.boat(**{"custom.sahip": owner.pk})  # type: ignore[attr-defined]

        panels = panels_on("customers.customer")

        rows = next(panel for panel in panels if panel.of == "own.tekne").rows(SYSTEM, owner)
        assert [row.pk for row in rows] == [boat.pk]

    def test_leave_when_archived(self) -> None:
        self.define()
        from hatir.foundation.customization.models import CustomObject
        from hatir.foundation.records import writing

        writing.archive_many(list(CustomObject.objects.all()), actor=SYSTEM)

        with pytest.raises(NotFoundHere):
            record_type("own.tekne")
