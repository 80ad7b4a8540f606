"""The list of records: who sees what, at what cost, and what can be done from it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hatir.domains.customers.models import Customer, Tag
from hatir.kit.ids import encode_id
from tests.world.cast import Cast, Member, make_cast, make_customer, make_user

pytestmark = pytest.mark.django_db
HTMX: Any = {"HTTP_HX_REQUEST": "true"}
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def sent_toast(response: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(response.headers["HX-Trigger"])["toast"]
    return found


class TestRecordList:
    @pytest.mark.parametrize(
        "address", ["/customers/", "/customers/people/", "/customers/companies/", "/records/staff.team/"]
    )
    def test_stands_at_its_address(self, cast: Cast, address: str) -> None:
        response = browser_of(cast.admin).get(address)

        assert response.status_code == 200

    def test_shows_each_only_what_they_may_see(self, cast: Cast) -> None:
        page = browser_of(cast.ayse).get("/customers/").content.decode()

        assert "Lale Market" in page
        assert "Kuzey Lojistik" not in page

    def test_does_not_exist_for_whoever_may_see_nothing(self, cast: Cast) -> None:
        assert browser_of(cast.can).get("/customers/").status_code == 404

    def test_sends_a_stranger_to_sign_in(self, cast: Cast) -> None:
        assert Client().get("/customers/").status_code == 302

    def test_answers_htmx_with_the_table_its_tabs_and_chips(self, cast: Cast) -> None:
        page = browser_of(cast.admin).get("/customers/?stage=lead", **HTMX).content.decode()

        assert page.lstrip().startswith('<div class="col list" id="list">')
        assert 'id="filters" hx-swap-oob="true"' in page

    def test_filters_by_the_short_form(self, cast: Cast) -> None:
        page = browser_of(cast.admin).get("/customers/?city=izmir").content.decode()

        assert "Lale Market" in page
        assert "Elif Kaya" not in page

    @pytest.mark.parametrize(
        "broken", ["{", "[]", '{"field":"nothing","op":"is","value":1}', '{"all":[{"any":3}]}', "9" * 25_000]
    )
    def test_says_that_a_filter_cannot_be_read(self, cast: Cast, broken: str) -> None:
        response = browser_of(cast.admin).get("/customers/", {"f": broken})

        assert response.status_code == 400

    def test_refuses_questions_about_covered_values(self, cast: Cast) -> None:
        tree = {"field": "tckn", "op": "starts", "value": "1"}

        assert browser_of(cast.ayse).get("/customers/", {"f": json.dumps(tree)}).status_code == 400

    def test_escapes_a_stored_script_in_every_column(self, cast: Cast) -> None:
        make_customer(SCRIPT, company=True, city=SCRIPT, industry=SCRIPT, note=SCRIPT, address=SCRIPT)
        columns = "name,city,industry,note,address,company,owner"

        page = browser_of(cast.admin).get(
            "/customers/", {"cols": columns, "f": json.dumps({"field": "city", "op": "is", "value": SCRIPT})}
        )

        assert SCRIPT not in page.content.decode()
        assert "&lt;script&gt;" in page.content.decode()

    def test_costs_the_same_for_three_and_thirty_rows(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        few = self._statements(client)
        for number in range(30):
            make_customer(f"Müşteri {number}", owner=cast.ayse.user.pk, company=False)

        assert self._statements(client) == few
        assert few <= 12

    def _statements(self, client: Client) -> int:
        client.get("/customers/")  # warms what a process keeps
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/customers/").status_code == 200
        return len(asked)

    def test_walks_pages_without_losing_or_doubling(self, cast: Cast) -> None:
        for number in range(120):
            make_customer(f"Kişi {number % 7}")
        client = browser_of(cast.admin)
        seen: list[str] = []
        address = "/customers/?sort=name"
        while address:
            response = client.get(address)
            seen += [row.id for row in response.context["rows"]]
            address = response.context["pager"]["next_url"]

        assert len(seen) == 124
        assert len(set(seen)) == 124


class TestWeight:
    def test_fifty_rows_with_two_tags_each_are_at_most_1800_elements(self, cast: Cast) -> None:
        now = timezone.now()
        tags = [Tag.objects.create(name=f"Etiket {at}", created_at=now, updated_at=now).pk for at in range(2)]
        for at in range(50):
            make_customer(
                f"Müşteri {at}", city="Ordu", phone=f"0532 000 {at:02} 00", tags=tags, owner=cast.ayse.user.pk
            )

        page = browser_of(cast.admin).get("/customers/").content.decode()

        assert page.count('<tr id="r-') == 50
        assert len(re.findall(r"<[a-z]", page)) <= 1800


class TestViewsFromTheFirstDay:
    def test_customers_come_with_theirs(self, cast: Cast) -> None:
        now = timezone.now()
        Customer.objects.filter(pk=cast.elif_kaya.pk).update(last_contact_at=now - timedelta(days=91))
        Customer.objects.filter(pk=cast.lale_market.pk).update(created_at=now - timedelta(days=31))
        client = browser_of(cast.admin)

        shown = {
            view: {row.title for row in client.get(f"/customers/?view={view}").context["rows"]}
            for view in ("mine", "new", "quiet", "unreachable")
        }

        assert shown == {
            "mine": set(),
            "new": {"Deniz Işık", "Elif Kaya", "Kuzey Lojistik A.Ş."},
            "quiet": {"Elif Kaya"},
            "unreachable": {"Kuzey Lojistik A.Ş."},
        }

    def test_my_customers_are_mine(self, cast: Cast) -> None:
        rows = browser_of(cast.ayse).get("/customers/?view=mine").context["rows"]

        assert {row.title for row in rows} == {"Lale Market", "Elif Kaya"}


class TestListsOfSettings:
    @pytest.mark.parametrize(
        ("type_key", "active"),
        [("customers.tag", "/records/customers.tag/"), ("staff.team", "/records/staff.team/"),
         ("staff.user", "/settings/people/"), ("access.role", "/settings/roles/")],
    )  # fmt: skip
    def test_stand_inside_the_settings(self, cast: Cast, type_key: str, active: str) -> None:
        page = browser_of(cast.admin).get(f"/records/{type_key}/")

        lines = [line.url for section in page.context["sections"] for line in section.pages if line.is_active]
        assert lines == [active]
        assert page.content.decode().count('class="set__list"') == 1

    def test_are_plain_lists_for_who_may_not_open_the_settings(self, cast: Cast) -> None:
        assert browser_of(cast.ayse).get("/records/customers.tag/").context["sections"] == []

    def test_put_turkish_names_in_order(self, cast: Cast) -> None:
        for at, name in enumerate(("Zan", "Öz", "Oğuz", "Çınar", "Cem", "İnce", "Işık", "Şahin", "Sönmez")):
            make_user(name, f"{at}@ornek.com.tr")
        wanted = ["Cem", "Çınar", "Işık", "İnce", "Oğuz", "Öz", "Sönmez", "Şahin", "Zan"]
        client = browser_of(cast.admin)

        rows = client.get("/records/staff.user/").context["rows"]
        people = client.get("/settings/people/").context["people"]
        who = client.get("/settings/audit/").context["people"]

        assert [row.title for row in rows if row.title in wanted] == wanted
        assert [row.user.name for row in people if row.user.name in wanted] == wanted
        assert [name for _id, name in who if name in wanted] == wanted


class TestCell:
    def url(self, customer: Customer, field: str = "city") -> str:
        return f"/records/customers.customer/{encode_id(customer.pk)}/cells/{field}/"

    def test_saves_and_can_be_undone(self, cast: Cast) -> None:
        client = browser_of(cast.ayse)

        saved = client.post(self.url(cast.lale_market), {"city": "Manisa", "version": cast.lale_market.version}, **HTMX)
        after = Customer.objects.get(pk=cast.lale_market.pk).city
        undone = client.post(sent_toast(saved)["undo"], **HTMX)

        assert (saved.status_code, after, undone.status_code) == (200, "Manisa", 204)
        assert Customer.objects.get(pk=cast.lale_market.pk).city == "İzmir"

    def test_says_what_is_wrong_beside_the_value(self, cast: Cast) -> None:
        response = browser_of(cast.ayse).post(
            self.url(cast.lale_market, "email"), {"email": "yanlış", "version": 1}, **HTMX
        )

        assert response.status_code == 422
        assert "field__err" in response.content.decode()
        assert Customer.objects.get(pk=cast.lale_market.pk).email == "bilgi@lalemarket.com.tr"

    def test_shows_both_values_of_a_conflict(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        client.post(self.url(cast.lale_market), {"city": "Bursa", "version": 1}, **HTMX)

        response = client.post(self.url(cast.lale_market), {"city": "Muğla", "version": 1}, **HTMX)

        page = response.content.decode()
        assert response.status_code == 409
        assert "Bursa" in page
        assert "Muğla" in page
        assert Customer.objects.get(pk=cast.lale_market.pk).city == "Bursa"

    def test_is_not_there_for_whoever_may_not_see_the_record(self, cast: Cast) -> None:
        response = browser_of(cast.mehmet).post(self.url(cast.lale_market), {"city": "Bursa", "version": 1}, **HTMX)

        assert response.status_code == 404
        assert Customer.objects.get(pk=cast.lale_market.pk).city == "İzmir"

    @pytest.mark.parametrize("field", ["id", "version", "archived_at", "name_fold", "lifetime_value", "nothing"])
    def test_refuses_what_nobody_may_write(self, cast: Cast, field: str) -> None:
        response = browser_of(cast.admin).post(self.url(cast.lale_market, field), {field: "1", "version": 1}, **HTMX)

        assert response.status_code == 404


class TestBulk:
    def change(self, client: Client, ids: list[int], *, across: bool = False, **values: str) -> Any:
        around = json.dumps({"filter": {"field": "stage", "op": "is", "value": "lead"}, "archived": False})
        sent = {"ids": [encode_id(pk) for pk in ids], "across": "1" if across else "", "filter": around}
        asked = client.post("/records/customers.customer/bulk/edit/", sent, **HTMX)
        token = next(field["value"] for field in asked.context["hidden"] if field["name"] == "selection")
        return client.post("/records/customers.customer/bulk/edit/apply/", {"selection": token, **values}, **HTMX)

    def test_changes_the_selected_rows_in_one_undoable_operation(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        ids = [cast.lale_market.pk, cast.elif_kaya.pk]

        response = self.change(client, ids, field="stage", stage="loyal")
        changed = set(Customer.objects.filter(stage="loyal").values_list("pk", flat=True))
        client.post(sent_toast(response)["undo"], **HTMX)

        assert changed == set(ids)
        assert not Customer.objects.filter(stage="loyal").exists()

    def test_changes_all_that_the_filter_gives(self, cast: Cast) -> None:
        for number in range(60):
            make_customer(f"Aday {number}", stage="lead")
        make_customer("Sadık", stage="loyal")
        leads = Customer.objects.filter(stage="lead").count()

        self.change(browser_of(cast.admin), [], across=True, field="stage", stage="lost")

        assert Customer.objects.filter(stage="lost").count() == leads
        assert Customer.objects.filter(stage="loyal").count() == 1

    def test_leaves_alone_what_is_not_theirs(self, cast: Cast) -> None:
        self.change(browser_of(cast.ayse), [cast.lale_market.pk, cast.deniz_isik.pk], field="city", city="Bursa")

        assert Customer.objects.get(pk=cast.lale_market.pk).city == "Bursa"
        assert Customer.objects.get(pk=cast.deniz_isik.pk).city != "Bursa"

    def test_refuses_a_changed_token(self, cast: Cast) -> None:
        response = browser_of(cast.admin).post(
            "/records/customers.customer/bulk/edit/apply/", {"selection": "x:y:z", "field": "city", "city": "Bursa"}
        )

        assert response.status_code == 404
        assert not Customer.objects.filter(city="Bursa").exists()

    def test_archives_and_brings_back(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        asked = client.post("/records/customers.customer/bulk/archive/", {"ids": encode_id(cast.elif_kaya.pk)}, **HTMX)
        token = asked.context["hidden"][0]["value"]

        response = client.post("/records/customers.customer/bulk/archive/apply/", {"selection": token}, **HTMX)
        archived = Customer.objects.get(pk=cast.elif_kaya.pk).archived_at
        client.post(sent_toast(response)["undo"], **HTMX)

        assert archived is not None
        assert Customer.objects.get(pk=cast.elif_kaya.pk).archived_at is None


class TestNumberedRecords:
    def test_have_no_initials(self) -> None:
        drawn = Template('{% load hatir %}{% avatar "TK2026-00012" %}{% avatar "Şule Işık" %}').render(Context())

        assert (">#</span>" in drawn, ">ŞI</span>" in drawn) == (True, True)
