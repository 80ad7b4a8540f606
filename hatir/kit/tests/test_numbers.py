"""Tax numbers, IBANs, e-mail addresses and money."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hatir.kit.email_address import InvalidEmail, is_email, normalise_email
from hatir.kit.iban import InvalidIban, check_iban, format_iban, is_iban
from hatir.kit.money import CurrencyMismatch, Money, total
from hatir.kit.tax_number import (
    InvalidTaxNumber,
    check_mersis,
    check_tax_number,
    check_tckn,
    check_vkn,
    is_mersis,
    is_placeholder,
    is_tckn,
    is_vkn,
    mask,
)


class TestTaxNumbers:
    @pytest.mark.parametrize("value", ["10000000146", "11111111110", "11111111111", "100 000 001 46"])
    def test_accepts_identity_numbers(self, value: str) -> None:
        assert is_tckn(value)

    @pytest.mark.parametrize("value", ["12345678901", "01234567890", "1000000014", "", "1000000014a", "١٠٠٠٠٠٠٠١٤٦"])
    def test_refuses_identity_numbers(self, value: str) -> None:
        assert not is_tckn(value)

    @pytest.mark.parametrize("value", ["1460415308", "7750409379", "1234567890", "9205121120", "2222222222"])
    def test_accepts_tax_numbers(self, value: str) -> None:
        assert is_vkn(value)

    @pytest.mark.parametrize("value", ["3333333301", "1234567891", "123456789", ""])
    def test_refuses_tax_numbers(self, value: str) -> None:
        assert not is_vkn(value)

    def test_registry_numbers_hold_a_right_number(self) -> None:
        assert is_mersis("0146041530800015")
        assert is_mersis("1000000014600001")
        assert not is_mersis("0146041530900015")
        assert not is_mersis("0222222222200001")
        assert check_mersis("0146-0415-3080-0015") == "0146041530800015"

    def test_gives_a_reason(self) -> None:
        with pytest.raises(InvalidTaxNumber, match="11"):
            check_tckn("123")
        with pytest.raises(InvalidTaxNumber, match="VKN"):
            check_vkn("1234567891")

    def test_length_chooses_the_kind(self) -> None:
        assert check_tax_number("146 041 5308") == "1460415308"
        assert check_tax_number("10000000146") == "10000000146"
        with pytest.raises(InvalidTaxNumber):
            check_tax_number("123")

    def test_placeholders_are_nobody(self) -> None:
        assert is_placeholder("11111111111")
        assert is_placeholder("2222222222")
        assert not is_placeholder("1460415308")

    def test_mask_shows_the_last_three(self) -> None:
        assert mask("1234567418") == "•••• ••• 418"
        assert mask("10000000146") == "•••• •••• 146"
        assert mask("12") == "••"


class TestIban:
    def test_accepts_and_formats(self) -> None:
        assert check_iban("tr33 0006 1005 1978 6457 8413 26") == "TR330006100519786457841326"
        assert format_iban("TR330006100519786457841326") == "TR33 0006 1005 1978 6457 8413 26"
        assert is_iban("DE89370400440532013000")

    @pytest.mark.parametrize("value", ["TR330006100519786457841327", "TR33", "", "XX12", "iban yok"])
    def test_refuses(self, value: str) -> None:
        with pytest.raises(InvalidIban) as caught:
            check_iban(value)
        assert str(caught.value)


class TestEmail:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            (" AYSE.YILDIRIM@Ornek.COM ", "ayse.yildirim@ornek.com"),
            ("INFO@IBB.GOV.TR", "info@ibb.gov.tr"),
            ("Ayşe <ayse@ornek.com>", "ayse@ornek.com"),
            ("mailto:a+b@ornek.com.tr", "a+b@ornek.com.tr"),
            ("satis@şirket.com.tr", "satis@şirket.com.tr"),
        ],
    )
    def test_tidies(self, text: str, address: str) -> None:
        assert normalise_email(text) == address

    @pytest.mark.parametrize(
        "text",
        [
            "", "a", "a@", "@b.com", "a@b", "a@@b.com", "a b@c.com", "a..b@c.com", ".a@c.com", "ayşe@c.com",
            "a@b..com", "a@-b.com", "a@b.c", "a@1.2.3.4", "a@b.com;c@d.com", "x" * 65 + "@b.com", "a@b_c.com",
        ],
    )  # fmt: skip
    def test_refuses_with_a_reason(self, text: str) -> None:
        assert not is_email(text)
        with pytest.raises(InvalidEmail) as caught:
            normalise_email(text)
        assert str(caught.value.reason)


def lira(amount: str) -> Money:
    """Make liras."""
    return Money(Decimal(amount), "TRY")


class TestMoney:
    def test_rounds_half_up(self) -> None:
        assert lira("0.125").amount == Decimal("0.13")
        assert lira("-0.125").amount == Decimal("-0.13")
        assert str(lira("-0.001")) == "0.00 TRY"

    def test_arithmetic(self) -> None:
        assert lira("10.10") + lira("0.95") == lira("11.05")
        assert lira("10") - lira("0.01") == lira("9.99")
        assert lira("19.99") * 3 == lira("59.97")
        assert lira("100").multiply(Decimal("0.18")) == lira("18")
        assert -lira("5") < lira("0")
        assert total([lira("1.50"), lira("2.50")], "TRY") == lira("4")
        assert total([], "USD") == Money.zero("USD")

    def test_refuses_floats(self) -> None:
        with pytest.raises(TypeError):
            Money(1.5, "TRY")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            lira("1") * 0.5  # type: ignore[operator]

    def test_refuses_mixed_currencies(self) -> None:
        with pytest.raises(CurrencyMismatch):
            lira("1") + Money(Decimal(1), "USD")

    @pytest.mark.parametrize("code", ["", "TL", "try", "TRYX", "₺₺₺"])
    def test_refuses_malformed_codes(self, code: str) -> None:
        with pytest.raises(ValueError, match="currency code"):
            Money(Decimal(1), code)

    def test_shares_out_without_losing_a_kurus(self) -> None:
        assert lira("100").allocate(3) == [lira("33.34"), lira("33.33"), lira("33.33")]
        assert lira("-100").allocate(3) == [lira("-33.34"), lira("-33.33"), lira("-33.33")]
        # 0.05 by 3:7 is 1.5 and 3.5 kuruş; the odd kuruş goes to the first equal remainder
        assert lira("0.05").allocate([3, 7]) == [lira("0.02"), lira("0.03")]
        assert lira("10").allocate([1, 0]) == [lira("10"), lira("0")]

    @given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=20))
    def test_shares_always_add_up(self, kurus: int, weights: list[int]) -> None:
        whole = Money(Decimal(kurus).scaleb(-2), "TRY")
        if sum(weights) == 0:
            with pytest.raises(ValueError, match="positive weight"):
                whole.allocate(weights)
        else:
            assert total(whole.allocate(weights), "TRY") == whole
