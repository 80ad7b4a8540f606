from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from hatir.domains.planning.rules import (
    NoSuchRepeat,
    following,
    in_working_days,
    occurrences,
    proposal_after,
    read_repeat,
    urgency,
)

ISTANBUL, BERLIN = ZoneInfo("Europe/Istanbul"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def days(rule: str, start: datetime, count: int, zone: ZoneInfo = ISTANBUL) -> list[str]:
    far = start + timedelta(days=365 * 12)
    found = list(occurrences(rule, start, zone, after=start, before=far))[:count]
    return [f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in found]


class TestUrgency:
    def test_is_value_times_probability_times_delay(self) -> None:
        due = urgency(Decimal(486_000), 68, NOW, NOW)
        late = urgency(Decimal(64_500), 50, NOW - timedelta(days=7), NOW)

        assert due == Decimal("330480")  # 486,000 × 0.68 × 1
        assert late == Decimal("64500")  # 64,500 × 0.50 × (1 + 7/7)

    def test_grows_no_more_after_three_weeks(self) -> None:
        assert urgency(Decimal(10_000), 50, NOW - timedelta(days=21), NOW) == Decimal(20_000)
        assert urgency(Decimal(10_000), 50, NOW - timedelta(days=400), NOW) == Decimal(20_000)

    def test_is_half_from_a_day_ahead_on(self) -> None:
        assert urgency(Decimal(10_000), 50, NOW + timedelta(days=1), NOW) == Decimal(2_500)
        assert urgency(Decimal(10_000), 50, None, NOW) == Decimal(2_500)

    def test_counts_what_is_worth_nothing_known_as_a_thousand(self) -> None:
        assert urgency(None, None, NOW, NOW) == Decimal(500)
        assert urgency(Decimal(0), None, NOW, NOW, priority="high") == Decimal(1000)


class TestProposal:
    def test_calls_again_on_the_next_working_day_when_nobody_answered(self) -> None:
        found = proposal_after("call", "no_answer")
        friday = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)

        assert found is not None
        assert (found.kind, found.days) == ("call", 1)
        assert in_working_days(friday, found.days, ISTANBUL) == datetime(2026, 11, 30, 12, 30, tzinfo=UTC)

    def test_repeats_a_visit_that_did_not_take_place(self) -> None:
        found = proposal_after("visit", "no_show")

        assert found is not None
        assert (found.kind, found.days) == ("visit", 1)

    def test_is_silent_about_what_is_no_longer_needed(self) -> None:
        assert proposal_after("todo", "not_needed") is None


class TestRepetition:
    def test_every_year_on_29_february_is_the_last_day_of_february(self) -> None:
        start = datetime(2028, 2, 29, 9, 0, tzinfo=ISTANBUL)
        rule = read_repeat("her yıl", start, ISTANBUL)

        assert days(rule, start, 5) == [
            "2028-02-29 09:00", "2029-02-28 09:00", "2030-02-28 09:00", "2031-02-28 09:00", "2032-02-29 09:00",
        ]  # fmt: skip

    def test_a_rule_of_rfc_5545_is_taken_at_its_word(self) -> None:
        start = datetime(2028, 2, 29, 9, 0, tzinfo=ISTANBUL)
        rule = read_repeat("FREQ=YEARLY", start, ISTANBUL)

        assert days(rule, start, 2) == ["2028-02-29 09:00", "2032-02-29 09:00"]

    def test_every_month_on_the_31st_is_the_last_day_of_shorter_months(self) -> None:
        start = datetime(2027, 12, 31, 9, 0, tzinfo=ISTANBUL)
        rule = read_repeat("every month", start, ISTANBUL)

        assert days(rule, start, 4) == [
            "2027-12-31 09:00", "2028-01-31 09:00", "2028-02-29 09:00", "2028-03-31 09:00",
        ]  # fmt: skip

    def test_keeps_the_clock_time_when_the_zone_changes_its_offset(self) -> None:
        start = datetime(2026, 10, 24, 9, 0, tzinfo=BERLIN)
        found = list(occurrences("FREQ=DAILY", start, BERLIN, after=start, before=start + timedelta(days=3)))

        assert [at.hour for at in found] == [7, 8, 8]
        assert days("FREQ=DAILY", start, 2, BERLIN) == ["2026-10-24 09:00", "2026-10-25 09:00"]

    def test_goes_on_with_the_next_one_still_to_come(self) -> None:
        start = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)

        found = following("FREQ=DAILY;COUNT=10", start, ISTANBUL, at=NOW)

        assert found == (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), "FREQ=DAILY;COUNT=6")

    def test_ends_with_its_count_and_with_its_last_day(self) -> None:
        start = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
        until = read_repeat("FREQ=DAILY;UNTIL=20261121", start, ISTANBUL)

        assert following("FREQ=DAILY;COUNT=2", start, ISTANBUL, at=NOW) is None
        assert until == "FREQ=DAILY;UNTIL=20261121T205959Z"
        assert following(until, start, ISTANBUL, at=NOW) is None

    def test_leaves_out_what_is_excepted(self) -> None:
        start = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
        without = ["2026-11-21T06:00:00+00:00"]

        found = occurrences(
            "FREQ=DAILY", start, ISTANBUL, after=start, before=start + timedelta(days=3), without=without
        )

        assert [at.day for at in found] == [20, 22]

    @pytest.mark.parametrize("text", ["bazen", "FREQ=SOMETIMES", "FREQ=DAILY;UNTIL=yarın", "FREQ=DAILY\nX:1"])
    def test_refuses_what_it_does_not_know(self, text: str) -> None:
        with pytest.raises(NoSuchRepeat):
            read_repeat(text, NOW, ISTANBUL)
