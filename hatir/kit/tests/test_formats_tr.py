"""Writing and reading numbers, dates and relative times."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from hatir.kit import formats_tr as f
from hatir.kit.parsing_tr import parse_date, parse_datetime, parse_decimal

ISTANBUL = ZoneInfo("Europe/Istanbul")
D = Decimal


class TestNumbers:
    def test_number(self) -> None:
        assert f.format_number(D("184250.50"), decimals=2) == "184.250,50"
        assert f.format_number(D("184250.50"), decimals=2, language="en") == "184,250.50"
        assert f.format_number(-1234567) == "-1.234.567"
        assert f.format_number(D("12.30")) == "12,3"

    def test_rounds_half_up(self) -> None:
        assert f.format_number(D("0.125"), decimals=2) == "0,13"
        assert f.format_number(D("-0.001"), decimals=2) == "0,00"

    def test_refuses_float(self) -> None:
        with pytest.raises(TypeError):
            f.format_number(1.5, decimals=1)  # type: ignore[arg-type]

    def test_percent_and_change(self) -> None:
        assert f.format_percent(D("12.4")) == "%12,4"
        assert f.format_percent(D("12.4"), language="en") == "12.4%"
        assert f.format_change(D("9.2")) == "+%9,2"
        assert f.format_change(D("-9.2")) == "-%9,2"
        assert f.format_change(D("0")) == "%0"

    def test_money(self) -> None:
        assert f.format_money(184250) == "₺184.250"
        assert f.format_money(D("184250.50")) == "₺184.250,50"
        assert f.format_money(D("-12.5"), "USD", language="en") == "-$12.50"
        assert f.format_money(1000, "CHF") == "1.000 CHF"

    @pytest.mark.parametrize(
        ("value", "tr", "en"),
        [
            (482_310, "482 bin", "482K"),
            (4_800_000, "4,8 mn", "4.8M"),
            (950, "950", "950"),
            (1000, "1 bin", "1K"),
            (12_500, "12,5 bin", "12.5K"),
            (999_950, "1 mn", "1M"),
            (-2_300_000_000, "-2,3 mr", "-2.3B"),
            (0, "0", "0"),
        ],
    )
    def test_compact(self, value: int, tr: str, en: str) -> None:
        assert f.format_compact(value) == tr
        assert f.format_compact(value, language="en") == en

    def test_compact_money(self) -> None:
        assert f.format_compact_money(482_000) == "₺482 bin"
        assert f.format_compact_money(D("4800000")) == "₺4,8 mn"


class TestDates:
    day = date(2026, 11, 21)

    def test_forms(self) -> None:
        assert f.format_date(self.day) == "21 Kasım 2026"
        assert f.format_date(self.day, language="en") == "21 November 2026"
        assert f.format_short_date(self.day) == "21.11.2026"
        assert f.format_weekday(self.day) == "Cumartesi"
        assert f.format_full_date(self.day) == "21 Kasım 2026 Cumartesi"
        assert f.format_full_date(self.day, language="en") == "Saturday 21 November 2026"
        assert f.format_day_month(self.day) == "21 Kasım"
        assert f.format_time(datetime(2026, 11, 21, 12, 30, tzinfo=UTC), ISTANBUL) == "15:30"

    @pytest.mark.parametrize(
        ("ago", "tr", "en"),
        [
            (timedelta(seconds=20), "Şimdi", "Just now"),
            (timedelta(minutes=5), "5 dk önce", "5 min ago"),
            (timedelta(hours=2), "2 sa önce", "2 h ago"),
            (timedelta(hours=20), "Dün", "Yesterday"),
            (timedelta(days=11), "11 gün önce", "11 days ago"),
            (timedelta(days=65), "2 ay önce", "2 months ago"),
            (timedelta(days=400), "1 yıl önce", "1 year ago"),
            (timedelta(minutes=-5), "5 dk sonra", "in 5 min"),
            (timedelta(days=-1), "Yarın", "Tomorrow"),
            (timedelta(days=-3), "3 gün sonra", "in 3 days"),
        ],
    )
    def test_relative(self, ago: timedelta, tr: str, en: str) -> None:
        now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

        assert f.format_relative(now - ago, now=now, zone=ISTANBUL) == tr
        assert f.format_relative(now - ago, now=now, zone=ISTANBUL, language="en") == en


class TestParseDate:
    @pytest.mark.parametrize(
        "text", ["21.11.2026", "20261121", "21/11/2026", "21-11-2026", "2026-11-21", " 21.11.26 ", "21. 11. 2026"]
    )
    def test_reads_every_spelling(self, text: str) -> None:
        assert parse_date(text) == date(2026, 11, 21)

    def test_two_digit_years_turn_at_69(self) -> None:
        assert parse_date("1.2.69") == date(1969, 2, 1)
        assert parse_date("1.2.68") == date(2068, 2, 1)

    @pytest.mark.parametrize("text", ["", "31.02.2026", "11/21/2026", "21.11/2026", "17261121", "20261321", "bugün"])
    def test_refuses(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"date|day|month"):
            parse_date(text)

    def test_datetime(self) -> None:
        expected = datetime(2026, 11, 21, 15, 30, tzinfo=ISTANBUL)

        assert parse_datetime("21.11.2026 15:30", ISTANBUL) == expected
        assert parse_datetime("2026-11-21T12:30:00+00:00", ISTANBUL) == expected
        assert parse_datetime("2026-11-21T12:30:00Z", ISTANBUL) == expected
        assert parse_datetime("21.11.2026", ISTANBUL).hour == 0


class TestParseDecimal:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1234.56", "1234.56"),
            ("1234,56", "1234.56"),
            ("1.234", "1234"),
            ("1,234", "1.234"),
            ("0.125", "0.125"),
            ("1.234.567", "1234567"),
            ("1,234,567", "1234567"),
            ("1234.567", "1234.567"),
            ("₺ 1.250,50", "1250.50"),
            ("1 250,50 TL", "1250.50"),
            ("%12,4", "12.4"),
            ("-5", "-5"),
            ("5-", "-5"),
            ("(12,5)", "-12.5"),
            (",5", "0.5"),
            ("7", "7"),
            ("8.48E10", "84800000000"),
            ("1,39E+10", "13900000000"),
        ],
    )
    def test_known_answers(self, text: str, value: str) -> None:
        assert parse_decimal(text) == D(value)

    def test_a_known_mark_decides(self) -> None:
        assert parse_decimal("1,234", decimal_mark=".") == D("1234")
        assert parse_decimal("1.234", decimal_mark=".") == D("1.234")
        assert parse_decimal("1.234", decimal_mark=",") == D("1234")

    @pytest.mark.parametrize("text", ["", "abc", "1.23.45", "12,34,56", "1..2", "1e5", "--1", "٣", "1.2345,6"])
    def test_refuses(self, text: str) -> None:
        with pytest.raises(ValueError, match="not a number"):
            parse_decimal(text)
