"""What is alike: Turkish spellings and slips of the finger, weighed; and how well that does on sets of known truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps

from bench.duplicates import DATA, SETS, quality
from hatir.foundation.merging.blocking import keys
from hatir.foundation.merging.comparing import CLOSE, DIFFERENT, OF_KIND, SAME, SIMILAR, names
from hatir.foundation.merging.comparisons import Compare
from hatir.foundation.merging.features import CompareKind, form, sound
from hatir.foundation.merging.finding import Pool
from hatir.foundation.merging.weighing import Scale, Weights, as_stored, bits_of, from_stored, score_of

PERSON = (Compare("name", ("given_name", "family_name")), Compare("phone", ("phone",)), Compare("date", ("birth_on",)))


class TestForms:
    @pytest.mark.parametrize(
        ("kind", "one", "other"),
        [
            ("name", "IŞIK", "ışık"),
            ("name", "Mehmed", "MEHMET"),
            ("name", "Muhammed", "Mehmet"),
            ("name", "Receb", "Recep"),
            ("company", "LALE MARKET SANAYİ VE TİCARET LİMİTED ŞİRKETİ", "Lale Market San. ve Tic. Ltd. Şti."),
            ("phone", "0532 111 22 33", "+90 (532) 111-2233"),
            ("address", "Gül Mah. Lale Sok. No:5 D:3", "Gül Mahallesi Lale Sk. 5 Daire 3"),
            ("address", "Atatürk Cad. 12/4", "ATATURK CADDESI 12 4"),
            ("place", "Antep", "GAZİANTEP"),
            ("number", "123 456 7890", "1234567890"),
            ("date", "1990-05-04", "19900504"),
        ],
    )
    def test_two_spellings_have_one_form(self, kind: CompareKind, one: str, other: str) -> None:
        assert form(kind, [one]) == form(kind, [other])

    def test_a_name_is_heard(self) -> None:
        assert [sound(form("name", [name])) for name in ("Yıldırım", "Yildirim", "Yıldrım")] == ["iltrm"] * 3


class TestLevels:
    @pytest.mark.parametrize(
        ("kind", "one", "other", "level"),
        [
            ("name", "Yıldırım", "Yıldrım", CLOSE),
            ("name", "Ali Can", "Ali", SIMILAR),
            ("name", "Robert", "Rob", SIMILAR),
            ("name", "Hasan", "Emrecan", DIFFERENT),
            ("date", "1990-05-04", "1990-04-05", CLOSE),
            ("date", "1990-05-04", "1991-05-04", CLOSE),
            ("date", "1990-05-04", "1972-05-04", SIMILAR),
            ("date", "1990-05-04", "1972-11-30", DIFFERENT),
            ("number", "1234567890", "1234567809", CLOSE),
            ("place", "İzmir", "İzmr", CLOSE),
            ("phone", "0532 111 22 33", "0532 111 22 34", CLOSE),
            ("phone", "0532 111 22 33", "0216 333 44 55", DIFFERENT),
            ("email", "elif.kaya@ornek.com", "elif.kaya@gmail.com", CLOSE),
            ("email", "elif.kaya@ornek.com", "elif.kaya@ornek.com", SAME),
        ],
    )
    def test_of_one_pair(self, kind: CompareKind, one: str, other: str, level: int) -> None:
        assert OF_KIND[kind](form(kind, [one]), form(kind, [other])) == level

    def test_a_name_the_other_way_round_is_the_same(self) -> None:
        assert names(("kaya", "elif"), ("elif", "kaya")) == (SAME, SAME)
        assert names(("ali", "kaya"), ("veli", "kaya")) == (DIFFERENT, SAME)


class TestWeights:
    def verdict(self, one: list[list[str]], other: list[list[str]], weights: Weights | None = None) -> int:
        scale = Scale(PERSON, weights or Weights())
        forms = [tuple(form(c.kind, v) for c, v in zip(PERSON, row, strict=True)) for row in (one, other)]
        return scale.explain(forms[0], forms[1]).score

    def test_a_rare_name_says_more_than_a_common_one(self) -> None:
        common = Weights(100_000, -16.6, common=({"mehmet": 0.02}, {"yilmaz": 0.01}, {}, {}))
        told = [
            self.verdict([[given, family], [], [""]], [[given, family], [], [""]], common)
            for given, family in (("Mehmet", "Yılmaz"), ("Ilgaz", "Iğdırlı"))
        ]

        assert told == [3, 99]

    def test_what_a_household_shares_makes_no_pair(self) -> None:
        assert (
            self.verdict([["Hasan", "Ak"], ["0216 333 44 55"], [""]], [["Emrecan", "Ak"], ["0216 333 44 55"], [""]])
            == 8
        )

    def test_a_score_and_its_bits_are_one(self) -> None:
        assert [score_of(bits_of(score)) for score in (50, 60, 90, 99)] == [50, 60, 90, 99]
        assert score_of(0) == 50

    def test_what_was_learnt_is_kept(self) -> None:
        weights = Weights(5, -3.0, ((0.7, 0.1, 0.1, 0.1),), ({"ali": 0.25},))
        assert from_stored(as_stored(weights)) == weights


class TestKeys:
    def test_spellings_of_one_person_meet_and_strangers_do_not(self) -> None:
        people = ([["Mehmet", "Işık"], [""], ["1980-01-02"]], [["Mehmed", "Isik"], [""], ["1980-01-02"]])
        one, other = (
            set(keys("x", PERSON, [form(c.kind, v) for c, v in zip(PERSON, row, strict=True)])) for row in people
        )
        stranger = set(keys("x", PERSON, [form("name", ["Derya", "Su"]), (), form("date", ["1955-11-30"])]))

        assert (one == other, one & stranger) == (True, set())

    def test_a_key_that_too_many_share_is_left_out_and_counted(self) -> None:
        pool = Pool("x", (Compare("phone", ("phone",)),))
        for number in range(70):
            pool.add(number, (("+905321112233",),))

        assert (pool.largest_group(), pool.skipped(60)) == (60, 1)
        assert (
            sum(len(pool.pairs(b, Scale(pool.comparisons, Weights()), largest=60, at_least=-9)) for b in range(64)) == 0
        )


FLOORS = {"FEBRL 1": (0.99, 0.99), "FEBRL 3": (0.99, 0.99), "splink fake 1000": (0.88, 0.95)}


@pytest.mark.parametrize("name", SETS)
def test_pairs_of_known_truth_are_found(name: str) -> None:
    if not (Path(DATA) / SETS[name][0]).exists():
        pytest.skip(f"{DATA} is not beside this checkout: F1 on {name} was not measured")
    figures = quality(name)

    assert (figures["pairs"].f1 >= FLOORS[name][0], figures["groups"].f1 >= FLOORS[name][1]) == (True, True), figures


HISTORY = {
    "audit.auditentry", "events.outboxevent", "events.handling", "webhooks.webhookdelivery", "live.presence",
    "search.searchentry", "transfer.pair", "transfer.importrun", "transfer.looseend", "merging.pair", "merging.merge",
    "merging.scan", "merging.changedrecord", "quality.finding",
}  # fmt: skip
"""What keeps ids of records and stays with them when they are merged: history, and what is made anew."""


def test_every_table_that_names_records_by_id_says_whether_it_follows_a_merge() -> None:
    names = {"record_id", "about_id", "ref_id"}
    silent = {
        model._meta.label_lower
        for model in apps.get_models()
        if names & {field.attname for field in model._meta.concrete_fields if not field.is_relation}
        and not getattr(model, "points_at", ())
    }

    assert silent - HISTORY == set()
