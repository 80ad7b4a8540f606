"""Asking for duplicates and merging through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hatir.foundation.merging.models import Merge
from hatir.foundation.merging.scanning import compare_again
from hatir.interface.api.tests.conftest import Program
from hatir.kit.ids import decode_id
from tests.world.cast import Cast, Customer

ELIF = {"name": "Elif Aydın", "phone": "0532 444 55 66", "birth_on": "1988-02-03", "email": "elif.aydin@ornek.test"}
DOUBLE = {"name": "Elif Aydin", "phone": "+90 532 444 55 66", "birth_on": "1988-02-03", "city": "Bursa"}


@pytest.fixture
def two(api: Program) -> tuple[str, str]:
    """Elif is there twice, and both have been compared."""
    ids = [api.send("POST", "/people", sent).json()["id"] for sent in (ELIF, DOUBLE)]
    compare_again({decode_id(each): "customers.customer" for each in ids})
    return ids[0], ids[1]


def found(answer: Any) -> list[list[str]]:
    return [[record["id"] for record in each["records"]] for each in answer.json()["data"]]


class TestAsking:
    def test_of_a_record_gives_who_looks_like_it_with_score_and_reasons(
        self, api: Program, two: tuple[str, str]
    ) -> None:
        answer = api.send("GET", f"/people/duplicates?of={two[0]}")

        assert (answer.status_code, found(answer)) == (200, [[two[1]]])
        told = answer.json()["data"][0]
        assert told["score"] >= 90
        assert {"field": "phone", "level": "same"} in told["reasons"]

    @pytest.mark.parametrize("kind", ["people", "customers"])
    def test_of_values_gives_who_looks_like_them(self, api: Program, two: tuple[str, str], kind: str) -> None:
        sent = {"name": "Elif Aydın", "phone": "05324445566", "birth_on": "1988-02-03"}
        answers = [
            api.send("POST", f"/{kind}/duplicates", sent),
            api.send("GET", f"/{kind}/duplicates?name=Elif%20Ayd%C4%B1n&phone=05324445566&birth_on=1988-02-03"),
        ]

        assert [sorted(found(answer)) for answer in answers] == [sorted([[two[0]], [two[1]]])] * 2

    def test_without_either_gives_the_pairs_that_wait(self, api: Program, two: tuple[str, str]) -> None:
        answer = api.send("GET", "/people/duplicates")

        assert [sorted(pair) for pair in found(answer)] == [sorted(two)]

    def test_refuses_what_it_does_not_understand(self, api: Program, two: tuple[str, str]) -> None:
        asked = ("shoe_size=42", f"of={two[0]}&name=Elif", "limit=0", "of=nobody")

        codes = [api.send("GET", f"/people/duplicates?{each}").status_code for each in asked]

        assert codes == [422, 422, 422, 404]
        assert api.send("GET", "/customers.tag/duplicates").status_code == 404

    def test_tells_nothing_of_records_that_one_may_not_see(
        self, cast: Cast, two: tuple[str, str], program: Callable[..., Program]
    ) -> None:
        answer = program(cast.can).send("GET", f"/people/duplicates?of={two[0]}")

        assert answer.status_code == 404


class TestMerging:
    def test_makes_two_one_and_two_again(self, api: Program, two: tuple[str, str]) -> None:
        sent = {"with": two[1], "choices": {"phone": "loser"}}

        merged = api.send("POST", f"/people/{two[0]}/merge", sent)

        assert merged.status_code == 200, merged.json()
        record = merged.json()
        assert (record["id"], record["city"], record["email"]) == (two[0], "Bursa", "elif.aydin@ornek.test")
        assert api.send("GET", f"/people/{two[1]}").status_code == 410

        back = api.send("POST", f"/people/{two[1]}/unmerge")

        assert (back.status_code, back.json()["city"]) == (200, "Bursa")
        assert api.send("GET", f"/people/{two[0]}").json()["city"] == ""

    def test_refuses_an_older_version_and_changes_nothing(self, api: Program, two: tuple[str, str]) -> None:
        answer = api.send("POST", f"/people/{two[0]}/merge", {"with": two[1]}, If_Match='"9-0"')

        assert answer.status_code == 412
        assert not Merge.objects.exists()

    def test_names_what_is_wrong(self, api: Program, two: tuple[str, str]) -> None:
        answer = api.send("POST", f"/people/{two[0]}/merge", {"choices": {"phone": "mine"}, "loser": two[1]})

        assert (answer.status_code, set(answer.json()["errors"])) == (422, {"with", "choices", "loser"})
        assert api.send("POST", f"/people/{two[0]}/merge", {"with": two[0]}).status_code == 409

    def test_needs_the_right(self, cast: Cast, two: tuple[str, str], program: Callable[..., Program]) -> None:
        answer = program(cast.admin, "view:*", "edit:*").send("POST", f"/people/{two[0]}/merge", {"with": two[1]})

        assert answer.status_code == 403
        assert Customer.objects.filter(pk__in=[decode_id(each) for each in two], archived_at=None).count() == 2
