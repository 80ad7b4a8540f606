"""Making and changing records; the palette; saved views."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from hatir.domains.customers.models import Customer
from hatir.foundation.savedviews.models import SavedView
from hatir.kit.ids import encode_id
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
HTMX: Any = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


class TestNewRecord:
    def test_makes_a_person_from_the_dialog(self, cast: Cast) -> None:
        sent = {"name": "Ömer Faruk Çelik", "phone": "0555 010 24 68", "company__text": "Lale Market", "company": ""}

        response = browser_of(cast.ayse).post("/records/customers.person/new/?quick=1", sent, **HTMX)

        made = Customer.objects.get(name="Ömer Faruk Çelik")
        assert response.status_code == 204
        assert set(json.loads(response.headers["HX-Trigger"])) == {
            "dialog:close",
            "list:refresh",
            "record:refresh",
            "toast",
        }
        assert (made.company_id, made.owner_id, made.kind) == (cast.lale_market.pk, cast.ayse.user.pk, "person")

    def test_from_another_records_page_keeps_the_link_through_draft_and_another_one(self, cast: Cast) -> None:
        client, link = browser_of(cast.admin), f"company:{cast.lale_market.public_id}"

        form = client.get(f"/records/customers.person/new/?link={link}", **HTMX).context
        answer = client.post(form["url"], {"name": "Ali", "company": cast.lale_market.public_id, "again": "1"}, **HTMX)

        assert (form["draft"], form["kinds"]) == (f"customers.person/new/{link}", [])
        assert Customer.objects.get(name="Ali").company_id == cast.lale_market.pk
        again = {field["input"].name: field["input"] for section in answer.context["form"]["sections"]
                 for field in section["fields"]}  # fmt: skip
        assert (again["company"].chosen.value, again["name"].autofocus) == (cast.lale_market.public_id, True)
        assert not again["company"].autofocus

    def test_keeps_what_was_typed_and_says_what_is_wrong(self, cast: Cast) -> None:
        response = browser_of(cast.ayse).post("/records/customers.person/new/", {"name": "Ali", "email": "olmaz"})

        page = response.content.decode()
        assert response.status_code == 422
        assert 'value="olmaz"' in page
        assert 'aria-invalid="true"' in page
        assert not Customer.objects.filter(name="Ali").exists()

    @pytest.mark.parametrize("name", ["lifetime_value", "name_fold", "version", "id", "is_admin", "archived_at"])
    def test_refuses_fields_that_are_not_on_the_form(self, cast: Cast, name: str) -> None:
        response = browser_of(cast.admin).post("/records/customers.person/new/", {"name": "Ali", name: "1"})

        if name == "version":  # the form's own machinery; it says nothing for a new record
            assert response.status_code == 302
        else:
            assert response.status_code == 422
            assert not Customer.objects.filter(name="Ali").exists()

    def test_is_not_there_without_the_right(self, cast: Cast) -> None:
        response = browser_of(cast.can).post("/records/customers.person/new/", {"name": "Ali"})

        assert response.status_code == 404
        assert not Customer.objects.filter(name="Ali").exists()


class TestEditRecord:
    def url(self, customer: Customer) -> str:
        return f"/records/customers.customer/{encode_id(customer.pk)}/edit/"

    def test_says_in_words_where_a_record_came_from_and_keeps_it(self, cast: Cast) -> None:
        Customer.objects.filter(pk=cast.lale_market.pk).update(source="user")
        client = browser_of(cast.admin)

        page = client.get(self.url(cast.lale_market), headers={"accept-language": "tr"}).content.decode()
        client.post(self.url(cast.lale_market), {"source": "Elle girildi", "city": "Van", "version": "1"})

        assert 'value="Elle girildi"' in page
        lale = Customer.objects.get(pk=cast.lale_market.pk)
        assert (lale.source, lale.city) == ("user", "Van")

    def test_shows_both_values_and_lets_each_be_chosen(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        client.post(self.url(cast.lale_market), {"city": "Bursa", "district": "Nilüfer", "version": "1"})

        conflict = client.post(self.url(cast.lale_market), {"city": "Muğla", "district": "Bodrum", "version": "1"})
        version = next(field["value"] for field in conflict.context["form"]["hidden"] if field["name"] == "version")
        sent = {
            "city": "Muğla",
            "district": "Bodrum",
            "take-city": "mine",
            "take-district": "theirs",
            "version": version,
        }
        client.post(self.url(cast.lale_market), sent)

        after = Customer.objects.get(pk=cast.lale_market.pk)
        assert conflict.status_code == 409
        assert {line["name"] for line in conflict.context["form"]["conflict"]} == {"city", "district"}
        assert (after.city, after.district) == ("Muğla", "Nilüfer")

    def test_does_not_show_covered_values(self, cast: Cast) -> None:
        Customer.objects.filter(pk=cast.lale_market.pk).update(vkn="1234567890")

        page = browser_of(cast.ayse).get(self.url(cast.lale_market)).content.decode()

        assert "1234567890" not in page

    def test_is_not_there_for_whoever_may_not_see_the_record(self, cast: Cast) -> None:
        response = browser_of(cast.mehmet).post(self.url(cast.lale_market), {"city": "Bursa", "version": "1"})

        assert response.status_code == 404
        assert Customer.objects.get(pk=cast.lale_market.pk).city == "İzmir"


class TestOptions:
    def test_gives_at_most_twelve_that_may_be_seen(self, cast: Cast) -> None:
        page = browser_of(cast.ayse).get("/records/customers.company/options/?q=l").content.decode()

        assert "Lale Market" in page
        assert "Kuzey" not in page


class TestPalette:
    def test_finds_records_commands_and_offers_a_new_one(self, cast: Cast) -> None:
        client = browser_of(cast.admin)

        commands = client.get("/palette/?q=%3E", **HTMX)
        nothing = client.get("/palette/?q=Zübeyde", **HTMX).content.decode()

        assert commands.status_code == 200
        assert "Zübeyde" in nothing
        assert "/new/?quick=1" in nothing

    def test_escapes_what_is_typed(self, cast: Cast) -> None:
        page = browser_of(cast.admin).get("/palette/", {"q": "<script>x"}, **HTMX).content.decode()

        assert "<script>" not in page


class TestViews:
    def test_saves_the_list_as_it_stands_and_pins_it(self, cast: Cast) -> None:
        client = browser_of(cast.ayse)
        tree = json.dumps({"all": [{"field": "city", "op": "is", "value": "İzmir"}]})
        query = {"f": tree, "sort": "-name", "next": "/customers/"}

        response = client.post(
            "/records/customers.customer/views/new/?" + "&".join(f"{k}={v}" for k, v in query.items()),
            {"name": "İzmirliler", "shared": "mine", "pinned": "1"},
        )

        view = SavedView.objects.get(name="İzmirliler")
        page = client.get(f"/customers/?view={view.public_id}")
        assert response.status_code == 302
        assert (view.sort, view.pinned, view.owner_id) == ("-name", True, cast.ayse.user.pk)
        assert [row.title for row in page.context["rows"]] == ["Lale Market"]
        assert "İzmirliler" in page.content.decode()

    def test_does_not_show_a_view_to_others(self, cast: Cast) -> None:
        view = SavedView.objects.create(type_key="customers.customer", name="Gizli", owner=cast.zeynep.user)

        assert browser_of(cast.ayse).get(f"/customers/?view={view.public_id}").status_code == 404

    def test_shares_with_everybody_only_with_the_right(self, cast: Cast) -> None:
        browser_of(cast.ayse).post("/records/customers.customer/views/new/", {"name": "Ortak", "shared": "all"})

        assert not SavedView.objects.filter(name="Ortak").exists()
