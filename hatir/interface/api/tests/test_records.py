"""Creating, reading, changing and archiving through the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hatir.interface.api.tests.conftest import Program
from hatir.kit.ids import encode_id
from tests.world.cast import Cast, Customer

SENT = {"name": "Ayşe Işık", "email": "ayse@example.com", "phone": "555-123-4567"}


class TestCreate:
    @pytest.mark.parametrize("path", ["/customers", "/customers/"])
    def test_takes_what_a_plain_client_sends(self, api: Program, path: str) -> None:
        answer = api.send("POST", path, SENT)

        record = answer.json()
        assert answer.status_code == 201
        assert (record["name"], record["email"], record["phone"]) == tuple(SENT.values())
        assert (record["given_name"], record["family_name"]) == ("Ayşe", "Işık")
        assert answer["Location"] == f"/api/v1/customers/{record['id']}"
        assert answer["ETag"].startswith('"1-')

    def test_refuses_unknown_and_fixed_fields_by_name(self, api: Program, cast: Cast) -> None:
        before = Customer.objects.count()

        answer = api.send("POST", "/customers", {**SENT, "is_admin": True, "id": "X", "created_at": "2020-01-01"})

        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == {"is_admin", "id", "created_at"}
        assert Customer.objects.count() == before

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [("10.250", "10.25"), ("1234.5", "1234.50"), (10.25, "10.25"), ("1.250,50", "1250.50"), ("1250", "1250.00")],
    )
    def test_reads_numbers_in_text_as_programs_write_them(self, api: Program, sent: object, kept: str) -> None:
        answer = api.send("POST", "/companies", {"name": "Işık A.Ş.", "annual_revenue": sent})

        assert answer.status_code == 201
        assert str(Customer.objects.get(name="Işık A.Ş.").annual_revenue) == kept

    def test_needs_a_name(self, api: Program) -> None:
        answer = api.send("POST", "/people", {"email": "ayse@example.com"}, Accept_Language="en")

        assert answer.json()["errors"] == {"name": ["A customer needs a name."]}

    def test_needs_the_right(self, cast: Cast, program: Callable[..., Program]) -> None:
        before = Customer.objects.count()

        answer = program(cast.ayse, "view:*").send("POST", "/customers", SENT)

        assert answer.status_code == 403
        assert Customer.objects.count() == before

    def test_says_when_an_owner_does_not_exist(self, api: Program) -> None:
        answer = api.send("POST", "/customers", {**SENT, "owner": encode_id(5)})

        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["owner"])

    def test_says_when_a_unique_value_is_taken(self, api: Program) -> None:
        api.send("POST", "/customers.tag", {"name": "VIP"})

        answer = api.send("POST", "/customers.tag", {"name": "VIP"})

        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["name"]


class TestRead:
    def test_shows_nothing_to_who_may_not_see_it(self, cast: Cast, program: Callable[..., Program]) -> None:
        answer = program(cast.ayse).send("GET", f"/customers/{cast.deniz_isik.public_id}")

        assert answer.status_code == 404

    def test_shows_a_type_to_nobody_without_rights(self, cast: Cast, program: Callable[..., Program]) -> None:
        assert program(cast.can).send("GET", "/customers").status_code == 404

    def test_covers_masked_values(self, cast: Cast, program: Callable[..., Program]) -> None:
        covered = program(cast.mehmet).send("GET", f"/customers/{cast.deniz_isik.public_id}").json()
        in_full = program(cast.admin).send("GET", f"/customers/{cast.deniz_isik.public_id}").json()

        assert in_full["tckn"] == "10000000146"
        assert covered["tckn"] == "•••••••••46"

    def test_gives_304_for_the_version_that_is_known(self, api: Program, cast: Cast) -> None:
        path = f"/customers/{cast.elif_kaya.public_id}"
        tag = api.send("GET", path)["ETag"]

        answer = api.send("GET", path, If_None_Match=tag)

        assert (answer.status_code, answer.content) == (304, b"")

    def test_gives_linked_records_on_request(self, api: Program, cast: Cast) -> None:
        record = api.send("GET", f"/customers/{cast.elif_kaya.public_id}?fields=name&include=owner").json()

        assert record["included"]["owner"]["name"] == "Ayşe Yıldırım"
        assert "city" not in record


class TestChange:
    def test_stores_the_given_fields_only(self, api: Program, cast: Cast) -> None:
        answer = api.send("PATCH", f"/customers/{cast.elif_kaya.public_id}", {"city": "Bursa"})

        assert answer.status_code == 200
        assert (answer.json()["city"], answer.json()["phone"], answer.json()["version"]) == (
            "Bursa",
            "0555 010 24 68",
            2,
        )

    def test_with_an_old_tag_changes_nothing(self, api: Program, cast: Cast) -> None:
        path = f"/customers/{cast.elif_kaya.public_id}"
        tag = api.send("GET", path)["ETag"]
        api.send("PATCH", path, {"city": "Bursa"})

        answer = api.send("PATCH", path, {"city": "Rize"}, If_Match=tag)

        assert (answer.status_code, answer.json()["version"]) == (412, 2)
        assert Customer.objects.get(pk=cast.elif_kaya.pk).city == "Bursa"

    def test_of_the_same_field_meanwhile_shows_both_values(self, api: Program, cast: Cast) -> None:
        path = f"/customers/{cast.elif_kaya.public_id}"
        api.send("PATCH", path, {"city": "Bursa"})

        answer = api.send("PATCH", path, {"city": "Rize", "version": 1})

        assert answer.status_code == 409
        assert answer.json()["conflicts"] == {"city": {"yours": "Rize", "theirs": "Bursa"}}

    def test_of_an_unseen_record_is_not_found(self, cast: Cast, program: Callable[..., Program]) -> None:
        answer = program(cast.ayse).send("PATCH", f"/customers/{cast.deniz_isik.public_id}", {"city": "Rize"})

        assert answer.status_code == 404
        assert Customer.objects.get(pk=cast.deniz_isik.pk).city == "Iğdır"


class TestArchive:
    def test_hides_from_lists_until_restored(self, api: Program, cast: Cast) -> None:
        path = f"/customers/{cast.elif_kaya.public_id}"

        archived = api.send("DELETE", path)
        listed = [row["id"] for row in api.send("GET", "/customers").json()["data"]]
        restored = api.send("POST", f"{path}/restore")

        assert archived.json()["archived_at"] is not None
        assert cast.elif_kaya.public_id not in listed
        assert restored.json()["archived_at"] is None


class TestBulk:
    def test_gives_each_item_its_outcome(self, api: Program, cast: Cast) -> None:
        answer = api.send(
            "POST",
            "/customers/bulk",
            {
                "items": [
                    {"values": {"name": "Bir"}},
                    {"values": {"name": "İki", "tckn": "123"}},
                    {"op": "update", "id": cast.elif_kaya.public_id, "values": {"city": "Rize"}},
                    {"op": "archive", "id": "0000000000000"},
                ]
            },
        )

        assert answer.status_code == 200
        assert [item["status"] for item in answer.json()["data"]] == [201, 422, 200, 404]
        assert (answer.json()["succeeded"], answer.json()["failed"]) == (2, 2)
        assert list(answer.json()["data"][1]["problem"]["errors"]) == ["tckn"]

    def test_stores_all_or_nothing_on_request(self, api: Program) -> None:
        before = Customer.objects.count()
        items = [{"values": {"name": "Bir"}}, {"values": {"name": ""}}]

        answer = api.send("POST", "/customers/bulk", {"atomic": True, "items": items})

        assert (answer.status_code, answer.json()["items"][0]["index"]) == (422, 1)
        assert Customer.objects.count() == before

    def test_takes_a_thousand(self, api: Program) -> None:
        items = [{"values": {"name": f"Kişi {number}"}} for number in range(1000)]

        assert api.send("POST", "/customers/bulk", {"items": items}).json()["succeeded"] == 1000
        assert api.send("POST", "/customers/bulk", {"items": [*items, items[0]]}).status_code == 422
