"""Mails of a sender stay within a minute's, an hour's and a day's share, with one worker and with many."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from hatir.domains.leads.models import Lead
from hatir.domains.planning.models import Task
from hatir.domains.sequences import actions
from hatir.domains.sequences.actions import sending
from hatir.domains.sequences.models import Enrolment, KeptMessage, StepRun
from hatir.domains.sequences.tests.factories import (
    CALL,
    MAIL,
    MONDAY,
    SYSTEM,
    enrol,
    fresh,
    kept,
    make_sequence,
    make_willing_lead,
    tick,
)
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import Cast, make_cast

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WORKERS = 6


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    with piece_of_work():
        return make_cast()


def limits(per_hour: int, per_day: int) -> None:
    with piece_of_work():
        set_company({"sequences.mails_per_hour": per_hour, "sequences.mails_per_day": per_day}, actor=SYSTEM)


def queue(cast: Cast, count: int) -> None:
    """Let so many enrolments of one sender wait for a mail."""
    with piece_of_work():
        sequence = make_sequence(MAIL)
        for number in range(count):
            enrol(sequence, make_willing_lead(f"Aday {number} Soy", owner=cast.ayse.user.pk))
        actions.run_due(MONDAY)


def run_minutes(begin: datetime, count: int) -> None:
    for minute in range(count):
        with piece_of_work():
            tick(begin + minute * MINUTE)


def at_once(work: Callable[[], Any]) -> list[Any]:
    """Let several workers do something at the same moment; give what each gave or raised."""
    found: list[Any] = []
    gate = threading.Barrier(WORKERS)

    def run() -> None:
        try:
            gate.wait()
            with piece_of_work():
                found.append(work())
        except Exception as error:  # noqa: BLE001 — told to the test
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_mails_are_spread_over_the_minutes(cast: Cast) -> None:
    limits(120, 500)
    queue(cast, 9)

    run_minutes(MONDAY, 3)

    sent = Counter(KeptMessage.objects.values_list("at", flat=True))
    assert sorted(sent.values()) == [2, 2, 2]


def test_the_hour_and_the_day_have_their_share_and_the_rest_waits_for_the_next_working_day(cast: Cast) -> None:
    friday = MONDAY + 4 * DAY
    limits(3, 5)
    queue(cast, 8)

    run_minutes(friday, 30)
    first_hour = KeptMessage.objects.count()
    run_minutes(friday + 61 * MINUTE, 120)
    friday_whole = KeptMessage.objects.count()
    run_minutes(friday + DAY, 5)
    saturday = KeptMessage.objects.count()
    run_minutes(friday + 3 * DAY, 10)

    assert (first_hour, friday_whole, saturday) == (3, 5, 5)
    days = [timezone.localtime(at).strftime("%d.%m") for at in KeptMessage.objects.values_list("at", flat=True)]
    assert Counter(days) == {"27.11": 5, "30.11": 3}


def test_many_workers_pass_no_limit_together(cast: Cast) -> None:
    limits(240, 500)
    queue(cast, 20)

    found = at_once(lambda: actions.send_due(MONDAY))

    assert [one for one in found if isinstance(one, Exception)] == []
    # 240 an hour are 4 a minute.
    assert (sum(found), KeptMessage.objects.count()) == (4, 4)
    assert Enrolment.objects.filter(status="finished").count() == 4


def test_every_sender_has_limits_of_his_own(cast: Cast) -> None:
    limits(60, 500)
    queue(cast, 3)
    with piece_of_work():
        sequence = make_sequence(MAIL, name="Diğer")
        for number in range(3):
            enrol(sequence, make_willing_lead(f"Kişi {number} Soy", owner=cast.mehmet.user.pk))

    run_minutes(MONDAY, 1)

    assert Counter(KeptMessage.objects.values_list("sender__name", flat=True)) == {"Ayşe Yıldırım": 1, "Mehmet Öz": 1}


def test_a_refused_mail_takes_nobodys_place(cast: Cast) -> None:
    limits(60, 500)
    queue(cast, 2)
    first = Enrolment.objects.order_by("queued_at", "pk")[0]
    Lead.objects.filter(enrolments=first).update(email="")

    run_minutes(MONDAY, 1)

    assert KeptMessage.objects.count() == 1
    assert (fresh(first).status, fresh(first).reason) == ("paused", "no_address")


def test_many_workers_at_one_enrolment_take_each_step_once(cast: Cast) -> None:
    with piece_of_work():
        one = enrol(make_sequence(CALL), make_willing_lead(owner=cast.ayse.user.pk))

    found = at_once(lambda: actions.run_due(MONDAY))

    assert [each for each in found if isinstance(each, Exception)] == []
    assert (sum(found), Task.objects.count()) == (1, 1)
    assert StepRun.objects.filter(enrolment=one).count() == 1


def test_pressed_by_many_at_once_is_one_enrolment(cast: Cast) -> None:
    with piece_of_work():
        sequence, lead = make_sequence(CALL), make_willing_lead(owner=cast.ayse.user.pk)
    row = {"sequence": sequence.pk, "lead": lead.pk}

    found = at_once(lambda: actions.create_enrolments([row], actor=SYSTEM))

    assert sum(isinstance(each, list) for each in found) == 1
    assert [type(each) for each in found if not isinstance(each, list)] == [Invalid] * (WORKERS - 1)
    assert Enrolment.objects.count() == 1


def test_a_worker_that_dies_while_sending_sends_nothing_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(cast, 1)

    def dies(*_args: Any, **_values: Any) -> None:
        raise KeyboardInterrupt

    with piece_of_work(), monkeypatch.context() as broken:
        broken.setattr(sending, "_note_sent", dies)
        with pytest.raises(KeyboardInterrupt):
            actions.send_due(MONDAY)
    half = (kept(), StepRun.objects.count(), Enrolment.objects.get().awaits)

    run_minutes(MONDAY, 3)

    assert half == ([], 0, "sender")
    assert (kept(), StepRun.objects.get().state) == (["Merhaba Aday 0"], "sent")
