"""Who finds what by which spelling."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from hatir.foundation.access.models import FieldRule, Role
from hatir.foundation.customization.models import CustomField
from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records import actions, writing
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.registry import record_type
from hatir.foundation.search.actions import reindex
from hatir.foundation.search.models import SearchEntry
from hatir.foundation.search.queries import search
from tests.world.cast import SYSTEM, Cast, Member, make_cast, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def titles(member: Member, text: str, **options: object) -> list[str]:
    return [hit.title for hit in search(member.actor, text, **options)]  # type: ignore[arg-type]


class TestSpelling:
    @pytest.mark.parametrize("typed", ["isik", "IŞIK", "ışık", "ISIK", "işik", "deniz ış", "zis", "niz işı"])
    def test_every_spelling_finds_the_turkish_name(self, cast: Cast, typed: str) -> None:
        expected = [] if typed == "zis" else ["Deniz Işık"]

        assert titles(cast.admin, typed) == expected

    def test_the_exact_spelling_comes_first(self, cast: Cast) -> None:
        make_customer("Isik Ticaret", company=True)
        make_customer("Işık Ticaret", company=True)

        assert titles(cast.admin, "ışık")[0] == "Işık Ticaret"

    def test_a_title_beginning_comes_before_a_word_beginning_before_anything_else(self, cast: Cast) -> None:
        make_customer("Ankayra Ltd", company=True)
        make_customer("Defne Kayra")
        make_customer("Kayra Yapı", company=True)

        assert titles(cast.admin, "kayra") == ["Kayra Yapı", "Defne Kayra", "Ankayra Ltd."]

    def test_one_letter_looks_at_titles_only(self, cast: Cast) -> None:
        assert titles(cast.admin, "e") == ["Elif Kaya"]

    def test_all_words_must_occur(self, cast: Cast) -> None:
        assert titles(cast.admin, "kaya elif") == ["Elif Kaya"]
        assert titles(cast.admin, "kaya deniz") == []

    @pytest.mark.parametrize("typed", ["", "  ", '"', "%%%", "a'b\"c", "___", "x" * 500])
    def test_odd_text_finds_nothing_and_breaks_nothing(self, cast: Cast, typed: str) -> None:
        assert titles(cast.admin, typed) == []


class TestNumbers:
    @pytest.mark.parametrize("typed", ["555 010", "05550102468", "0555 010 24 68", "+90 555 010 24 68", "0102468"])
    def test_a_phone_is_found_as_typed(self, cast: Cast, typed: str) -> None:
        assert titles(cast.admin, typed) == ["Elif Kaya"]

    def test_a_personal_number_is_found_in_full_only(self, cast: Cast) -> None:
        assert titles(cast.admin, "10000000146") == ["Deniz Işık"]
        assert titles(cast.admin, "1000000014") == []
        assert "10000000146" not in SearchEntry.objects.get(record_id=cast.deniz_isik.pk).text


class TestSight:
    def test_nobody_finds_what_they_may_not_see(self, cast: Cast) -> None:
        assert titles(cast.ayse, "isik") == []
        assert titles(cast.mehmet, "isik") == ["Deniz Işık"]
        assert titles(cast.can, "isik") == []

    def test_unseen_records_do_not_take_the_places_of_seen_ones(self, cast: Cast) -> None:
        for number in range(12):
            make_customer(f"Elif {number:02}", owner=cast.zeynep.user.pk, team=cast.sales.pk)

        assert titles(cast.ayse, "elif", limit=3) == ["Elif Kaya"]

    def test_types_narrow_the_search(self, cast: Cast) -> None:
        assert titles(cast.admin, "a", types=["customers.company"]) == []
        assert titles(cast.admin, "lale", types=["customers.company"]) == ["Lale Market"]
        assert titles(cast.admin, "lale", types=["customers.person"]) == []

    def test_a_field_hidden_from_some_role_leaves_the_index(self, cast: Cast) -> None:
        assert titles(cast.admin, "lalemarket") == ["Lale Market"]
        role = Role.objects.get(name="Servis masası")
        FieldRule.objects.create(role=role, type_key="customers.customer", field="email", may_read=False)
        role.description = "değişti"
        writing.save(role, actor=SYSTEM)

        deliver_waiting()
        run_due()

        assert titles(cast.admin, "lalemarket") == []


class TestEntries:
    def test_an_archived_record_is_not_found_until_restored(self, cast: Cast) -> None:
        writing.archive_many([cast.elif_kaya], actor=SYSTEM)
        assert titles(cast.admin, "elif") == []

        writing.restore_many([cast.elif_kaya], actor=SYSTEM)

        assert titles(cast.admin, "elif") == ["Elif Kaya"]

    def test_a_changed_name_is_found_by_the_new_one_only(self, cast: Cast) -> None:
        rt = record_type("customers.customer")
        actions.update(rt, [(cast.elif_kaya, {"name": "Elif Şahin"})], actor=SYSTEM)

        assert titles(cast.admin, "kaya") == []
        assert titles(cast.admin, "sahin") == ["Elif Şahin"]

    def test_reindexing_gives_the_same_entries(self, cast: Cast) -> None:
        before = list(SearchEntry.objects.order_by("pk").values())
        SearchEntry.objects.all().delete()

        assert reindex("customers.customer") == 4

        rows = SearchEntry.objects.filter(type_key="customers.customer").order_by("pk").values()
        assert list(rows) == [row for row in before if row["type_key"] == "customers.customer"]

    def test_the_subtitle_tells_namesakes_apart(self, cast: Cast) -> None:
        hit = search(cast.admin.actor, "elif")[0]

        assert (hit.subtitle, hit.type.key) == ("0555 010 24 68 · İstanbul", "customers.person")


def test_a_search_costs_at_most_five_statements_of_its_own(
    cast: Cast, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    actor = cast.ayse.actor
    with piece_of_work():
        search(actor, "warms the rights up")

        with django_assert_max_num_queries(5):
            search(actor, "kaya elif")


class TestOwnFields:
    def own_field(self, **values: object) -> CustomField:
        rt = record_type("customization.field")
        row = {"type_key": "customers.customer", "label": "Rumuz", "kind": "text", **values}
        made: CustomField = actions.create(rt, [row], actor=SYSTEM)[0]
        return made

    def test_are_found_only_when_they_shall_be(self, cast: Cast) -> None:
        field = self.own_field()
        actions.create(
            record_type("customers.person"), [{"name": "Pınar Ak", "custom.rumuz": "Kırlangıç"}], actor=SYSTEM
        )
        rt = record_type("customization.field")
        seen = [titles(cast.admin, "kirlangic")]

        for searchable in (True, False):
            with piece_of_work():
                actions.update(rt, [(field, {"searchable": searchable})], actor=SYSTEM)
                deliver_waiting()
                run_due()
                seen.append(titles(cast.admin, "kirlangic"))

        assert seen == [[], ["Pınar Ak"], []]

    def test_are_indexed_at_once_when_they_are_searched(self, cast: Cast) -> None:
        self.own_field(searchable=True)
        actions.create(
            record_type("customers.person"), [{"name": "Pınar Ak", "custom.rumuz": "Kırlangıç"}], actor=SYSTEM
        )

        assert titles(cast.admin, "kirlangic") == ["Pınar Ak"]
