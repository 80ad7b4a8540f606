"""Which fields an actor reads and writes."""

from __future__ import annotations

import pytest

from hatir.foundation.access.actions import FieldRow, set_field_rules
from hatir.foundation.access.masking import mask, shown
from hatir.foundation.access.models import Role
from hatir.foundation.access.queries import readable_fields, writable_fields
from hatir.foundation.records import actions
from hatir.foundation.records.errors import Denied, Invalid
from hatir.foundation.records.registry import fields_of, record_type
from tests.world.cast import SYSTEM, Cast, Customer, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def close(role: str, field: str, *, may_read: bool) -> None:
    set_field_rules(Role.objects.get(name=role), [FieldRow(KEY, field, may_read=may_read)], actor=SYSTEM)


class TestFieldRules:
    def test_a_hidden_field_is_neither_read_nor_written(self, cast: Cast) -> None:
        close("Mağaza satıcısı", "note", may_read=False)

        assert "note" not in readable_fields(cast.ayse.actor, record_type(KEY))
        assert "note" not in writable_fields(cast.ayse.actor, record_type("customers.person"))
        assert "note" in readable_fields(cast.zeynep.actor, record_type(KEY))

    def test_a_locked_field_is_read_but_not_written(self, cast: Cast) -> None:
        close("Mağaza satıcısı", "note", may_read=True)

        assert "note" in readable_fields(cast.ayse.actor, record_type(KEY))
        with pytest.raises(Denied) as refused:
            actions.update(record_type(KEY), [(cast.elif_kaya, {"note": "x"})], actor=cast.ayse.actor)
        assert len(refused.value.fields) == 1
        assert Customer.objects.get(pk=cast.elif_kaya.pk).note == ""

    def test_a_locked_field_cannot_be_filled_on_a_new_record(self, cast: Cast) -> None:
        close("Mağaza satıcısı", "note", may_read=True)
        before = Customer.objects.count()

        with pytest.raises(Denied):
            actions.create(record_type(KEY), [{"kind": "person", "name": "Ece Su", "note": "x"}], actor=cast.ayse.actor)
        assert Customer.objects.count() == before

    def test_one_role_that_opens_it_is_enough(self, cast: Cast) -> None:
        close("Mağaza satıcısı", "note", may_read=False)
        cast.ayse.user.role_assignments.create(role=Role.objects.get(name="Servis masası"))

        assert "note" in readable_fields(cast.ayse.actor, record_type(KEY))

    def test_administrators_see_all(self, cast: Cast) -> None:
        close("Mağaza satıcısı", "note", may_read=False)

        assert "note" in writable_fields(cast.admin.actor, record_type(KEY))

    def test_unknown_fields_are_refused(self, cast: Cast) -> None:
        with pytest.raises(Invalid):
            close("Servis masası", "nope", may_read=False)


class TestMasking:
    @pytest.mark.parametrize(
        ("value", "covered"), [("12345678901", "•••••••••01"), ("ab", "••"), ("", ""), (None, None), ("12345", "•••45")]
    )
    def test_covers_all_but_the_end(self, value: str | None, covered: str | None) -> None:
        assert mask(value) == covered

    def test_opens_to_who_may(self, cast: Cast) -> None:
        spec = fields_of(record_type(KEY))["tckn"]

        assert shown(cast.ayse.actor, spec, "10000000146") == "•••••••••46"
        assert shown(cast.zeynep.actor, spec, "10000000146") == "10000000146"
