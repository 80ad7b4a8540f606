"""Telephone numbers in the spellings people use."""

import random

import phonenumbers
import pytest

from hatir.kit.phone import normalise_phone


class TestNormalisePhone:
    @pytest.mark.parametrize(
        "raw",
        [
            "0555 010 24 68", "+90 (555) 010-24-68", "90 555 010 24 68", "5550102468", "00905550102468",
            "00 90 555 0102468", "(0555) 0102468", "+90 (0) 555 010 24 68", "905550102468", "0555.010.24.68",
            "0 555 010 24 68", "Tel: 0555 010 24 68", "555-010-2468",
        ],
    )  # fmt: skip
    def test_reads_every_spelling_of_a_mobile(self, raw: str) -> None:
        phone = normalise_phone(raw)

        assert (phone.e164, phone.kind, phone.display) == ("+905550102468", "mobile", "0555 010 24 68")
        assert phone.raw == raw

    @pytest.mark.parametrize(
        ("raw", "e164", "kind", "display"),
        [
            ("0212 293 10 20", "+902122931020", "landline", "0212 293 10 20"),
            ("444 0 375", "+904440375", "service", "444 0 375"),
            ("444 03 75", "+904440375", "service", "444 0 375"),
            ("0850 222 04 44", "+908502220444", "service", "0850 222 04 44"),
            ("0800 211 40 25", "+908002114025", "toll_free", "0800 211 40 25"),
            ("+49 30 901820", "+4930901820", "foreign", "+49 30 901820"),
            ("555-123-4567", "+905551234567", "mobile", "0555 123 45 67"),
        ],
    )
    def test_kinds(self, raw: str, e164: str, kind: str, display: str) -> None:
        phone = normalise_phone(raw)

        assert (phone.e164, phone.kind, phone.display) == (e164, kind, display)

    @pytest.mark.parametrize(
        ("raw", "extension"),
        [
            ("0212 293 10 20 dahili 123", "123"),
            ("0212 293 10 20 Dahili: 12", "12"),
            ("0212 293 10 20 (dah. 5)", "5"),
            ("0212 293 10 20 ext. 44", "44"),
            ("02122931020x44", "44"),
            ("0212 293 10 20 #7", "7"),
            ("0212 293 10 20 İç hat 7", "7"),
        ],
    )
    def test_keeps_the_extension(self, raw: str, extension: str) -> None:
        phone = normalise_phone(raw)

        assert (phone.e164, phone.extension) == ("+902122931020", extension)
        assert phone.display == f"0212 293 10 20 / {extension}"

    @pytest.mark.parametrize("raw", ["", "yok", "123", "0555 010", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7"])
    def test_never_loses_what_it_cannot_read(self, raw: str) -> None:
        phone = normalise_phone(raw)

        assert (phone.raw, phone.e164, phone.kind, phone.display) == (raw, None, "unknown", raw)

    def test_another_region_reads_its_own_numbers(self) -> None:
        assert normalise_phone("030 901820", region="DE").e164 == "+4930901820"

    def test_reads_plain_spellings_as_the_whole_plan_does(self) -> None:
        chance = random.Random(7)
        heads = [f"{area}{chance.randrange(10**7):07}" for area in range(200, 600) for _n in range(3)]
        spellings = ("{}", "0{}", "+90{}", "0090{}", "90{}", "0{} ")

        for national in heads:
            raw = chance.choice(spellings).format(national)
            number = phonenumbers.parse(raw.replace("0090", "+90"), "TR")
            wanted = f"+90{national}" if phonenumbers.is_valid_number(number) else None
            assert (raw, normalise_phone(raw).e164) == (raw, wanted)
