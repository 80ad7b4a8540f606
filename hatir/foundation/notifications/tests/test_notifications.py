"""Who hears of what, and how it is read, muted and mailed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.notifications import actions, queries, tasks
from hatir.foundation.notifications.models import Notification
from hatir.foundation.notifications.rules import is_quiet
from hatir.foundation.records import actions as record_actions
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import record_type
from hatir.foundation.timeline.actions import post_note
from tests.world.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    found = make_cast()
    OutboxEvent.objects.all().delete()
    return found


@pytest.fixture
def lale(cast: Cast) -> RecordRef:
    return RecordRef("customers.customer", cast.lale_market.pk)


class TestMentions:
    def test_a_colleague_who_sees_the_record_hears_once(self, cast: Cast, lale: RecordRef) -> None:
        post_note(lale, "Bakar mısın?", actor=cast.ayse.actor, mentions=[cast.zeynep.user.pk])
        deliver_waiting()
        OutboxEvent.objects.update(delivered_at=None)
        deliver_waiting()

        items = queries.feed(cast.zeynep.actor)
        assert [(item.kind, item.level, item.detail, item.url) for item in items] == [
            ("mention", "task", "Bakar mısın?", lale.url)
        ]
        assert queries.unread_count(cast.zeynep.actor) == 1

    def test_one_who_does_not_see_the_record_hears_nothing(self, cast: Cast, lale: RecordRef) -> None:
        post_note(lale, "Gizli", actor=cast.ayse.actor, mentions=[cast.mehmet.user.pk])
        deliver_waiting()

        assert Notification.objects.count() == 0


class TestOwners:
    def test_a_new_owner_is_told_but_not_by_himself(self, cast: Cast, lale: RecordRef) -> None:
        rt = record_type("customers.customer")
        record_actions.update(rt, [(cast.lale_market, {"owner": cast.mehmet.user.pk})], actor=cast.admin.actor)
        record_actions.update(rt, [(cast.elif_kaya, {"owner": cast.admin.user.pk})], actor=cast.admin.actor)
        deliver_waiting()

        assert [(i.user_id, i.kind, i.ref_id) for i in Notification.objects.all()] == [
            (cast.mehmet.user.pk, "assigned", lale.id)
        ]


class TestFollowing:
    def test_a_follower_hears_of_others_changes(self, cast: Cast, lale: RecordRef) -> None:
        actions.follow(lale, actor=cast.zeynep.actor)
        rt = record_type("customers.customer")
        record_actions.update(rt, [(cast.lale_market, {"city": "Manisa"})], actor=cast.ayse.actor)
        deliver_waiting()

        assert [item.kind for item in queries.feed(cast.zeynep.actor)] == ["followed"]
        actions.unfollow(lale, actor=cast.zeynep.actor)
        assert not queries.is_following(cast.zeynep.actor, lale)

    def test_a_stranger_cannot_follow(self, cast: Cast, lale: RecordRef) -> None:
        with pytest.raises(NotFoundHere):
            actions.follow(lale, actor=cast.mehmet.actor)

        assert not queries.is_following(cast.mehmet.actor, lale)


class TestReading:
    def test_only_own_items_are_marked(self, cast: Cast, lale: RecordRef) -> None:
        actions.notify([actions.Item(cast.ayse.user.pk, "other", "x"), actions.Item(cast.can.user.pk, "other", "y")])
        ids = list(Notification.objects.values_list("pk", flat=True))

        assert actions.mark_read(ids, actor=cast.ayse.actor) == 1
        assert queries.unread_counts([cast.ayse.user.pk, cast.can.user.pk]) == {cast.can.user.pk: 1}

    def test_a_muted_kind_is_not_stored(self, cast: Cast) -> None:
        actions.set_wishes(actor=cast.ayse.actor, muted=["other"], quiet_from=None, quiet_until=None, digest=True)

        assert actions.notify([actions.Item(cast.ayse.user.pk, "other", "x")]) == 0


class TestDigest:
    def test_goes_out_once_a_day_in_the_users_language(self, cast: Cast, lale: RecordRef) -> None:
        actions.notify([actions.Item(cast.ayse.user.pk, "mention", "Zeynep sizden söz etti", ref=lale)])

        tasks.send_digests.body()
        tasks.send_digests.body()

        assert [(m.to, lale.url in m.body) for m in mail.outbox] == [(["ayse@ornek.com.tr"], True)]

    def test_waits_for_the_end_of_quiet_hours(self, cast: Cast) -> None:
        actions.set_wishes(actor=cast.ayse.actor, muted=[], quiet_from=time(20), quiet_until=time(8), digest=True)
        night = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)  # 22:00 in Istanbul
        actions.notify([actions.Item(cast.ayse.user.pk, "other", "x")], at=night - timedelta(minutes=1))

        assert queries.due_digests(night) == []
        assert len(queries.due_digests(night + timedelta(hours=12))) == 1


def test_quiet_hours_may_pass_midnight() -> None:
    assert is_quiet(time(23), time(22), time(7))
    assert is_quiet(time(6, 59), time(22), time(7))
    assert not is_quiet(time(7), time(22), time(7))
    assert not is_quiet(time(12), None, time(7))
