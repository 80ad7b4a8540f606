"""Several people at one deal in the same moment: one decision counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from hatir.domains.sales import actions
from hatir.domains.sales.models import Deal, DealApproval, Stage, StageStay
from hatir.domains.sales.tests.factories import SYSTEM, make_deal, make_pipeline
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import Cast, make_cast

TOGETHER = 6


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    with piece_of_work():
        return make_cast()


@pytest.fixture
def stages(cast: Cast) -> dict[str, Stage]:
    with piece_of_work():
        made = make_pipeline()
        values = {"approval_by": "people", "approvers": [cast.admin.user.pk, cast.zeynep.user.pk]}
        actions.update_stages([(made["Pazarlık"], values)], actor=SYSTEM)
        return made


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Let several threads do something at the same moment; give what each gave or raised."""
    found: list[Any] = []
    gate = threading.Barrier(TOGETHER)

    def run(number: int) -> None:
        try:
            gate.wait()
            with piece_of_work():
                found.append(work(number))
        except Exception as error:  # noqa: BLE001 — told to the test
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def asked_for(cast: Cast, stages: dict[str, Stage]) -> DealApproval:
    with piece_of_work():
        deal = make_deal(stage=stages["Teklif"], owner=cast.ayse.user.pk, team=cast.shop.pk)
        return actions.ask_approval(deal, stages["Pazarlık"], actor=cast.ayse.actor)


def test_approvals_at_once_let_the_deal_in_once(cast: Cast, stages: dict[str, Stage]) -> None:
    asked = asked_for(cast, stages)
    deciders = (cast.admin, cast.zeynep)

    found = at_once(lambda number: actions.approve(asked, actor=deciders[number % 2].actor).stage_id)

    late = [error for error in found if isinstance(error, actions.AlreadyDecided)]
    assert (found.count(stages["Pazarlık"].pk), len(late)) == (1, TOGETHER - 1)
    assert StageStay.objects.filter(deal=asked.deal_id, stage=stages["Pazarlık"]).count() == 1


def test_approval_and_refusal_at_once_leave_one_decision(cast: Cast, stages: dict[str, Stage]) -> None:
    asked = asked_for(cast, stages)

    def decide(number: int) -> int:
        if number % 2:
            return actions.approve(asked, actor=cast.admin.actor).stage_id
        return actions.refuse(asked, actor=cast.zeynep.actor, reason="Marj düşük").stage_id

    found = at_once(decide)

    asked.refresh_from_db()
    assert sum(isinstance(one, int) for one in found) == 1
    assert (asked.state, Deal.objects.get().stage.name) in (("approved", "Pazarlık"), ("refused", "Teklif"))


def test_askings_at_once_are_one(cast: Cast, stages: dict[str, Stage]) -> None:
    with piece_of_work():
        deal = make_deal(stage=stages["Teklif"], owner=cast.ayse.user.pk, amount=Decimal(9000))

    found = at_once(lambda _number: actions.ask_approval(deal, stages["Pazarlık"], actor=cast.ayse.actor).pk)

    assert found == [DealApproval.objects.get().pk] * TOGETHER
