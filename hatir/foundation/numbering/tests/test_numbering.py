"""Numbers without gap or duplicate, whoever takes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, transaction

from hatir.foundation.numbering.actions import NoTransaction, take_numbers
from hatir.foundation.numbering.declaration import Series, declare_series
from hatir.foundation.numbering.models import Counter
from hatir.foundation.numbering.rules import period_of, written
from hatir.foundation.preferences import declaration
from hatir.foundation.records.memory import piece_of_work

DAY = date(2026, 11, 22)
WRITERS, EACH = 20, 3


@pytest.fixture
def series() -> Iterator[Series]:
    made = declare_series("tests.paper", "Kâğıt", "K{year}-{number}")
    yield made
    declaration._declared.pop(made.preference_key)


class TestPatterns:
    @pytest.mark.parametrize(
        ("pattern", "period", "text"),
        [
            ("SP-{number}", "", "SP-00007"),
            ("{year}/{number}", "2026", "2026/00007"),
            ("T{year}{month}-{number}", "2026-11", "T202611-00007"),
            ("SP", "", "SP00007"),
        ],
    )
    def test_say_period_and_number(self, pattern: str, period: str, text: str) -> None:
        assert (period_of(pattern, DAY), written(pattern, 7, DAY)) == (period, text)

    def test_a_number_may_outgrow_its_digits(self) -> None:
        assert written("{number}", 123456, DAY) == "123456"


class TestTakeNumbers:
    @pytest.mark.django_db
    def test_go_on_and_begin_anew_with_the_year(self, series: Series) -> None:
        assert take_numbers(series, 2, on=DAY) == ["K2026-00001", "K2026-00002"]
        assert take_numbers(series, 1, on=DAY) == ["K2026-00003"]
        assert take_numbers(series, 1, on=date(2027, 1, 1)) == ["K2027-00001"]

    @pytest.mark.django_db
    def test_a_failure_leaves_no_gap(self, series: Series) -> None:
        take_numbers(series, 1, on=DAY)
        _take(series, fails=True, into=[])

        assert take_numbers(series, 1, on=DAY) == ["K2026-00002"]

    @pytest.mark.django_db(transaction=True)
    def test_outside_a_transaction_there_are_none(self, series: Series) -> None:
        with pytest.raises(NoTransaction):
            take_numbers(series, 1, on=DAY)

    @pytest.mark.django_db(transaction=True)
    def test_twenty_writers_at_once_leave_neither_gap_nor_duplicate(self, series: Series) -> None:
        taken: list[str] = []
        errors: list[BaseException] = []
        together = threading.Barrier(WRITERS)

        def write(number: int) -> None:
            try:
                together.wait()
                for turn in range(EACH):
                    _take(series, fails=(number + turn) % 5 == 0, into=taken)
            except BaseException as error:  # noqa: BLE001 — told to the test below
                errors.append(error)
            finally:
                connection.close()

        writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

        assert errors == []
        assert sorted(taken) == [f"K2026-{number:05d}" for number in range(1, len(taken) + 1)]
        assert Counter.objects.get(series=series.key).last == len(taken) == WRITERS * EACH * 4 // 5


def _take(series: Series, *, fails: bool, into: list[str]) -> None:
    """Take one number in a transaction of its own; every fifth one is given back."""
    with piece_of_work():
        try:
            with transaction.atomic():
                numbers = take_numbers(series, 1, on=DAY)
                if fails:
                    raise ValueError
        except ValueError:
            return
        into.extend(numbers)
