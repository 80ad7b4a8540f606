"""Delivery: once, in order for each subject, a failure alone, then visible, and again on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils import timezone

from hatir.foundation.events import bus, dispatch
from hatir.foundation.events.bus import Delivery, Listener, publish
from hatir.foundation.events.facts import Event
from hatir.foundation.events.models import Handling, OutboxEvent
from hatir.foundation.records.refs import RecordRef
from tests.world.cast import SYSTEM, Tag

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class BellRang(Event):
    """A test's own event."""

    key: ClassVar[str] = "test.bell_rang"
    number: int = 0


class Street:
    """Two listeners of the bell: `good` always works, `bad` fails while it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []
        self.is_broken = False
        self.fails_on: set[int] = set()

    def good(self, event: BellRang, delivery: Delivery) -> None:
        self.heard.append(("good", event.number))

    def bad(self, event: BellRang, delivery: Delivery) -> None:
        now = timezone.now()
        Tag.objects.create(name=f"Zil {event.number}", created_at=now, updated_at=now)
        if self.is_broken or event.number in self.fails_on:
            raise RuntimeError("Zil bozuk")
        self.heard.append(("bad", event.number))

    def numbers(self, name: str) -> list[int]:
        return [number for listener, number in self.heard if listener == name]


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch) -> Street:
    made = Street()
    listeners = [
        Listener("test.bad", BellRang.key, made.bad),
        Listener("test.good", BellRang.key, made.good),
    ]
    monkeypatch.setattr(bus, "_listeners", listeners)
    return made


def ring(number: int, about: int = 1) -> OutboxEvent:
    return publish(BellRang(about=(RecordRef("test.door", about),), number=number), actor=SYSTEM)


class TestDeliverWaiting:
    def test_delivers_each_event_once(self, street: Street) -> None:
        ring(1)
        ring(2)

        assert dispatch.deliver_waiting() == 2
        assert dispatch.deliver_waiting() == 0
        assert street.heard == [("bad", 1), ("good", 1), ("bad", 2), ("good", 2)]

    def test_does_nothing_again_after_a_crash_between_reaction_and_note(self, street: Street) -> None:
        row = ring(1)
        dispatch.deliver_waiting()
        OutboxEvent.objects.filter(pk=row.pk).update(delivered_at=None)

        dispatch.deliver_waiting()

        assert street.heard == [("bad", 1), ("good", 1)]

    def test_vanishes_with_the_write_that_rolled_back(self, street: Street) -> None:
        with transaction.atomic():
            ring(1)
            transaction.set_rollback(True)

        assert dispatch.deliver_waiting() == 0
        assert street.heard == []

    def test_tells_who_did_it(self, street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[Any] = []
        monkeypatch.setattr(bus, "_listeners", [Listener("t", "", lambda event, delivery: seen.append(delivery))])

        row = ring(1)
        dispatch.deliver_waiting()

        assert (seen[0].event_id, seen[0].actor_kind, seen[0].operation) == (row.pk, "system", SYSTEM.operation)


class TestFailing:
    def test_leaves_the_others_alone_and_undoes_its_own_half_work(self, street: Street) -> None:
        street.is_broken = True

        ring(1)
        dispatch.deliver_waiting()

        assert street.heard == [("good", 1)]
        assert not Tag.objects.exists()
        handling = Handling.objects.get(reaction="test.bad")
        assert (handling.attempts, handling.done_at, handling.error) == (1, None, "RuntimeError: Zil bozuk")

    def test_is_tried_again_after_a_pause(self, street: Street) -> None:
        street.is_broken = True
        ring(1)
        dispatch.deliver_waiting()
        street.is_broken = False

        dispatch.deliver_waiting()
        assert street.numbers("bad") == []
        Handling.objects.update(retry_at=timezone.now())
        dispatch.deliver_waiting()

        assert street.heard == [("good", 1), ("bad", 1)]
        assert Handling.objects.get(reaction="test.bad").done_at is not None

    def test_holds_back_later_events_of_the_same_subject_only(self, street: Street) -> None:
        street.fails_on = {1}
        ring(1, about=1)
        ring(2, about=1)
        ring(3, about=2)
        dispatch.deliver_waiting()

        assert street.numbers("bad") == [3]
        assert street.numbers("good") == [1, 2, 3]

        street.fails_on = set()
        Handling.objects.filter(done_at=None).update(retry_at=timezone.now())
        dispatch.deliver_waiting()

        assert street.numbers("bad") == [3, 1, 2]

    def test_pauses_grow_up_to_an_hour(self) -> None:
        now = timezone.now()

        pauses = [(dispatch._next_try(attempt, now) - now).total_seconds() for attempt in (1, 2, 3, 11, 12, 40)]

        assert pauses == [2, 4, 8, 2048, 3600, 3600]

    def test_is_given_up_visibly_and_lets_the_next_pass(self, street: Street) -> None:
        street.fails_on = {1}
        ring(1)
        ring(2)
        dispatch.deliver_waiting()
        for _attempt in range(dispatch.MOST_ATTEMPTS):
            Handling.objects.filter(done_at=None, given_up_at=None).update(retry_at=timezone.now())
            dispatch.deliver_waiting()

        lost = Handling.objects.get(given_up_at__isnull=False)
        assert (lost.attempts, lost.event.payload["number"]) == (dispatch.MOST_ATTEMPTS, 1)
        assert street.numbers("bad") == [2]


class TestReplay:
    def test_delivers_again_to_one_reaction(self, street: Street) -> None:
        row = ring(1)
        dispatch.deliver_waiting()

        dispatch.replay(row.pk, "test.good")

        assert street.heard == [("bad", 1), ("good", 1), ("good", 1)]

    def test_brings_back_what_was_given_up(self, street: Street) -> None:
        street.is_broken = True
        row = ring(1)
        dispatch.deliver_waiting()
        Handling.objects.filter(reaction="test.bad").update(given_up_at=timezone.now(), retry_at=None)
        street.is_broken = False

        dispatch.replay(row.pk, "test.bad")

        assert street.numbers("bad") == [1]


class TestRestoreEvent:
    def test_gives_the_event_back_as_it_was(self) -> None:
        row = ring(7, about=3)

        assert bus.restore_event(row) == BellRang(about=(RecordRef("test.door", 3),), number=7)

    def test_of_a_lost_class_keeps_what_it_was_about(self) -> None:
        row = ring(7, about=3)
        row.key = "gone.forever"

        assert bus.restore_event(row).about == (RecordRef("test.door", 3),)
