"""Amounts of a document: every sum reckoned by hand, and every way of adding up gives the same."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from hatir.kit.document_amounts import DiscountTooLarge, LineInput, TaxLine, WithholdingLine, document_amounts, spread

D = Decimal


def line(quantity: str, price: str, tax: str = "20", off: str = "0", code: str = "", part: str = "0") -> LineInput:
    return LineInput(D(quantity), D(price), D(off), D(tax), code, D(part))


class TestPricesWithoutTax:
    def test_reckon_line_discount_tax_and_total(self) -> None:
        # 3 × 149.90 = 449.70; −10 % = 44.97 → 404.73; KDV 20 % of it = 80.946 → 80.95
        found = document_amounts([line("3", "149.90", off="10")], with_tax=False)

        assert (found.gross, found.discount, found.net, found.tax, found.total) == (
            D("449.70"), D("44.97"), D("404.73"), D("80.95"), D("485.68"),
        )  # fmt: skip

    def test_tax_is_reckoned_once_for_a_rate_and_shared_out(self) -> None:
        # Each line alone: 0.33 × 20 % = 0.066 → 0.07, three of them 0.21; together: 0.99 × 20 % = 0.198 → 0.20
        found = document_amounts([line("1", "0.33")] * 3, with_tax=False)

        assert found.taxes == (TaxLine(D(20), D("0.99"), D("0.20")),)
        assert [one.tax for one in found.lines] == [D("0.07"), D("0.07"), D("0.06")]

    def test_each_rate_has_its_line_in_the_breakdown(self) -> None:
        # 2 × 50 at 1 %: base 100, tax 1; 1 × 200 at 10 %: 20; 4 × 12.50 at 20 %: base 50, tax 10
        lines = [line("2", "50", "1"), line("1", "200", "10"), line("4", "12.50", "20")]

        found = document_amounts(lines, with_tax=False)

        assert found.taxes == (
            TaxLine(D(1), D("100.00"), D("1.00")),
            TaxLine(D(10), D("200.00"), D("20.00")),
            TaxLine(D(20), D("50.00"), D("10.00")),
        )
        assert (found.net, found.tax, found.total) == (D("350.00"), D("31.00"), D("381.00"))

    def test_half_a_kurus_goes_up(self) -> None:
        # 1.5 × 0.35 = 0.525 → 0.53
        assert document_amounts([line("1.5", "0.35", "0")], with_tax=False).net == D("0.53")


class TestPricesWithTax:
    def test_the_customer_pays_the_price_on_the_tag(self) -> None:
        # 1 × 99.90 with 20 %: base 99.90 ÷ 1.20 = 83.25, tax 16.65
        found = document_amounts([line("1", "99.90")], with_tax=True)

        assert (found.net, found.tax, found.total) == (D("83.25"), D("16.65"), D("99.90"))

    def test_lines_of_a_rate_add_up_to_it(self) -> None:
        # 3 × 9.99 = 29.97 at 10 %: base 27.2454… → 27.25, tax 2.72; exact taxes 0.90818 each → 0.91, 0.91, 0.90
        found = document_amounts([line("1", "9.99", "10")] * 3, with_tax=True)

        assert found.taxes == (TaxLine(D(10), D("27.25"), D("2.72")),)
        assert [one.tax for one in found.lines] == [D("0.91"), D("0.91"), D("0.90")]
        assert [one.total for one in found.lines] == [D("9.99")] * 3


class TestDiscountOfTheDocument:
    def test_is_shared_out_without_losing_a_kurus(self) -> None:
        # 100 off 300 (three lines of 100): 33.34 + 33.33 + 33.33
        found = document_amounts([line("1", "100")] * 3, with_tax=False, discount=D(100))

        assert [one.share for one in found.lines] == [D("33.34"), D("33.33"), D("33.33")]
        assert (found.net, found.tax) == (D("200.00"), D("40.00"))

    def test_cannot_be_more_than_the_lines_are_worth(self) -> None:
        with pytest.raises(DiscountTooLarge):
            document_amounts([line("1", "10")], with_tax=False, discount=D("10.01"))


class TestTevkifat:
    def test_follows_the_sample_of_the_tax_office(self) -> None:
        # Sample of GİB: 20 000 at 18 % = 3 600, 90 % of it withheld = 3 240; payable 23 600 − 3 240 = 20 360
        found = document_amounts([line("1", "20000", "18", code="602", part="90")], with_tax=False)

        assert found.withholdings == (WithholdingLine("602", D(90), D("3600.00"), D("3240.00")),)
        assert (found.total, found.payable) == (D("23600.00"), D("20360.00"))


class TestEverySum:
    @pytest.mark.parametrize("with_tax", [True, False])
    def test_adds_up_whatever_the_lines(self, with_tax: bool) -> None:
        chance = random.Random(7)
        for _round in range(200):
            lines = [
                LineInput(
                    D(chance.randint(1, 9000)) / 1000,
                    D(chance.randint(1, 999_999)) / 10_000,
                    D(chance.choice((0, 0, 5, 33))),
                    D(chance.choice((0, 1, 10, 20))),
                )
                for _line in range(chance.randint(1, 12))
            ]

            found = document_amounts(lines, with_tax=with_tax, discount=D("0.03"))

            assert found.net == sum(one.net for one in found.lines) == sum(one.base for one in found.taxes)
            assert found.tax == sum(one.tax for one in found.lines) == sum(one.tax for one in found.taxes)
            assert found.gross - found.discount == (found.total if with_tax else found.net)

    def test_no_lines_cost_nothing(self) -> None:
        assert document_amounts([], with_tax=True).total == D("0.00")


class TestSpread:
    def test_gives_what_is_left_to_the_largest_remainders(self) -> None:
        # Down to the kuruş: 0.03 each, one kuruş is left; the third has the largest remainder (0.005)
        assert spread(D("0.10"), [D("0.0349"), D("0.0301"), D("0.0350")]) == [D("0.03"), D("0.03"), D("0.04")]

    def test_keeps_the_sign_of_returns(self) -> None:
        assert spread(D("-0.20"), [D("-0.066")] * 3) == [D("-0.07"), D("-0.07"), D("-0.06")]
