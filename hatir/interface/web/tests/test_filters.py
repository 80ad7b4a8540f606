"""Filters as people put them together: rows, groups in groups, and questions about linked records."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from hatir.foundation.records.actions import create
from hatir.foundation.records.registry import record_type
from tests.world.cast import SYSTEM, Cast, Member, make_cast

pytestmark = pytest.mark.django_db
HTMX: Any = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def as_sent(page: str) -> dict[str, str]:
    """Give what the form of a page would send, as far as it has one value for a name."""
    sent = dict(
        re.findall(r'<input (?:class="[^"]*" )?(?:type="hidden" )?(?:id="[^"]*" )?name="([^"]*)" value="([^"]*)"', page)
    )
    sent |= dict(re.findall(r'<input class="cb" type="checkbox" name="([^"]*)" value="([^"]*)" checked', page))
    for name, options in re.findall(r'<select [^>]*name="([^"]*)".*?>(.*?)</select>', page, re.S):
        values = re.findall(r'<option value="([^"]*)"', options)
        sent[name] = next(iter(re.findall(r'<option value="([^"]*)" selected', options)), values[0])
    return {name: unescape(value) for name, value in sent.items()}


class TestFilterEditor:
    def test_takes_conditions_and_says_the_proper_address(self, cast: Cast) -> None:
        asked = {
            "field-0.0": "city",
            "op-0.0": "is",
            "value-0.0": "İzmir",
            "field-0.1": "stage",
            "op-0.1": "in",
            "value-0.1": ["lead", "lost"],
        }

        response = browser_of(cast.admin).get("/customers/", asked)

        tree = {
            "all": [
                {"field": "city", "op": "is", "value": "İzmir"},
                {"field": "stage", "op": "in", "value": ["lead", "lost"]},
            ]
        }
        assert response.status_code == 302
        assert response.headers["Location"] == "/customers/?" + urlencode(
            {"f": json.dumps(tree, ensure_ascii=False, separators=(",", ":"))}
        )

    def test_keeps_groups_apart(self, cast: Cast) -> None:
        asked = {
            "field-0.0": "city",
            "op-0.0": "is",
            "value-0.0": "İzmir",
            "join-1": "any",
            "not-1": "1",
            "field-1.0": "stage",
            "op-1.0": "is",
            "value-1.0": "lead",
            "field-1.1": "owner",
            "op-1.1": "is",
            "value-1.1": "me",
        }

        response = browser_of(cast.admin).get("/customers/", asked, follow=True)

        assert len(response.context["filters"]) == 2
        assert [row.title for row in response.context["rows"]] == []

    @pytest.mark.parametrize(
        "part",
        [
            {"has": "customers.address", "where": {"field": "city", "op": "is", "value": "İzmir"}},
            {"has_no": "customers.relation"},
            {"has": "customers.relation", "where": {"all": [
                {"field": "decides", "op": "true"},
                {"any": [{"field": "role", "op": "contains", "value": "müdür"}, {"field": "role", "op": "empty"}]},
            ]}},
            {"not": {"any": [{"field": "city", "op": "is", "value": "Van"}, {"has": "tags"}]}},
            {"any": [
                {"all": [{"field": "city", "op": "is", "value": "Van"}, {"field": "name", "op": "not_empty"}]},
                {"not": {"field": "owner", "op": "is", "value": {"var": "me"}}},
            ]},
        ],
    )  # fmt: skip
    def test_edits_linked_records_and_groups_in_groups(self, cast: Cast, part: dict[str, Any]) -> None:
        asked = {"edit": "0", "f": json.dumps({"all": [part]})}

        page = browser_of(cast.admin).get("/records/customers.customer/filter/", asked, **HTMX)
        state = browser_of(cast.admin).get("/customers/", as_sent(page.content.decode()), follow=True).context

        assert json.loads(state["request"].GET["f"]) == {"all": [part]}
        assert len(state["filters"]) == 1

    def test_a_row_becomes_a_question_about_linked_records(self, cast: Cast) -> None:
        create(record_type("customers.address"), [{"customer": cast.elif_kaya.pk, "address": "Kordon 1",
               "city": "İzmir"}], actor=SYSTEM)  # fmt: skip
        asked = {"edit": "new", "field-0.0": "has:customers.address", "op-0.0": "is", "value-0.0": ""}

        page = browser_of(cast.admin).get("/records/customers.customer/filter/", asked, **HTMX)
        sent = as_sent(page.content.decode())
        sent |= {"field-0.0.0": "city", "op-0.0.0": "is", "value-0.0.0": "İZMİR"}
        found = browser_of(cast.admin).get("/customers/", sent, follow=True).context

        assert [row.title for row in found["rows"]] == ["Elif Kaya"]

    @pytest.mark.parametrize(
        ("what", "rows"),
        [("add:0", ["0.0", "0.1", "0.2"]), ("nest:0", ["0.0", "0.1", "0.2.0"]), ("remove:0.0", ["0.0"]),
         ("group", ["0.0", "0.1", "1.0"]), ("remove:7.1", ["0.0", "0.1"])],
    )  # fmt: skip
    def test_rows_and_groups_come_and_go(self, cast: Cast, what: str, rows: list[str]) -> None:
        asked = {"edit": "new", "field-0.0": "city", "field-0.1": "stage", "do": what}

        page = browser_of(cast.admin).get("/records/customers.customer/filter/", asked, **HTMX)

        assert re.findall(r'name="field-([\d.]+)"', page.content.decode()) == rows

    def test_steps_out_of_sight_are_404(self, cast: Cast) -> None:
        asked = {"edit": "new", "group-0": "1", "step-0": "access.role", "field-0.0": "name"}

        assert browser_of(cast.admin).get("/records/customers.customer/filter/", asked).status_code == 404

    def test_offers_whole_conditions_while_typing(self, cast: Cast) -> None:
        page = browser_of(cast.admin).get("/records/customers.customer/filter/?edit=new&q=izm", **HTMX)

        assert "<b>İzmir</b>" in page.content.decode()
