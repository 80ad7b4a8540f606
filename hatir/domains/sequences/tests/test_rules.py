"""Rules by themselves: which step follows, waits, limits, words with fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hatir.domains.sequences import rules
from hatir.domains.sequences.rules import Lacking, Sent, Unbalanced, filled, following, moved, room_for, unknown_in
from hatir.kit.working_time import Calendar

ISTANBUL = ZoneInfo("Europe/Istanbul")
OFFICE = Calendar(ISTANBUL)


@dataclass(frozen=True)
class Place:
    pk: int
    position: int


A, B, C = Place(11, 1), Place(12, 2), Place(13, 3)


class TestFollowing:
    def test_begins_with_the_first_and_goes_on_in_order(self) -> None:
        assert following([A, B, C], None, ()) == A
        assert following([A, B, C], A, {11}) == B
        assert following([A, B, C], C, {11, 12, 13}) is None

    def test_goes_on_from_the_place_of_a_step_that_was_removed(self) -> None:
        assert following([A, C], B, {11}) == C

    def test_takes_no_step_twice(self) -> None:
        # C was taken, then moved to the front, then B was inserted before it.
        assert following([C, A, B], None, {13}) == A

    def test_order_moves_one_and_keeps_the_others(self) -> None:
        assert moved([1, 2, 3, 4], 4, 0) == [4, 1, 2, 3]
        assert moved([1, 2, 3], 1, 2) == [2, 3, 1]
        assert moved([1, 2, 3], 2, 99) == [1, 3, 2]


class TestWaits:
    def test_in_working_days_pass_over_the_weekend_and_plain_ones_do_not(self) -> None:
        friday = datetime(2026, 11, 27, 15, tzinfo=ISTANBUL)
        assert rules.wait_end(friday, 2, "working", OFFICE) == datetime(2026, 12, 1, 15, tzinfo=ISTANBUL)
        assert rules.wait_end(friday, 2, "days", OFFICE) == datetime(2026, 11, 29, 15, tzinfo=ISTANBUL)


class TestRoom:
    def test_is_what_all_three_limits_leave(self) -> None:
        # 120 an hour are 2 a minute.
        assert room_for(Sent(0, 0, 0), per_hour=120, per_day=500) == 2
        assert room_for(Sent(1, 50, 50), per_hour=120, per_day=500) == 1
        assert room_for(Sent(0, 120, 120), per_hour=120, per_day=500) == 0
        assert room_for(Sent(0, 10, 500), per_hour=120, per_day=500) == 0

    def test_is_never_less_than_nothing(self) -> None:
        assert room_for(Sent(9, 99, 999), per_hour=20, per_day=80) == 0

    def test_spreads_few_mails_one_a_minute(self) -> None:
        assert rules.most_a_minute(20) == 1
        assert rules.most_a_minute(61) == 2


class TestWords:
    def test_are_known_in_turkish_and_english_in_any_spelling(self) -> None:
        text = "{{ad}} {{First_Name}} {{ AD SOYAD }} {{şirket}} {{Şehir}} {{sehir}}"
        assert [field.key for field in rules.fields_in(text)] == [
            "first_name", "first_name", "full_name", "company", "city", "city",
        ]  # fmt: skip

    def test_that_nobody_has_are_named_with_what_was_meant(self) -> None:
        found = unknown_in("{{firmaa}} {{xyzq}}", rules.LEADS)
        assert [(one.name, one.near) for one in found] == [("firmaa", "company"), ("xyzq", "")]

    def test_of_deals_are_unknown_elsewhere(self) -> None:
        assert [one.name for one in unknown_in("{{fırsat}}", rules.CUSTOMERS)] == ["fırsat"]
        assert unknown_in("{{fırsat}}", rules.DEALS) == []

    @pytest.mark.parametrize("text", ["{{ad", "ad}}", "{{ad}", "{{a{{d}}"])
    def test_need_their_braces(self, text: str) -> None:
        with pytest.raises(Unbalanced):
            unknown_in(text, rules.LEADS)

    def test_are_filled_in_with_others_where_there_is_nothing(self) -> None:
        text = "Sayın {{ad|yetkili}}, {{firma}}"
        assert filled(text, {"first_name": "Ayşe", "company": "Lale"}) == "Sayın Ayşe, Lale"
        assert filled(text, {"company": "Lale"}) == "Sayın yetkili, Lale"

    def test_without_value_are_told_by_the_name_that_was_typed(self) -> None:
        with pytest.raises(Lacking) as lacking:
            filled("{{şirket}} {{ad}} {{şirket}}", {})
        assert lacking.value.names == ("şirket", "ad")
        assert filled("{{şirket}}!", {}, blank="–") == "–!"

    def test_in_values_stay_text(self) -> None:
        assert filled("{{ad}}", {"first_name": "{{soyad}}"}) == "{{soyad}}"

    def test_are_read_without_a_record_too(self) -> None:
        assert rules.as_read("{{ad|Merhaba}}, {{fırsat}} için") == "Merhaba, [fırsat] için"
