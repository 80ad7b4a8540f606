"""Reading the trail: rights on records, fields and covered values hold for the past too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hatir.foundation.access.models import FieldRule, Role
from hatir.foundation.audit.actions import record_event, record_revealed
from hatir.foundation.audit.queries import AuditFilter, entries, field_history, history_of, value_on
from hatir.foundation.records import actions
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Denied, NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db
CUSTOMER = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def change(record: object, actor: Actor, **values: object) -> None:
    actions.update(record_type(CUSTOMER), [(record, values)], actor=actor)


class TestEntries:
    def test_need_the_right(self, cast: Cast) -> None:
        with pytest.raises(Denied):
            entries(cast.zeynep.actor)

    def test_come_newest_first_page_by_page(self, cast: Cast) -> None:
        for number in range(5):
            record_event("export", actor=cast.ayse.actor, title=f"{number}")

        first = entries(cast.admin.actor, AuditFilter(verbs=("export",)), limit=3)
        second = entries(cast.admin.actor, AuditFilter(verbs=("export",)), before=first.next_before, limit=3)

        assert [shown.entry.title for shown in (*first.entries, *second.entries)] == ["4", "3", "2", "1", "0"]
        assert second.next_before is None

    def test_are_found_by_user_field_and_time(self, cast: Cast) -> None:
        change(cast.lale_market, cast.ayse.actor, city="Bursa")
        change(cast.lale_market, cast.zeynep.actor, note="Not")
        now = timezone.now()

        def titles(wanted: AuditFilter) -> list[str]:
            return [next(iter(shown.entry.changes)) for shown in entries(cast.admin.actor, wanted).entries]

        assert titles(AuditFilter(user_id=cast.ayse.user.pk)) == ["city"]
        assert titles(AuditFilter(field="note")) == ["note"]
        assert titles(AuditFilter(user_id=cast.ayse.user.pk, until=now - timedelta(minutes=1))) == []
        assert titles(AuditFilter(user_id=cast.ayse.user.pk, since=now - timedelta(minutes=1))) == ["city"]


class TestHistoryOf:
    def test_is_closed_to_who_may_not_see_the_record(self, cast: Cast) -> None:
        with pytest.raises(NotFoundHere):
            history_of(cast.mehmet.actor, RecordRef(CUSTOMER, cast.lale_market.pk))

    def test_hides_fields_that_the_reader_may_not_read(self, cast: Cast) -> None:
        change(cast.lale_market, cast.ayse.actor, note="Gizli", city="Aydın")
        role = Role.objects.get(name="Mağaza satıcısı")
        FieldRule.objects.create(role=role, type_key=CUSTOMER, field="note", may_read=False)

        shown = history_of(cast.ayse.actor, RecordRef(CUSTOMER, cast.lale_market.pk)).entries[0]

        assert [(one.name, one.old, one.new) for one in shown.changes] == [("city", "İzmir", "Aydın")]
        assert shown.withheld_count == 1

    def test_covers_masked_values(self, cast: Cast) -> None:
        ref = RecordRef(CUSTOMER, cast.deniz_isik.pk)

        seen = {one.name: one.new for one in history_of(cast.mehmet.actor, ref).entries[-1].changes}
        open_ = {one.name: one.new for one in history_of(cast.admin.actor, ref).entries[-1].changes}

        assert seen["tckn"] == "•••••••••46"
        assert open_["tckn"] == "10000000146"

    def test_names_which_value_was_opened_but_not_the_value(self, cast: Cast) -> None:
        ref = RecordRef(CUSTOMER, cast.deniz_isik.pk)

        record_revealed(ref, ["tckn"], actor=cast.admin.actor)

        shown = history_of(cast.mehmet.actor, ref).entries[0]
        assert (shown.entry.verb, shown.changes[0].name, shown.changes[0].new) == ("reveal", "tckn", None)


class TestValueOn:
    def test_gives_what_the_field_held_at_each_instant(self, cast: Cast) -> None:
        ref = RecordRef(CUSTOMER, cast.lale_market.pk)
        before = timezone.now()
        change(cast.lale_market, cast.ayse.actor, city="Bursa")
        after = timezone.now()

        actor = cast.ayse.actor
        assert value_on(actor, ref, "city", at=before) == "İzmir"
        assert value_on(actor, ref, "city", at=after) == "Bursa"
        assert value_on(actor, ref, "city", at=before - timedelta(days=1)) is None
        assert value_on(actor, ref, "country", at=after) == ""

    def test_is_closed_for_an_unreadable_field(self, cast: Cast) -> None:
        with pytest.raises(NotFoundHere):
            value_on(cast.ayse.actor, RecordRef(CUSTOMER, cast.lale_market.pk), "nope", at=timezone.now())


class TestFieldHistory:
    def test_gives_every_change_of_one_field(self, cast: Cast) -> None:
        change(cast.lale_market, cast.ayse.actor, city="Bursa", note="x")
        change(cast.lale_market, cast.ayse.actor, city="Van")

        found = field_history(cast.ayse.actor, RecordRef(CUSTOMER, cast.lale_market.pk), "city")

        assert [(one.changes[0].old, one.changes[0].new) for one in found] == [
            ("Bursa", "Van"),
            ("İzmir", "Bursa"),
            (None, "İzmir"),
        ]
        assert all(len(one.changes) == 1 for one in found)
