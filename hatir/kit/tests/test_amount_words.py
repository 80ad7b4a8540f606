"""Amounts in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hatir.kit.amount_words import amount_in_words, number_in_words


class TestNumberInWords:
    @pytest.mark.parametrize(
        ("number", "words"),
        [
            (0, "sıfır"),
            (7, "yedi"),
            (40, "kırk"),
            (100, "yüz"),
            (1000, "bin"),
            (1001, "bin bir"),
            (2000, "iki bin"),
            (101_100, "yüz bir bin yüz"),
            (1_000_000, "bir milyon"),
            (1_001_000, "bir milyon bin"),
            (987_654_321, "dokuz yüz seksen yedi milyon altı yüz elli dört bin üç yüz yirmi bir"),
            (-5, "eksi beş"),
        ],
    )
    def test_says_it_as_people_do(self, number: int, words: str) -> None:
        assert number_in_words(number) == words

    def test_refuses_what_has_no_name(self) -> None:
        with pytest.raises(ValueError, match="too large"):
            number_in_words(10**18)


class TestAmountInWords:
    @pytest.mark.parametrize(
        ("amount", "currency", "words"),
        [
            ("1200.50", "TRY", "yalnız bin iki yüz lira elli kuruş"),
            ("1000", "TRY", "yalnız bin lira"),
            ("0.05", "TRY", "yalnız beş kuruş"),
            ("0", "TRY", "yalnız sıfır lira"),
            ("12.345", "TRY", "yalnız on iki lira otuz beş kuruş"),  # half up
            ("-3.10", "TRY", "yalnız eksi üç lira on kuruş"),
            ("21.01", "EUR", "yalnız yirmi bir avro bir sent"),
            ("5", "KZT", "yalnız beş KZT"),
        ],
    )
    def test_names_whole_and_hundredth(self, amount: str, currency: str, words: str) -> None:
        assert amount_in_words(Decimal(amount), currency) == words
