"""Barcodes: check digits of GS1."""

from __future__ import annotations

import pytest

from hatir.kit.gtin import check_digit, is_gtin, looks_like_gtin


class TestCheckDigit:
    def test_follows_the_example_of_gs1(self) -> None:
        # 629104150021: 6+2·3+9+1·3+0+4·3+1+5·3+0+0+2+1·3 = 57, to 60 are 3
        assert check_digit("629104150021") == 3


class TestIsGtin:
    @pytest.mark.parametrize("text", ["6291041500213", "96385074", "036000291452", "10012345678902"])
    def test_takes_every_length(self, text: str) -> None:
        assert is_gtin(text)

    @pytest.mark.parametrize("text", ["6291041500214", "629104150021", "", "ABC-1", "٦٢٩١٠٤١٥"])
    def test_refuses_wrong_digits_and_other_texts(self, text: str) -> None:
        assert not is_gtin(text)

    def test_an_own_code_has_no_shape_of_one(self) -> None:
        assert (looks_like_gtin("MASA-160"), looks_like_gtin("6291041500214")) == (False, True)
