"""Many at the same moment, and a process that dies midway: one order, no gap, nothing by halves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from hatir.domains.commerce.models import Order, OrderLine
from hatir.domains.quotes import actions, queries
from hatir.domains.quotes.actions import Answer, answering
from hatir.domains.quotes.models import Quote, QuoteStep
from hatir.domains.quotes.tests.factories import make_quote
from hatir.domains.sales.models import Deal
from hatir.domains.sales.tests.factories import make_deal, make_pipeline
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import SYSTEM, Cast, make_cast

D = Decimal
TOGETHER = 8
LINE = {"name": "Ceviz masa", "unit_price": D(1200), "tax_percent": D(20)}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    with piece_of_work():
        make_pipeline()
        return make_cast()


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


def sent(cast: Cast) -> Quote:
    with piece_of_work():
        deal = make_deal(customer=cast.lale_market.pk)
        return actions.send_quote(make_quote(cast.lale_market, LINE, deal=deal.pk), actor=SYSTEM)


def test_eight_acceptances_at_once_make_one_order(cast: Cast) -> None:
    quote = sent(cast)

    found = at_once(lambda number: actions.accept_quote(quote, answer=Answer(f"Lale {number}")).order_id)

    order = Order.objects.get()
    assert found == [order.pk] * TOGETHER
    assert OrderLine.objects.count() == 1
    assert QuoteStep.objects.filter(quote=quote, status="accepted").count() == 1
    assert Deal.objects.get().status == "won"


def test_acceptance_and_refusal_at_once_leave_one_answer(cast: Cast) -> None:
    quote = sent(cast)

    def answer(number: int) -> str:
        if number % 2:
            return str(actions.accept_quote(quote, answer=Answer("Lale")).status)
        return str(actions.decline_quote(quote, answer=Answer("Ali"), reason="").status)

    at_once(answer)

    status = Quote.objects.get(pk=quote.pk).status
    assert (status, Order.objects.count()) in (("accepted", 1), ("declined", 0))


def test_first_looks_at_once_are_one_day_of_looks(cast: Cast) -> None:
    quote = sent(cast)
    at = timezone.now()

    at_once(lambda _number: actions.note_sighting(quote, at=at))

    assert [one.times for one in queries.sightings_of(quote)] == [TOGETHER]
    assert QuoteStep.objects.filter(quote=quote, status="viewed").count() == 1


def test_numbers_of_parallel_writers_have_neither_gap_nor_duplicate(cast: Cast) -> None:
    at_once(lambda _number: make_quote(cast.lale_market).number)

    year = timezone.localdate().year
    found = sorted(Quote.objects.values_list("number", flat=True))
    assert found == [f"TK{year}-{number:05d}" for number in range(1, TOGETHER + 1)]


def test_a_process_that_dies_while_accepting_leaves_nothing_by_halves(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    quote = sent(cast)

    def dies(*_args: Any, **_values: Any) -> None:
        raise KeyboardInterrupt

    with piece_of_work(), monkeypatch.context() as broken:
        broken.setattr(answering, "tell", dies)
        with pytest.raises(KeyboardInterrupt):
            actions.accept_quote(quote, answer=Answer("Lale"))
    half = (Quote.objects.get(pk=quote.pk).status, Order.objects.count(), Deal.objects.get().status)

    with piece_of_work():
        accepted = actions.accept_quote(quote, answer=Answer("Lale"))

    assert half == ("sent", 0, "open")
    order = Order.objects.get(reference=accepted.number)
    assert (accepted.order_id, order.number) == (order.pk, f"SP{timezone.localdate():%Y}-00001")
