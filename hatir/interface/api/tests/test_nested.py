"""A record and its parts in one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hatir.foundation.records.registry import record_type
from hatir.interface.api.tests.conftest import Program
from tests.world.cast import Cast

Order: Any = record_type("commerce.order").model
OrderLine: Any = record_type("commerce.order_line").model


@pytest.fixture
def order(cast: Cast) -> dict[str, Any]:
    return {
        "customer": cast.lale_market.public_id,
        "ordered_on": "2026-11-02",
        "channel": "web",
        "prices_include_tax": False,
        "external_id": "WEB-1",
        "lines": [
            {"name": "Masa", "quantity": "2", "unit_price": "1500.00", "tax_percent": "20"},
            {"name": "Sandalye", "quantity": 4, "unit_price": "250.50", "tax_percent": "10", "discount_percent": "10"},
        ],
    }


class TestAnOrderWithItsLines:
    def test_is_stored_whole_and_answers_with_its_amounts(self, api: Program, order: dict[str, Any]) -> None:
        answer = api.send("POST", "/orders", order)

        # 2 × 1,500 = 3,000 + 600; 4 × 250.50 = 1,002 − 100.20 = 901.80 + 90.18
        assert answer.status_code == 201, answer.content
        told = answer.json()
        assert (told["net"], told["tax"], told["total"], told["line_count"]) == ("3901.80", "690.18", "4591.98", 2)
        stored = OrderLine.objects.order_by("position").values_list("name", "position", "total")
        assert [(name, at, str(total)) for name, at, total in stored] == [
            ("Masa", 1, "3600.00"), ("Sandalye", 2, "991.98")
        ]  # fmt: skip

    def test_is_not_stored_at_all_when_a_line_is_wrong(self, api: Program, order: dict[str, Any]) -> None:
        order["lines"][1] |= {"quantity": "iki", "colour": "red"}

        answer = api.send("POST", "/orders", order, Accept_Language="en")

        assert answer.status_code == 422
        assert sorted(answer.json()["errors"]) == ["lines.1.colour", "lines.1.quantity"]
        assert (Order.objects.count(), OrderLine.objects.count()) == (0, 0)

    def test_cannot_have_lines_of_another_order(self, api: Program, order: dict[str, Any]) -> None:
        first = api.send("POST", "/orders", order).json()["id"]
        order["lines"] = [{"order": first, "name": "Lamba", "quantity": 1, "unit_price": "10", "tax_percent": "20"}]
        order["external_id"] = "WEB-2"

        second = api.send("POST", "/orders", order).json()

        assert second["line_count"] == 1
        assert Order.objects.get(external_id="WEB-1").line_count == 2

    @pytest.mark.parametrize("lines", ["Masa", {"name": "Masa"}, ["Masa"], [{}] * 1001])
    def test_needs_a_list_of_objects(self, api: Program, order: dict[str, Any], lines: Any) -> None:
        answer = api.send("POST", "/orders", {**order, "lines": lines})

        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["lines"])
        assert Order.objects.count() == 0

    def test_of_somebody_who_may_not_add_lines_is_refused_whole(
        self, cast: Cast, program: Callable[..., Program], order: dict[str, Any]
    ) -> None:
        limited = program(cast.admin, "create:commerce.order", "view:*")

        answer = limited.send("POST", "/orders", order)

        assert answer.status_code == 403
        assert (Order.objects.count(), OrderLine.objects.count()) == (0, 0)


class TestManyOrders:
    def test_go_in_with_their_lines_and_a_wrong_one_stays_out_alone(self, api: Program, order: dict[str, Any]) -> None:
        good = {**order, "external_id": "A"}
        bad = {**order, "external_id": "B", "lines": [{"name": "Masa", "quantity": "0", "unit_price": "1"}]}
        last = {**order, "external_id": "C", "lines": order["lines"][:1]}

        told = api.send("POST", "/orders/bulk", {"items": [{"values": one} for one in (good, bad, last)]}).json()

        assert [item["status"] for item in told["data"]] == [201, 422, 201]
        assert list(told["data"][1]["problem"]["errors"]) == ["lines.0.quantity"]
        assert dict(Order.objects.values_list("external_id", "line_count")) == {"A": 2, "C": 1}
        assert OrderLine.objects.count() == 3
