"""Two become one and two again: exactly, with what came between, in chains, and never behind anybody's back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.audit.undo import undo
from hatir.foundation.customization.models import CustomRecord
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.files.models import StoredFile
from hatir.foundation.merging.actions import merge
from hatir.foundation.merging.errors import CannotMerge, CannotUnmerge, ChangedSinceShown
from hatir.foundation.merging.models import Merge
from hatir.foundation.merging.queries import choices_between, moving, successor
from hatir.foundation.merging.separating import unmerge
from hatir.foundation.merging.tests.world import CUSTOMER, difference, elif_twice, make, picture, ref
from hatir.foundation.notifications.models import Follow, Notification
from hatir.foundation.records import actions, writing
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.search.models import SearchEntry
from hatir.foundation.timeline.actions import post_note
from hatir.foundation.timeline.models import TimelineEntry
from tests.world.cast import SYSTEM, Cast, Customer, make_cast, make_customer
from tests.world.instants import archived_by_audit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(turkish: None) -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def fresh(record: Customer) -> Customer:
    return Customer.objects.get(pk=record.pk)


def rows_about(record: Customer) -> dict[str, list[str]]:
    """Give what stands about a customer, by kind, in words."""
    return {
        "points": sorted(record.contact_points.values_list("value", flat=True)),
        "addresses": sorted(record.addresses.values_list("address", flat=True)),
        "relations": sorted(record.relations.values_list("other__name", flat=True)),
        "related": sorted(record.reverse_relations.values_list("customer__name", flat=True)),
        "lists": sorted(record.lists.values_list("name", flat=True)),
        "tags": sorted(record.tags.values_list("name", flat=True)),
        "notes": sorted(TimelineEntry.objects.filter(about_id=record.pk).values_list("body", flat=True)),
        "files": sorted(StoredFile.objects.filter(about_id=record.pk).values_list("name", flat=True)),
        "followers": sorted(Follow.objects.filter(record_id=record.pk).values_list("user__name", flat=True)),
        "told": sorted(Notification.objects.filter(ref_id=record.pk).values_list("text", flat=True)),
        "boats": sorted(row.name for row in CustomRecord.objects.all() if row.custom["sahibi"] == record.pk),
    }


class TestMerge:
    def test_everything_that_points_at_the_loser_points_at_the_winner(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)

        merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor)

        assert rows_about(fresh(winner)) == {
            "points": ["0216 333 44 55", "0555 010 24 68", "@elifkaya"],
            "addresses": ["Lale Cad. 7"],
            "relations": ["Deniz Işık"],
            "related": ["Elif Kaya Tan", "Lale Market"],
            "lists": ["Açılış", "Bayram"],
            "tags": ["Bayi", "VIP"],
            "notes": ["Aradı", "Teklif istedi"],
            "files": ["sözleşme.pdf"],
            "followers": ["Ayşe Yıldırım", "Zeynep Acar"],
            "told": ["Elif"],
            "boats": ["Martı"],
        }
        assert rows_about(fresh(loser))["notes"] == []

    def test_filled_beats_empty_newer_beats_older_and_long_texts_stay_both(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        actions.update(record_type(CUSTOMER), [(fresh(winner), {"city": "Bursa"})], actor=SYSTEM)

        merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor, chosen={"phone": "loser"})

        kept = fresh(winner)
        assert (kept.email, kept.birth_on.isoformat() if kept.birth_on else "") == ("elif@kaya.com.tr", "1990-05-04")
        assert (kept.city, kept.address, kept.phone) == ("Bursa", "", "0532 111 22 33")
        assert kept.note == "Çay sever\n\nSalı günleri arayın"
        assert rows_about(kept)["points"] == ["0216 333 44 55", "0555 010 24 68", "@elifkaya"]
        assert rows_about(kept)["addresses"] == ["Gül Sok. 5", "Lale Cad. 7"]

    def test_of_two_first_entries_the_one_that_says_more_is_proposed(self, cast: Cast) -> None:
        full = make_customer("Nur Tan", city="İzmir", address="Kıbrıs Şehitleri Cad. 4", stage="customer")
        hasty = make_customer("nur tan", city="Izmir")

        choices = choices_between(record_type(CUSTOMER), fresh(full), fresh(hasty))

        proposed = {choice.key: choice.proposed for choice in choices if choice.differs}
        assert (proposed["address"], proposed["stage"]) == ("winner", "winner")

    def test_the_loser_is_archived_leads_to_the_winner_and_is_not_found(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)

        done = merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor)

        assert fresh(loser).archived_at == archived_by_audit(loser)
        assert successor(ref(loser)) == ref(winner)
        assert not SearchEntry.objects.filter(record_id=loser.pk).exists()
        assert "5321112233" in SearchEntry.objects.get(record_id=winner.pk).text
        about = OutboxEvent.objects.get(key="records.merged").payload
        assert (about["about"], about["merge_id"]) == (
            [[CUSTOMER, winner.pk], [CUSTOMER, loser.pk]], done.public_id,
        )  # fmt: skip
        entries = AuditEntry.objects.filter(verb="merge").order_by("id")
        assert [(entry.record_id, entry.user_id, entry.changes) for entry in entries] == [
            (winner.pk, cast.admin.user.pk, {"merged_from": [None, "Elif Kaya Tan"]}),
            (loser.pk, cast.admin.user.pk, {"merged_into": [None, "Elif Kaya"]}),
        ]

    def test_says_beforehand_what_will_move(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        rt = record_type(CUSTOMER)

        counts = sorted(moved.count for moved in moving(rt, winner, fresh(loser)))

        assert counts == [1] * 8 + [2]
        assert {c.key: c.proposed for c in choices_between(rt, fresh(winner), fresh(loser)) if c.differs} == {
            "name": "loser", "phone": "loser", "email": "loser", "address": "loser", "birth_on": "loser",
            "note": "both",
        }  # fmt: skip

    def test_a_merged_record_is_not_brought_back_by_hand(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor)

        with pytest.raises(Invalid, match="It was merged into “Elif Kaya”"):
            writing.restore_many([fresh(loser)], actor=cast.admin.actor)


class TestRefusal:
    def test_who_may_not_merge_changes_nothing(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        before = picture()

        with pytest.raises(Denied):
            merge(CUSTOMER, winner.pk, loser.pk, actor=cast.ayse.actor)
        with pytest.raises(NotFoundHere):
            merge(CUSTOMER, winner.pk, loser.pk, actor=cast.mehmet.actor)

        assert difference(before, picture()) == []

    def test_a_record_that_changed_since_it_was_shown_is_shown_again(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        shown = (fresh(winner).version, fresh(loser).version)
        actions.update(record_type(CUSTOMER), [(fresh(loser), {"city": "Muğla"})], actor=SYSTEM)

        with pytest.raises(ChangedSinceShown):
            merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor, versions=shown)

        assert not Merge.objects.exists()

    def test_the_second_of_two_people_hears_that_it_is_done(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor)

        with pytest.raises(CannotMerge, match="“Elif Kaya Tan” is archived, or somebody has just merged it"):
            merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor)
        with pytest.raises(CannotMerge, match="“Elif Kaya Tan” is archived, or somebody has just merged it"):
            merge(CUSTOMER, loser.pk, winner.pk, actor=cast.admin.actor)

    def test_a_person_and_a_company_stay_two(self, cast: Cast) -> None:
        with pytest.raises(CannotMerge, match="not of one kind"):
            merge(CUSTOMER, cast.elif_kaya.pk, cast.lale_market.pk, actor=cast.admin.actor)


class TestUnmerge:
    def test_puts_every_row_of_every_table_back(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        before = picture()
        done = merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor, chosen={"phone": "loser"})
        assert len(difference(before, picture())) > 20

        result = unmerge(done.pk, actor=cast.admin.actor)

        assert difference(before, picture()) == []
        assert (result.kept_fields, result.kept_rows) == ([], 0)
        assert successor(ref(loser)) is None

    def test_what_came_since_stays_with_the_winner_and_is_named(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        done = merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor)
        actions.update(record_type(CUSTOMER), [(fresh(winner), {"email": "yeni@kaya.com.tr"})], actor=SYSTEM)
        make("customers.contact_point", customer=winner.pk, kind="phone", value="0312 999 88 77")
        post_note(ref(winner), "Birleşince yazıldı", actor=cast.ayse.actor)
        point = fresh(winner).contact_points.get(value="@elifkaya")
        TimelineEntry.objects.create(
            type_key=CUSTOMER, about_id=winner.pk, at=done.merged_at, kind="message", body="Instagram'dan yazdı",
            ref_type="customers.contact_point", ref_id=point.pk,
        )  # fmt: skip

        result = unmerge(done.pk, actor=cast.admin.actor)

        assert result.kept_fields == ["email"]
        assert fresh(winner).email == "yeni@kaya.com.tr"
        assert fresh(loser).email == "elif@kaya.com.tr"
        assert rows_about(fresh(winner))["points"] == ["0216 333 44 55", "0312 999 88 77"]
        assert rows_about(fresh(winner))["notes"] == ["Aradı", "Birleşince yazıldı"]
        assert rows_about(fresh(loser))["notes"] == ["Instagram'dan yazdı", "Teklif istedi"]

    def test_a_row_that_somebody_tied_elsewhere_is_left_there(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        done = merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor)
        boat = CustomRecord.objects.get()
        actions.update(record_type("own.tekne"), [(boat, {"custom.sahibi": cast.lale_market.pk})], actor=SYSTEM)

        assert unmerge(done.pk, actor=cast.admin.actor).kept_rows == 1

        assert CustomRecord.objects.get().custom["sahibi"] == cast.lale_market.pk

    def test_a_chain_is_taken_back_from_its_end(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        third = make_customer("Elif Kaya Demir", city="Van")
        before = picture()
        first = merge(CUSTOMER, winner.pk, loser.pk, actor=cast.admin.actor)
        between = picture()
        second = merge(CUSTOMER, third.pk, winner.pk, actor=cast.admin.actor)
        assert successor(ref(loser)) == ref(third)

        with pytest.raises(CannotUnmerge, match="“Elif Kaya” was merged into “Elif Kaya Demir” afterwards"):
            unmerge(first.pk, actor=cast.admin.actor)
        unmerge(second.pk, actor=cast.admin.actor)
        assert difference(between, picture()) == []
        unmerge(first.pk, actor=cast.admin.actor)

        assert difference(before, picture()) == []
        with pytest.raises(CannotUnmerge, match="separated already"):
            unmerge(first.pk, actor=cast.admin.actor)

    def test_undo_of_the_operation_is_the_same_as_separating(self, cast: Cast) -> None:
        winner, loser = elif_twice(cast)
        third = make_customer("Elif Kaya Demir", city="Van")
        before = picture()
        actor = cast.admin.actor
        merge(CUSTOMER, winner.pk, loser.pk, actor=actor)
        merge(CUSTOMER, winner.pk, third.pk, actor=actor)

        result = undo(actor.operation, cast.admin.actor)

        assert (result.undone_count, result.skipped) == (2, ())
        assert difference(before, picture()) == []
