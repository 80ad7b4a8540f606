"""Duplicates on screen: deciding, merging side by side, separating, and the warning before a double is made."""

from __future__ import annotations

import pytest
from django.test import Client

from hatir.foundation.access.keys import create_api_key
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due, run_here
from hatir.foundation.merging import starting, tasks
from hatir.foundation.merging.models import Merge, Pair
from tests.world.cast import SYSTEM, Cast, Customer, make_cast, make_customer

pytestmark = pytest.mark.django_db
LIST = "/duplicates/?type=customers.person"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def twins(cast: Cast) -> tuple[Customer, Customer]:
    one = make_customer("Mehmet Işık", phone="0532 111 22 33", city="Iğdır")
    other = make_customer("Mehmed Isik", phone="0532 111 22 33", email="m@isik.com.tr")
    run_here(tasks.scan, actor=SYSTEM, type_key="customers.person")
    return one, other


def signed_in(cast: Cast, name: str = "admin") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(cast, name).user)
    return client


def address(winner: Customer, loser: Customer) -> str:
    return f"/duplicates/customers.customer/{winner.public_id}/{loser.public_id}/"


class TestList:
    def test_a_pair_stands_with_its_reasons_and_the_ways_to_decide(
        self, cast: Cast, twins: tuple[Customer, Customer]
    ) -> None:
        answer = signed_in(cast).get(LIST)

        pair = answer.context["pairs"][0]
        assert (pair.one.title, pair.other.title, pair.score) == ("Mehmet Işık", "Mehmed Isik", 99)
        assert [reason.tone for reason in pair.reasons] == ["ok", "ok"]
        assert 'value="different"' in answer.content.decode()

    def test_personal_numbers_are_covered_for_everybody(self, cast: Cast, twins: tuple[Customer, Customer]) -> None:
        Customer.objects.filter(pk=twins[0].pk).update(tckn="10000000146")

        for page in (LIST, address(*twins)):
            shown = signed_in(cast).get(page).content.decode()
            assert "•••••••••46" in shown
            assert "10000000146" not in shown

    def test_has_a_place_beside_the_customers_in_the_sidebar(self, cast: Cast) -> None:
        (customers,) = [area for area in signed_in(cast).get(LIST).context["nav"] if area.key == "customers"]

        assert [page.url for page in customers.pages] == [
            "/customers/",
            "/customers/people/",
            "/customers/companies/",
            "/records/customers.list/",
            "/customers/segments/",
            "/customers/target-customers/",
            "/customers/account-plans/",
            "/duplicates/",
        ]

    def test_who_may_not_merge_finds_no_page(self, cast: Cast, twins: tuple[Customer, Customer]) -> None:
        assert signed_in(cast, "ayse").get(LIST).status_code == 404
        assert signed_in(cast, "ayse").get(address(*twins)).status_code == 404

    def test_not_the_same_is_remembered(self, cast: Cast, twins: tuple[Customer, Customer]) -> None:
        pair = Pair.objects.get()

        answer = signed_in(cast).post(f"/duplicates/pairs/{pair.public_id}/decision/", {"state": "different"})

        pair.refresh_from_db()
        assert (answer.status_code, pair.state, pair.decided_by_id) == (302, "different", cast.admin.user.pk)

    def test_all_above_a_score_are_merged_by_a_job(self, cast: Cast, twins: tuple[Customer, Customer]) -> None:
        signed_in(cast).post("/duplicates/merging/", {"type": "customers.person", "score": "90"})
        run_due()

        assert Job.objects.get(key=starting.MERGE_ABOVE).result == {"merged": 1, "refused": 0}

    def test_a_search_is_begun(self, cast: Cast) -> None:
        signed_in(cast).post("/duplicates/scan/", {"type": "customers.person"})

        assert Job.objects.filter(key=starting.SCAN, state="waiting").count() == 1


class TestMerging:
    def test_side_by_side_field_by_field(self, cast: Cast, twins: tuple[Customer, Customer]) -> None:
        one, other = twins
        client = signed_in(cast)
        shown = client.get(address(one, other))

        answer = client.post(address(one, other), {"versions": shown.context["versions"], "choice-name": "winner"})

        kept = Customer.objects.get(pk=one.pk)
        assert (answer.status_code, answer["Location"]) == (302, f"/records/customers.customer/{one.public_id}/")
        assert (kept.name, kept.email, kept.city) == ("Mehmet Işık", "m@isik.com.tr", "Iğdır")

    def test_a_record_changed_meanwhile_is_shown_again(self, cast: Cast, twins: tuple[Customer, Customer]) -> None:
        one, other = twins
        Customer.objects.filter(pk=other.pk).update(version=7)

        answer = signed_in(cast).post(address(one, other), {"versions": f"{one.version},{other.version}"})

        assert (answer.status_code, Merge.objects.count()) == (409, 0)

    def test_the_address_of_the_loser_leads_to_the_winner(self, cast: Cast, twins: tuple[Customer, Customer]) -> None:
        one, other = twins
        client = signed_in(cast)
        client.post(address(one, other), {"versions": client.get(address(one, other)).context["versions"]})

        answer = client.get(f"/records/customers.customer/{other.public_id}/")

        assert (answer.status_code, answer["Location"]) == (302, f"/records/customers.customer/{one.public_id}/")

    def test_two_again_from_the_page_of_the_winner(self, cast: Cast, twins: tuple[Customer, Customer]) -> None:
        one, other = twins
        client = signed_in(cast)
        client.post(address(one, other), {"versions": client.get(address(one, other)).context["versions"]})
        page = client.get(f"/records/customers.customer/{one.public_id}/duplicates/").content.decode()
        merge = Merge.objects.get()
        assert f"/duplicates/merges/{merge.public_id}/separation/" in page

        client.post(f"/duplicates/merges/{merge.public_id}/separation/")

        assert Customer.objects.get(pk=other.pk).archived_at is None
        assert client.get(f"/records/customers.customer/{other.public_id}/").status_code == 200


class TestApi:
    def test_a_merged_record_is_gone_and_names_its_successor(
        self, cast: Cast, twins: tuple[Customer, Customer]
    ) -> None:
        one, other = twins
        client = signed_in(cast)
        client.post(address(one, other), {"versions": client.get(address(one, other)).context["versions"]})
        key = create_api_key(cast.admin.user, name="test", scopes=["*:*"], actor=cast.admin.actor)
        program = Client(headers={"authorization": f"Bearer {key.plain}"})

        answers = [
            program.get(f"/api/v1/customers/{other.public_id}"),
            program.patch(f"/api/v1/customers/{other.public_id}", {"city": "Van"}, content_type="application/json"),
        ]

        assert [(answer.status_code, answer.json()["merged_into"]) for answer in answers] == [(410, one.public_id)] * 2


class TestEntry:
    def test_a_double_is_told_before_it_is_made_and_made_all_the_same(
        self, cast: Cast, twins: tuple[Customer, Customer]
    ) -> None:
        client = signed_in(cast)
        form = {"name": "Mehmet Isık", "phone": "0532 111 22 33"}

        told = client.post("/records/customers.person/new/?quick=1", form)
        made = client.post("/records/customers.person/new/?quick=1", {**form, "alike-seen": "1"})

        assert (told.status_code, [one["title"] for one in told.context["form"]["alike"]]) == (
            422, ["Mehmet Işık", "Mehmed Isik"],
        )  # fmt: skip
        assert (made.status_code, Customer.objects.filter(phone_e164="+905321112233").count()) == (302, 3)


class TestSettings:
    def test_the_threshold_and_the_fields_are_chosen(self, cast: Cast) -> None:
        client = signed_in(cast)

        client.post(
            "/settings/duplicates/", {"type": "customers.person", "threshold": "80", "on": ["given_name", "phone"]}
        )

        page = client.get("/settings/duplicates/")
        chosen = next(one for one in page.context["types"] if one["key"] == "customers.person")
        assert (chosen["threshold"], [key for key, _label, is_on in chosen["compares"] if is_on]) == (
            80, ["given_name", "phone"],
        )  # fmt: skip
