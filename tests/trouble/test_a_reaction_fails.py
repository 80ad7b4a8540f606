"""A reaction that fails is tried again, is then visible to an administrator, and leaves all others alone."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from hatir.foundation.events import bus
from hatir.foundation.events.bus import Delivery, Listener
from hatir.foundation.events.dispatch import MOST_ATTEMPTS, deliver_waiting, retry_due
from hatir.foundation.events.facts import Event
from hatir.foundation.events.models import Handling, OutboxEvent
from hatir.foundation.events.queries import failing_reactions
from hatir.foundation.records import actions
from hatir.foundation.records.registry import record_type
from hatir.kit.ids import encode_id
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    OutboxEvent.objects.all().delete()
    return made


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[int]]:
    """Two reactions to a change: one breaks until it is mended, the other only counts."""
    heard: dict[str, list[int]] = {"broken": [], "sound": [], "mended": []}

    def breaks(event: Event, delivery: Delivery) -> None:
        if not heard["mended"]:
            raise RuntimeError("the carrier's office is closed")
        heard["broken"].append(delivery.event_id)

    def counts(event: Event, delivery: Delivery) -> None:
        heard["sound"].append(delivery.event_id)

    mine = [Listener("test.breaks", "records.changed", breaks), Listener("test.counts", "records.changed", counts)]
    monkeypatch.setattr(bus, "_listeners", mine)
    return heard


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def change(cast: Cast, city: str) -> None:
    cast.lale_market.refresh_from_db()
    actions.update(record_type(KEY), [(cast.lale_market, {"city": city})], actor=cast.ayse.actor)


class TestAReactionThatFails:
    def test_leaves_the_others_alone_and_is_tried_again(self, cast: Cast, street: dict[str, list[int]]) -> None:
        change(cast, "Manisa")
        deliver_waiting()
        event = OutboxEvent.objects.get()
        first = failing_reactions().get()

        assert street["sound"] == [event.pk]
        assert (first.reaction, first.attempts, first.given_up_at) == ("test.breaks", 1, None)
        street["mended"].append(1)
        Handling.objects.update(retry_at=timezone.now())
        retry_due()

        assert street["broken"] == [event.pk]
        assert street["sound"] == [event.pk]
        assert not failing_reactions().exists()

    def test_is_shown_to_administrators_and_run_again_by_them(self, cast: Cast, street: dict[str, list[int]]) -> None:
        change(cast, "Manisa")
        deliver_waiting()
        for _attempt in range(MOST_ATTEMPTS - 1):
            Handling.objects.filter(done_at=None).update(retry_at=timezone.now())
            retry_due()
        given_up = failing_reactions().get()
        repeat = f"/jobs/reactions/{encode_id(given_up.pk)}/repetition/"

        page = browser_of(cast.admin).get("/jobs/?state=failed").content.decode()
        others = browser_of(cast.ayse).get("/jobs/?state=failed").content.decode()

        assert (given_up.attempts, given_up.retry_at, given_up.done_at) == (MOST_ATTEMPTS, None, None)
        assert Handling.objects.filter(given_up_at=None).count() == Handling.objects.count() - 1
        assert "test.breaks" in page
        assert "the carrier&#x27;s office is closed" in page
        assert "vazgeçildi" in page
        assert "test.breaks" not in others
        assert browser_of(cast.ayse).post(repeat).status_code == 404
        street["mended"].append(1)
        assert browser_of(cast.admin).post(repeat).status_code == 302
        assert street["broken"] == [given_up.event_id]
        assert street["sound"] == [given_up.event_id]
        assert browser_of(cast.admin).post(repeat).status_code == 404
