"""Lists: filters, order, pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.customization.actions import define_fields, define_objects
from hatir.foundation.events.models import OutboxEvent
from hatir.interface.api import amounts
from hatir.interface.api.tests.conftest import Program
from tests.world.cast import SYSTEM, Cast, make_customer


def names(api: Program, query: str) -> list[str]:
    return [row["name"] for row in api.send("GET", f"/customers?{query}").json()["data"]]


class TestList:
    @pytest.mark.parametrize(
        "query",
        [
            "city=izmir",
            f"filter={quote(json.dumps({'field': 'city', 'op': 'is', 'value': 'İZMİR'}))}",
            'filter=city is "İzmir"'.replace(" ", "%20"),
        ],
    )
    def test_filters_in_three_ways(self, api: Program, cast: Cast, query: str) -> None:
        assert names(api, query) == ["Lale Market"]

    def test_shows_only_what_the_user_sees(self, cast: Cast, program: Callable[..., Program]) -> None:
        assert set(names(program(cast.ayse), "")) == {"Lale Market", "Elif Kaya"}

    def test_goes_through_all_pages_once(self, api: Program, cast: Cast) -> None:
        found, cursor = [], ""
        for _page in range(5):
            page = api.send("GET", f"/customers?sort=name&limit=1&fields=name&cursor={cursor}").json()
            found += [row["name"] for row in page["data"]]
            if not page["has_more"]:
                break
            cursor = page["next"]

        assert found == ["Deniz Işık", "Elif Kaya", "Kuzey Lojistik A.Ş.", "Lale Market"]

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("nix=1", "nix"),
            ("sort=nix", "sort"),
            ("sort=-tags", "sort"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=²", "limit"),
            ("cursor=xx", "cursor"),
            ("fields=nix", "fields"),
            ("include=name", "include"),
            ("archived=perhaps", "archived"),
            ("filter=((", "filter"),
            ("filter=%7B%22field%22:1%7D", "filter"),
            ("city=%00", "city"),
        ],
    )
    def test_says_what_it_does_not_understand(self, api: Program, query: str, field: str) -> None:
        answer = api.send("GET", f"/customers?{query}")

        assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])

    def test_lets_nobody_ask_for_covered_values(self, cast: Cast, program: Callable[..., Program]) -> None:
        answer = program(cast.mehmet).send("GET", "/customers?tckn=10000000146")

        assert answer.status_code == 422

    def test_asks_the_database_equally_often_for_any_number(self, api: Program, cast: Cast) -> None:
        with CaptureQueriesContext(
            connection,
        ) as few:
            api.send("GET", "/customers?include=owner,tags")
        for number in range(30):
            make_customer(f"Kişi {number}", owner=cast.ayse.user.pk)
        with CaptureQueriesContext(connection) as many:
            api.send("GET", "/customers?include=owner,tags")

        assert len(many) <= len(few) + 1 <= 13


class TestOwnObjects:
    def test_have_an_address_at_once(self, api: Program) -> None:
        boat = define_objects([{"label": "Tekne", "plural": "Tekneler"}], actor=SYSTEM)[0]
        define_fields([{"type_key": boat.type_key, "label": "Boy", "kind": "number"}], actor=SYSTEM)

        made = api.send("POST", f"/{boat.type_key}", {"name": "Lale", "custom": {"boy": "12.5"}})
        listed = api.send("GET", f"/{boat.type_key}?filter={quote('custom.boy > 12')}").json()["data"]

        assert made.status_code == 201, made.content
        assert made.json()["custom"] == {"boy": "12.50"}
        assert [row["name"] for row in listed] == ["Lale"]
        assert f"/{boat.type_key}" in api.send("GET", "/openapi.json").json()["paths"]


class TestReadingPageByPage:
    @pytest.fixture(autouse=True)
    def counts(self, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.HATIR_HOME = tmp_path
        monkeypatch.setattr(amounts, "told_records", lambda: 3)

    def told(self) -> list[tuple[str, int]]:
        rows = OutboxEvent.objects.filter(key="transfer.mass_export").order_by("id")
        return [(row.payload["format"], row.payload["at_least"]) for row in rows]

    def test_of_as_many_records_as_a_large_export_is_told_once(self, api: Program, cast: Cast) -> None:
        first = api.send("GET", "/customers?limit=2&sort=name").json()
        assert self.told() == []

        api.send("GET", f"/customers?limit=2&sort=name&cursor={first['next']}")
        api.send("GET", "/customers")

        assert self.told() == [("api", 4)]
        kept = AuditEntry.objects.filter(verb="export", user_id=cast.admin.user.pk)
        assert [json.loads(entry.reason) for entry in kept] == [{"format": "api", "records": 4}]

    def test_counts_each_person_and_single_records_as_well(self, cast: Cast, program: Callable[..., Program]) -> None:
        program(cast.ayse).send("GET", "/customers")
        one = program(cast.admin)
        for _time in range(3):
            one.send("GET", f"/customers/{cast.lale_market.public_id}")

        assert self.told() == [("api", 3)]

    def test_forgets_after_an_hour_and_is_quiet_for_a_day(self, tmp_path: Path) -> None:
        counts = amounts.Amounts(tmp_path / "amounts")

        given = [counts.add("a", 2, 3, now=at) for at in (0.0, 3601.0, 3602.0, 3700.0, 90_003.0, 90_004.0)]

        assert given == [0, 0, 4, 0, 0, 4]

    def test_counts_for_all_processes(self, tmp_path: Path) -> None:
        one, other = amounts.Amounts(tmp_path / "amounts"), amounts.Amounts(tmp_path / "amounts")

        assert [one.add("a", 2, 3), other.add("a", 2, 3)] == [0, 4]
