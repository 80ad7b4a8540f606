"""The settings: each is changed through its screen, and nobody without the right finds any of them."""

from __future__ import annotations

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hatir.foundation.access.models import ApiKey, FieldRule, Grant, Role
from hatir.foundation.access.parts import read_grants
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.customization.models import CustomField, CustomObject
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.preferences.declaration import preferences
from hatir.foundation.preferences.models import StoredPreference
from hatir.foundation.preferences.queries import value_of
from hatir.interface.web import sample_data
from hatir.interface.web.settings_frame import nav_of
from hatir.kit.ids import encode_id
from tests.world.cast import SYSTEM, Cast, Member, make_cast, make_customer, make_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


MANAGED = (
    "/settings/company/",
    "/settings/people/",
    "/settings/people/invite/",
    "/settings/roles/",
    "/settings/roles/new/",
    "/settings/fields/",
    "/settings/fields/new/?type=customers.customer",
    "/settings/fields/objects/new/",
    "/settings/api-keys/",
    "/settings/api-keys/new/",
    "/settings/audit/",
    "/settings/audit/export/",
)
FORMS: tuple[tuple[str, dict[str, object]], ...] = (
    ("/settings/company/", {"company.name": "Ele geçirildi"}),
    ("/settings/people/invite/", {"emails": "kotu@ornek.com.tr"}),
    ("/settings/roles/new/", {"name": "Her şey", "grant:*:view": "all"}),
    ("/settings/roles/templates/", {}),
    ("/settings/fields/new/?type=customers.customer", {"label": "Gizli", "kind": "text"}),
    ("/settings/fields/objects/new/", {"label": "Tekne", "plural": "Tekneler"}),
    ("/settings/api-keys/new/", {"name": "Arka kapı", "expires": "never", "scopes": ["*:*"]}),
    ("/settings/samples/removal/", {}),
)


class TestWhoeverMayNotManage:
    @pytest.mark.parametrize("address", MANAGED)
    def test_finds_no_page(self, cast: Cast, address: str) -> None:
        assert browser_of(cast.ayse).get(address).status_code == 404

    @pytest.mark.parametrize(("address", "sent"), FORMS)
    def test_changes_nothing(self, cast: Cast, address: str, sent: dict[str, object]) -> None:
        before = [model.objects.count() for model in (Role, Grant, CustomField, CustomObject, ApiKey, AuditEntry)]

        response = browser_of(cast.ayse).post(address, sent)

        assert response.status_code == 404
        assert [m.objects.count() for m in (Role, Grant, CustomField, CustomObject, ApiKey, AuditEntry)] == before
        assert not StoredPreference.objects.exists()

    def test_is_led_to_the_own_profile(self, cast: Cast) -> None:
        assert browser_of(cast.ayse).get("/settings/")["Location"] == "/settings/profile/"

    def test_sees_only_the_own_pages_in_the_navigation(self, cast: Cast) -> None:
        keys = [line.url for section in nav_of(cast.ayse.actor, "") for line in section.pages]

        assert all(url.startswith(("/settings/profile/", "/settings/security/", "/notifications/")) for url in keys)

    def test_is_sent_to_sign_in_as_a_stranger(self) -> None:
        response = Client().get("/settings/company/")

        assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/settings/company/")


class TestCompany:
    def test_takes_a_new_name_and_working_time(self, cast: Cast) -> None:
        values = {"company.name": "Defne Ev", "company.zone": "Europe/Berlin", "company.currency": "EUR",
                  "company.language": "tr", "company.work_days": ["mon", "sat"], "company.work_from": "08:30",
                  "company.work_until": "17:00"}  # fmt: skip

        response = browser_of(cast.admin).post("/settings/company/", values)

        assert response.status_code == 302
        assert value_of("company.name") == "Defne Ev"
        assert value_of("company.zone") == "Europe/Berlin"
        assert value_of("company.work_days") == ["mon", "sat"]

    def test_shows_every_part_below_its_heading_and_keeps_what_leads_need(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        sent = {"company.name": "Defne Ev", "company.zone": "Europe/Istanbul", "company.currency": "TRY",
                "company.language": "tr", "leads.sites": "https://ornek.com",
                "leads.response_minutes": "45"}  # fmt: skip

        client.post("/settings/company/", sent)
        shown = client.get("/settings/company/").context["settings"]

        assert (value_of("leads.sites"), value_of("leads.response_minutes")) == ("https://ornek.com", 45)
        assert [field.heading for field in shown if field.heading] == [
            "Çalışma saatleri",
            "Adaylar",
            "Teklifler",
            "Takip dizileri",
            "Numaralar, sınırlar ve kayıtlar",
            "Programlar",
            "Yedek",
        ]

    def test_refuses_a_zone_that_is_none(self, cast: Cast) -> None:
        sent = {
            "company.name": "X",
            "company.zone": "Mars/Olympus",
            "company.currency": "TRY",
            "company.language": "tr",
        }

        response = browser_of(cast.admin).post("/settings/company/", sent)

        assert response.status_code == 422
        assert value_of("company.zone") == "Europe/Istanbul"

    def test_leaves_no_decision_of_the_company_without_a_place(self, cast: Cast) -> None:
        apart = {"company.logo", "company.onboarded"}  # a picture of its own form, a step of the first day
        people = {"look", "notifications"}  # what somebody chooses for himself; rates have a page of their own
        own = {one.key for one in preferences("company") if one.section not in {*people, "rates"}} - apart

        page = browser_of(cast.admin).get("/settings/company/").content.decode()

        assert {key for key in own if f'name="{key}"' not in page} == set()

    def test_takes_what_other_rooms_ask_the_company(self, cast: Cast) -> None:
        browser_of(cast.admin).post("/settings/company/", {"company.name": "Defne Ev", "leads.silent_days": "12"})

        assert value_of("leads.silent_days") == 12


def filter_row(place: str, field: str, op: str, value: str) -> dict[str, str]:
    """Give what one row of the customers' filter sends."""
    at = "filter:customers.customer:"
    return {f"{at}field-{place}": field, f"{at}op-{place}": op, f"{at}value-{place}": value}


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class TestRoles:
    def test_are_made_as_a_matrix(self, cast: Cast) -> None:
        sent = {"name": "Ege satışı", "grant:*:view": "team", "grant:customers.customer:edit": "filter",
                **filter_row("0.0", "city", "in", "İzmir, Manisa"),
                "permissions": ["personal.reveal"]}  # fmt: skip

        response = browser_of(cast.admin).post("/settings/roles/new/", sent)

        role = Role.objects.get(name="Ege satışı")
        assert response["Location"] == f"/settings/roles/{encode_id(role.pk)}/"
        assert read_grants(role) == [
            {"type_key": "*", "verb": "view", "scope": "team", "filter": None},
            {"type_key": "customers.customer", "verb": "edit", "scope": "filter",
             "filter": {"field": "city", "op": "in", "value": ["İzmir", "Manisa"]}},
        ]  # fmt: skip
        assert role.permissions == ["personal.reveal"]

    def test_say_what_is_wrong_with_a_filter(self, cast: Cast) -> None:
        sent = {"name": "Yanlış", "grant:customers.customer:view": "filter"}

        for row in ({}, filter_row("0.0", "renk", "is", "3"), filter_row("0.0", "next_contact_at", "after", "yarın")):
            response = browser_of(cast.admin).post("/settings/roles/new/", {**sent, **row})

            assert response.status_code == 422
        assert not Role.objects.filter(name="Yanlış").exists()

    def test_may_ask_for_the_colleagues_own_region(self, cast: Cast) -> None:
        sent = {"name": "Bölgesi", "grant:customers.customer:view": "filter",
                **filter_row("0.0", "city", "is", "bölgem"), **filter_row("0.1", "team", "is", "my_teams")}  # fmt: skip

        browser_of(cast.admin).post("/settings/roles/new/", sent)

        assert read_grants(Role.objects.get(name="Bölgesi"))[0]["filter"] == {
            "all": [
                {"field": "city", "op": "in", "value": {"var": "my.geography"}},
                {"field": "team", "op": "in", "value": {"var": "my_teams"}},
            ]
        }

    def test_change_their_filter_without_saving_anything(self, cast: Cast) -> None:
        sent = {"name": "Taslak", **filter_row("0.0", "city", "is", "İzmir"), "do": "filter:customers.customer:add:0"}

        page = browser_of(cast.admin).post("/settings/roles/new/", sent)
        part = browser_of(cast.admin).get(
            "/settings/roles/filter/customers.customer/", {**sent, "do": "filter:customers.customer:nest:0"},
            headers={"HX-Request": "true"},
        )  # fmt: skip

        [group] = next(row for row in page.context["matrix"] if row.key == "customers.customer").groups
        assert [row.value.value for row in group.items] == ["İzmir", ""]
        assert [item.is_row for item in part.context["row"].groups[0].items] == [True, False]
        assert not Role.objects.filter(name="Taslak").exists()

    def test_show_the_filter_again(self, cast: Cast) -> None:
        role = make_role("Bölge", {})
        tree = {"field": "city", "op": "is", "value": "İzmir"}
        Grant.objects.create(role=role, type_key="customers.customer", verb="view", scope="filter", filter=tree)

        response = browser_of(cast.admin).get(f"/settings/roles/{encode_id(role.pk)}/")

        row = next(row for row in response.context["matrix"] if row.key == "customers.customer")
        assert [(item.id, item.value.value) for item in row.groups[0].items] == [("0.0", "İzmir")]

    def test_close_fields(self, cast: Cast) -> None:
        role = make_role("Kısıtlı", {"view": "all"})
        address = f"/settings/roles/{encode_id(role.pk)}/fields/customers.customer/"

        browser_of(cast.admin).post(
            address, {"field:lifetime_value": "hidden", "field:phone": "locked", "field:city": ""}
        )

        rules = set(FieldRule.objects.values_list("field", "may_read", "may_write"))
        assert rules == {("lifetime_value", False, False), ("phone", True, False)}


class TestFields:
    def test_are_added_and_seen_at_once(self, cast: Cast) -> None:
        sent = {"label": "Alerji", "kind": "choice", "choice_lines": "Fıstık\nLateks", "section": "Sağlık"}

        response = browser_of(cast.admin).post("/settings/fields/new/?type=customers.customer", sent)

        field = CustomField.objects.get(label="Alerji")
        assert response["Location"] == "/settings/fields/?type=customers.customer"
        assert (field.key, field.kind, field.section) == ("alerji", "choice", "Sağlık")
        assert "Alerji" in browser_of(cast.admin).get("/records/customers.customer/new/").content.decode()

    def test_of_a_list_need_choices(self, cast: Cast) -> None:
        sent = {"label": "Beden", "kind": "choice", "choice_lines": ""}

        response = browser_of(cast.admin).post("/settings/fields/new/?type=customers.customer", sent)

        assert response.status_code == 422
        assert not CustomField.objects.exists()

    def test_change_places(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        for label in ("Bir", "İki"):
            client.post("/settings/fields/new/?type=customers.customer", {"label": label, "kind": "text"})
        second = CustomField.objects.get(label="İki")

        client.post(f"/settings/fields/{second.public_id}/place/", {"to": "up"})

        assert list(CustomField.objects.order_by("position").values_list("label", flat=True)) == ["İki", "Bir"]

    def test_are_archived_and_come_back(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        client.post("/settings/fields/new/?type=customers.customer", {"label": "Bir", "kind": "text"})
        field = CustomField.objects.get()

        client.post(f"/settings/fields/{field.public_id}/archive/")
        field.refresh_from_db()
        archived = field.archived_at is not None
        client.post(f"/settings/fields/{field.public_id}/archive/")
        field.refresh_from_db()

        assert (archived, field.archived_at) == (True, None)

    def test_stand_on_objects_of_ones_own(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        made = client.post("/settings/fields/objects/new/", {"label": "Tekne", "plural": "Tekneler"})

        assert made["Location"] == "/settings/fields/?type=own.tekne"
        assert client.get("/records/own.tekne/").status_code == 200


class TestApiKeys:
    def test_are_shown_once_and_open_nothing_after_withdrawal(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        sent = {"name": "Mağaza", "user": cast.ayse.user.public_id, "expires": "30", "scopes": ["view:*"]}

        secret = client.post("/settings/api-keys/new/", sent).context["secret"]
        key = ApiKey.objects.get()
        listed = client.get("/settings/api-keys/").content.decode()
        client.post(f"/settings/api-keys/{encode_id(key.pk)}/revocation/")

        key.refresh_from_db()
        assert secret.startswith(key.prefix)
        assert secret not in listed
        assert key.scopes == ["view:*"]
        assert key.revoked_at is not None


class TestAudit:
    def test_shows_old_and_new_and_undoes_an_operation(self, cast: Cast) -> None:
        client = browser_of(cast.admin)
        client.post("/settings/roles/new/", {"name": "Geçici"})
        group = client.get("/settings/audit/").context["groups"][0]

        client.post(f"/settings/audit/operations/{group.operation}/undo/")

        assert group.who == "Defne Koç"
        assert Role.objects.get(name="Geçici").archived_at is not None

    def test_asks_the_chain(self, cast: Cast) -> None:
        make_customer("Biri")

        response = browser_of(cast.admin).post("/settings/audit/check/", follow=True)

        assert response.status_code == 200

    def test_exports_no_formula(self, cast: Cast) -> None:
        make_customer("=HYPERLINK(1)", company=True)

        response = browser_of(cast.admin).get("/settings/audit/export/")

        assert ";'=HYPERLINK(1);" in b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]

    def test_finds_by_who(self, cast: Cast) -> None:
        browser_of(cast.admin).post("/settings/roles/new/", {"name": "Geçici"})

        found = browser_of(cast.admin).get("/settings/audit/", {"who": cast.zeynep.user.public_id})

        assert found.context["groups"] == []


class TestSampleData:
    def test_leaves_in_one_step_and_what_is_ones_own_stays(self, cast: Cast) -> None:
        from hatir.foundation.records import actions
        from hatir.foundation.records.registry import record_type

        actor = sample_data.sample_actor()
        made = actions.create(record_type("customers.customer"), [{"name": "Örnek Kişi"}], actor=actor)[0]

        response = browser_of(cast.admin).post("/settings/samples/removal/")

        made.refresh_from_db()
        cast.elif_kaya.refresh_from_db()
        assert response.status_code == 302
        assert made.archived_at is not None
        assert cast.elif_kaya.archived_at is None
        assert sample_data.sample_counts() == {}


class TestLogo:
    def test_stands_in_the_shell_and_before_signing_in_only_if_wanted(self, cast: Cast) -> None:
        client, stranger = browser_of(cast.admin), Client()
        client.post("/settings/company/logo/new/", {"logo": SimpleUploadedFile("l.png", PIXEL, "image/png")})
        shown = [("settings/company/logo/" in client.get("/today").content.decode(), stranger.get("/logo/").status_code,
                  "/logo/" in stranger.get("/accounts/login/").content.decode())]  # fmt: skip

        set_company({"company.logo_for_strangers": True}, actor=SYSTEM)
        answer = stranger.get("/logo/")
        shown.append((True, answer.status_code, "/logo/" in stranger.get("/accounts/login/").content.decode()))

        assert shown == [(True, 404, False), (True, 200, True)]
        assert (answer["Content-Type"], b"".join(answer.streaming_content)) == ("image/png", PIXEL)  # type: ignore[attr-defined]
