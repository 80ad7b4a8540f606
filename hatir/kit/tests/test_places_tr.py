"""Provinces and districts, and recognising them."""

from __future__ import annotations

import pytest

from hatir.kit.places_tr import find_province, provinces, tidy_place


class TestProvinces:
    def test_are_81_with_973_districts(self) -> None:
        assert len(provinces()) == 81
        assert sum(len(province.districts) for province in provinces()) == 973

    def test_stand_by_plate_number(self) -> None:
        assert [province.plate for province in provinces()] == list(range(1, 82))
        assert provinces()[34].name == "İzmir"


class TestFindProvince:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("izmir", "İzmir"),
            ("IZMIR", "İzmir"),
            ("Antep", "Gaziantep"),
            ("İÇEL", "Mersin"),
            ("şanlıurfa", "Şanlıurfa"),
        ],
    )
    def test_reads_every_spelling(self, typed: str, name: str) -> None:
        found = find_province(typed)

        assert found is not None
        assert found.name == name

    def test_gives_none_for_a_foreign_city(self) -> None:
        assert find_province("Berlin") is None


class TestTidyPlace:
    @pytest.mark.parametrize(
        ("given", "tidied"),
        [
            (("izmir", "karsiyaka"), ("İzmir", "Karşıyaka")),
            (("", "bornova"), ("İzmir", "Bornova")),
            (("", "merkez"), ("", "merkez")),
            (("Berlin", "Kreuzberg"), ("Berlin", "Kreuzberg")),
            (("kadikoy", "istanbul"), ("İstanbul", "Kadıköy")),
            (("Kadıköy", "İzmir"), ("Kadıköy", "İzmir")),
        ],
    )
    def test_writes_places_officially(self, given: tuple[str, str], tidied: tuple[str, str]) -> None:
        assert tidy_place(*given) == tidied
