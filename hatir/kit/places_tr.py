"""The provinces (il) and districts (ilçe) of Türkiye, and recognising them in what people type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from hatir.kit.text_tr import fold

TABLE = Path(__file__).with_name("places_tr.txt")
SPELLINGS = {
    "afyonkarahisar": ("afyon",),
    "istanbul": ("ist",),
    "izmir": ("izm",),
    "kahramanmaras": ("maras", "k.maras", "k. maras"),
    "mersin": ("icel",),
    "sanliurfa": ("urfa", "s.urfa"),
    "gaziantep": ("antep", "g.antep"),
    "hakkari": ("hakkari",),
}
"""Other names in daily use, folded, by folded province."""
REGIONS: dict[str, tuple[int, ...]] = {
    "marmara": (10, 11, 16, 17, 22, 34, 39, 41, 54, 59, 77),
    "aegean": (3, 9, 20, 35, 43, 45, 48, 64),
    "mediterranean": (1, 7, 15, 31, 32, 33, 46, 80),
    "central_anatolia": (6, 18, 26, 38, 40, 42, 50, 51, 58, 66, 68, 70, 71),
    "black_sea": (5, 8, 14, 19, 28, 29, 37, 52, 53, 55, 57, 60, 61, 67, 69, 74, 78, 81),
    "eastern_anatolia": (4, 12, 13, 23, 24, 25, 30, 36, 44, 49, 62, 65, 75, 76),
    "southeastern_anatolia": (2, 21, 27, 47, 56, 63, 72, 73, 79),
}
"""Plate numbers of the provinces in each of the seven geographical regions (First Geography Congress, 1941)."""


@dataclass(frozen=True)
class Province:
    """An il: its plate number, name, telephone area codes, population and districts by name."""

    plate: int
    name: str
    area_codes: tuple[str, ...]
    population: int
    districts: tuple[str, ...]


@cache
def provinces() -> tuple[Province, ...]:
    """Give all 81 provinces by plate number, with their 973 districts in Turkish order."""
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, _colon, tail = line.partition(": ")
        plate, rest = head.split(" ", 1)
        name, codes, people = rest.rsplit(" ", 2)
        found.append(Province(int(plate), name, tuple(codes.split(",")), int(people), tuple(tail.split(", "))))
    return tuple(found)


@cache
def _by_fold() -> dict[str, Province]:
    named = {fold(province.name): province for province in provinces()}
    for name, others in SPELLINGS.items():
        named.update(dict.fromkeys(others, named[name]))
    return named


def find_province(text: str) -> Province | None:
    """Recognise a province in any Turkish spelling ("izmir", "IZMIR", "Antep"); None for anything else."""
    return _by_fold().get(fold(text))


@cache
def _region_by_plate() -> dict[int, str]:
    return {plate: region for region, plates in REGIONS.items() for plate in plates}


def region_of(city: str) -> str:
    """Give the geographical region of a city by the name of its province; "" for a city that is none."""
    province = find_province(city)
    return "" if province is None else _region_by_plate()[province.plate]


@lru_cache(maxsize=4096)
def tidy_place(city: str, district: str) -> tuple[str, str]:
    """Write city and district as they are officially written; unknown ones stay as given.

    A district alone, when it is the only one of its name, brings its province. A district and its province that
    stand in each other's place (as where the province is the "state") change places.
    """
    province = find_province(city)
    if province is None:
        swapped = find_province(district)
        if swapped is not None and fold(city) in {fold(d) for d in swapped.districts}:
            return tidy_place(district, city)
        if city or not district:
            return city, district
        owners = [p for p in provinces() if fold(district) in {fold(d) for d in p.districts}]
        if len(owners) != 1:
            return city, district
        province = owners[0]
    wanted = fold(district)
    return province.name, next((d for d in province.districts if fold(d) == wanted), district)
