"""Which price counts, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hatir.domains.catalog.rules import (
    Off,
    Offer,
    Terms,
    best_discount,
    best_offer,
    exchanged,
    less,
    unit_price,
    with_tax,
    without_tax,
)

D = Decimal
TODAY = date(2026, 11, 22)


def holds(terms: Terms, *, channel: str = "shop", segments: tuple[int, ...] = (), quantity: str = "1") -> bool:
    return terms.hold(on=TODAY, channel=channel, segments=segments, quantity=D(quantity))


class TestTerms:
    def test_without_anything_hold_always(self) -> None:
        assert holds(Terms())

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            (TODAY, TODAY, True),
            (date(2026, 11, 23), None, False),
            (None, date(2026, 11, 21), False),
        ],
    )
    def test_both_days_are_inside(self, first: date | None, last: date | None, expected: bool) -> None:
        assert holds(Terms(first, last)) is expected

    def test_ask_for_group_channel_and_quantity(self) -> None:
        terms = Terms(segment_id=7, channel="web", min_quantity=D(10))
        assert holds(terms, channel="web", segments=(7,), quantity="10")
        assert not holds(terms, channel="web", segments=(7,), quantity="9.999")
        assert not holds(terms, channel="shop", segments=(7,), quantity="10")
        assert not holds(terms, channel="web", segments=(8,), quantity="10")


class TestBestOffer:
    def test_priority_wins_over_the_lower_price(self) -> None:
        cheap, dear = Offer(1, "Genel", 0, D(80), D(1)), Offer(2, "Bayi", 5, D(90), D(1))
        assert best_offer([cheap, dear]) == dear

    def test_of_equal_priority_the_cheaper_wins(self) -> None:
        assert best_offer([Offer(1, "A", 0, D(90), D(1)), Offer(2, "B", 0, D(80), D(1))]) == Offer(
            2, "B", 0, D(80), D(1)
        )

    def test_of_one_list_the_largest_break_counts_even_when_dearer(self) -> None:
        one, ten = Offer(1, "A", 0, D(80), D(1)), Offer(1, "A", 0, D(85), D(10))
        assert best_offer([one, ten]) == ten

    def test_without_offers_there_is_none(self) -> None:
        assert best_offer([]) is None


class TestArithmetic:
    def test_the_largest_discount_counts_and_none_adds_up(self) -> None:
        assert best_discount([Off("A", D(5)), Off("B", D(10))]) == Off("B", D(10))
        assert best_discount([]) is None

    def test_unit_prices_keep_four_decimals_half_up(self) -> None:
        # 0.03745 × 0.90 = 0.033705 → 0.0337; 0.00005 → 0.0001
        assert (less(D("0.03745"), D(10)), unit_price(D("0.00005"))) == (D("0.0337"), D("0.0001"))

    def test_tax_goes_in_and_out(self) -> None:
        # 100 × 1.20 = 120; 99.90 ÷ 1.20 = 83.25; 10 ÷ 1.18 = 8.474576… → 8.4746
        assert (with_tax(D(100), D(20)), without_tax(D("99.90"), D(20)), without_tax(D(10), D(18))) == (
            D("120.0000"), D("83.2500"), D("8.4746"),
        )  # fmt: skip

    def test_money_is_exchanged_over_lira(self) -> None:
        # 100 EUR at 48.60 = 4,860 TRY; ÷ 41.25 = 117.8181… USD
        assert exchanged(D(100), D("48.60"), D("41.25")).quantize(D("0.0001")) == D("117.8182")
