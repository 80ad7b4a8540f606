"""Writing on records, and reading it back with the right eyes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.records import actions as record_actions
from hatir.foundation.records.errors import Denied, Invalid, NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline import actions
from hatir.foundation.timeline.models import TimelineEntry
from hatir.foundation.timeline.queries import Pick, entries_of
from tests.world.cast import SYSTEM, Cast, make_cast, make_customer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def elif_ref(cast: Cast) -> RecordRef:
    return RecordRef("customers.customer", cast.elif_kaya.pk)


class TestPostNote:
    def test_stands_on_the_record_and_is_told(self, cast: Cast, elif_ref: RecordRef) -> None:
        link = str(RecordRef("customers.customer", cast.lale_market.pk))
        entry = actions.post_note(
            elif_ref, f"Yarın #{link} ile görüşülecek", actor=cast.ayse.actor, mentions=[cast.zeynep.user.pk]
        )

        page = entries_of(cast.ayse.actor, elif_ref, Pick(kinds=("note",)))
        event = OutboxEvent.objects.get(key="timeline.note_posted")
        assert [e.pk for e in page.entries] == [entry.pk]
        assert (event.payload["mentions"], event.payload["refs"]) == ([cast.zeynep.user.pk], [link])

    def test_a_stranger_cannot_and_leaves_nothing(self, cast: Cast, elif_ref: RecordRef) -> None:
        with pytest.raises(NotFoundHere):
            actions.post_note(elif_ref, "x", actor=cast.mehmet.actor)

        assert TimelineEntry.objects.filter(kind="note").count() == 0

    def test_needs_words(self, cast: Cast, elif_ref: RecordRef) -> None:
        with pytest.raises(Invalid):
            actions.post_note(elif_ref, "  \n ", actor=cast.ayse.actor)


class TestOwnEntries:
    def test_the_author_edits_archives_and_restores(self, cast: Cast, elif_ref: RecordRef) -> None:
        entry = actions.post_note(elif_ref, "ilk", actor=cast.ayse.actor)

        actions.edit_entry(entry.pk, actor=cast.ayse.actor, text="ikinci")
        actions.archive_entry(entry.pk, actor=cast.ayse.actor)
        assert not entries_of(cast.ayse.actor, elif_ref, Pick(kinds=("note",))).entries
        actions.restore_entry(entry.pk, actor=cast.ayse.actor)

        assert [e.body for e in entries_of(cast.ayse.actor, elif_ref, Pick(kinds=("note",))).entries] == ["ikinci"]

    def test_a_colleague_who_sees_it_may_not(self, cast: Cast, elif_ref: RecordRef) -> None:
        entry = actions.post_note(elif_ref, "ilk", actor=cast.ayse.actor)

        with pytest.raises(Denied):
            actions.edit_entry(entry.pk, actor=cast.zeynep.actor, text="başka")

        assert TimelineEntry.objects.get(pk=entry.pk).body == "ilk"

    def test_a_stranger_does_not_even_find_it(self, cast: Cast, elif_ref: RecordRef) -> None:
        entry = actions.post_note(elif_ref, "ilk", actor=cast.ayse.actor)

        with pytest.raises(NotFoundHere):
            actions.archive_entry(entry.pk, actor=cast.mehmet.actor)


class TestEntriesOfOtherRooms:
    def test_stand_once_as_they_are_now_and_go_again(self, cast: Cast, elif_ref: RecordRef) -> None:
        def entry(title: str) -> TimelineEntry:
            return TimelineEntry(
                type_key=elif_ref.type_key, about_id=elif_ref.id, at=AT, kind="task", title=title,
                ref_type="x.y", ref_id=7,
            )  # fmt: skip

        actions.keep_entries([entry("Ara")])
        actions.keep_entries([entry("Yine ara")])
        shown = [e.title for e in entries_of(cast.ayse.actor, elif_ref, Pick(kinds=("task",))).entries]
        actions.take_off([RecordRef("x.y", 7)])

        assert shown == ["Yine ara"]
        assert not entries_of(cast.ayse.actor, elif_ref, Pick(kinds=("task",))).entries


class TestPages:
    def test_pages_meet_without_gap_or_repeat_even_at_one_instant(self, cast: Cast, elif_ref: RecordRef) -> None:
        for number in range(7):
            actions.add_entry(elif_ref, actor=SYSTEM, kind="note", body=str(number), at=AT)

        seen: list[str] = []
        more = ""
        while True:
            page = entries_of(cast.ayse.actor, elif_ref, Pick(kinds=("note",)), after=more, size=3)
            seen += [entry.body for entry in page.entries]
            more = page.more
            if not more:
                break

        assert seen == ["6", "5", "4", "3", "2", "1", "0"]

    def test_a_wrong_cursor_is_the_first_page(self, cast: Cast, elif_ref: RecordRef) -> None:
        actions.add_entry(elif_ref, actor=SYSTEM, kind="note", body="x")

        assert len(entries_of(cast.ayse.actor, elif_ref, Pick(kinds=("note",)), after="zz-YY").entries) == 1

    def test_a_company_can_show_its_people(self, cast: Cast) -> None:
        person = make_customer("Ali Can", owner=cast.ayse.user.pk, team=cast.shop.pk)
        rt = record_type("customers.customer")
        record_actions.update(rt, [(person, {"company": cast.lale_market.pk})], actor=SYSTEM)
        actions.add_entry(RecordRef(rt.key, person.pk), actor=SYSTEM, kind="note", body="kişi")
        lale = RecordRef(rt.key, cast.lale_market.pk)

        alone = entries_of(cast.ayse.actor, lale, Pick(kinds=("note",)))
        both = entries_of(cast.ayse.actor, lale, Pick(kinds=("note",), with_people=True))

        assert (len(alone.entries), [e.body for e in both.entries]) == (0, ["kişi"])

    def test_a_stranger_reads_nothing(self, cast: Cast, elif_ref: RecordRef) -> None:
        actions.add_entry(elif_ref, actor=SYSTEM, kind="note", body="x")

        assert not entries_of(cast.mehmet.actor, elif_ref).entries


class TestSystemLines:
    def test_a_change_leaves_one_line_however_often_it_is_delivered(self, cast: Cast, elif_ref: RecordRef) -> None:
        rt = record_type("customers.customer")
        record_actions.update(rt, [(cast.elif_kaya, {"city": "Bursa", "stage": "customer"})], actor=cast.ayse.actor)
        deliver_waiting()
        OutboxEvent.objects.update(delivered_at=None)
        deliver_waiting()

        lines = [e for e in entries_of(cast.ayse.actor, elif_ref).entries if e.data["verb"] == "changed"]
        assert [(e.user_label, sorted(e.data["fields"])) for e in lines] == [("Ayşe Yıldırım", ["city", "stage"])]

    def test_a_new_part_leaves_a_line_on_the_whole(self, cast: Cast, elif_ref: RecordRef) -> None:
        rt = record_type("customers.contact_point")
        row = {"customer": cast.elif_kaya.pk, "kind": "email", "value": "elif@kaya.com"}
        record_actions.create(rt, [row], actor=cast.ayse.actor)
        deliver_waiting()

        parts = [e.data["part"] for e in entries_of(cast.ayse.actor, elif_ref).entries if "part" in e.data]
        assert parts == ["customers.contact_point"]
