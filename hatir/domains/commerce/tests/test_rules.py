"""The way of an order, and facts about customers, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hatir.domains.commerce.rules import (
    TRANSITIONS,
    Bought,
    Quantities,
    facts_of,
    is_all_returned,
    may_follow,
    part_of,
    status_after_shipping,
)

D = Decimal


class TestTransitions:
    @pytest.mark.parametrize(
        ("status", "other", "expected"),
        [
            ("draft", "confirmed", True),
            ("waiting", "confirmed", True),
            ("confirmed", "cancelled", True),
            ("shipped", "cancelled", False),
            ("delivered", "returned", True),
            ("cancelled", "confirmed", False),
        ],
    )
    def test_are_declared(self, status: str, other: str, expected: bool) -> None:
        assert may_follow(status, other) is expected

    def test_every_status_that_follows_is_declared_itself(self) -> None:
        assert {other for others in TRANSITIONS.values() for other in others} <= set(TRANSITIONS)


class TestQuantities:
    def test_say_what_is_left(self) -> None:
        line = Quantities(D(10), cancelled=D(2), shipped=D(5), returned=D(1))
        assert (line.to_ship, line.to_return) == (D(3), D(4))

    def test_an_order_is_partly_shipped_while_something_is_left(self) -> None:
        done, half = Quantities(D(1), shipped=D(1)), Quantities(D(2), shipped=D(1))
        assert (status_after_shipping([done, half]), status_after_shipping([done])) == ("partly_shipped", "shipped")

    def test_all_is_back_when_nothing_is_outside(self) -> None:
        assert is_all_returned([Quantities(D(2), shipped=D(2), returned=D(2)), Quantities(D(1), cancelled=D(1))])
        assert not is_all_returned([Quantities(D(2), shipped=D(2), returned=D(1))])

    def test_some_pieces_are_worth_their_part(self) -> None:
        # 100 × 1 ÷ 3 = 33.333… → 33.33; × 2 = 66.666… → 66.67
        assert (part_of(D(100), D(1), D(3)), part_of(D(100), D(2), D(3))) == (D("33.33"), D("66.67"))


class TestFacts:
    def test_follow_from_the_orders_that_count(self) -> None:
        # Days 10 January, 20 January, 9 February: 30 days between first and last, ÷ 2 = 15; 600 ÷ 3 = 200
        orders = [
            Bought(date(2026, 1, 20), D("150.00")),
            Bought(date(2026, 1, 10), D("50.00")),
            Bought(date(2026, 2, 9), D("400.00")),
        ]

        assert facts_of(orders) == {
            "order_count": 3,
            "revenue": D("600.00"),
            "average_basket": D("200.00"),
            "first_purchase_on": date(2026, 1, 10),
            "last_purchase_on": date(2026, 2, 9),
            "days_between_orders": D("15.0"),
        }

    def test_without_orders_nothing_is_known(self) -> None:
        assert set(facts_of([]).values()) == {None}
