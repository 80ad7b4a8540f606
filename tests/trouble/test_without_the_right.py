"""A user without the right meets 404 at every door, and nothing changes; sent values never reach what is closed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from hatir.foundation.access.keys import create_api_key
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.live.messages import Sight, messages_for
from hatir.foundation.live.outbox import Reader
from hatir.foundation.live.watching import read_watch
from hatir.foundation.records import actions
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.registry import declared_types, fields_of, record_type
from hatir.foundation.search.queries import search
from tests.conformance.values import World, make_records
from tests.world.cast import SYSTEM, Cast, Customer, Member, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def state_of(customer: Customer) -> tuple[dict[str, Any], int, int]:
    row: Any = Customer.objects.filter(pk=customer.pk).values().get()
    return row, AuditEntry.objects.count(), Customer.objects.count()


class TestPages:
    @pytest.mark.parametrize(
        "path",
        ["", "edit/", "facts/city/", "facts/city/history/", "cells/city/", "row/", "timeline/", "history/", "peek/"],
    )
    @pytest.mark.parametrize("who", ["mehmet", "can"])
    def test_of_a_record_out_of_sight_are_not_there(self, cast: Cast, who: str, path: str) -> None:
        before = state_of(cast.lale_market)
        browser = browser_of(getattr(cast, who))
        base = f"/records/{KEY}/{cast.lale_market.public_id}/"

        shown = browser.get(base + path)
        sent = browser.post(base + path, {"city": "Bursa", "version": "1"})

        assert (shown.status_code, sent.status_code) in {(404, 404), (404, 405), (405, 404)}
        assert "Lale" not in shown.content.decode() + sent.content.decode()
        assert state_of(cast.lale_market) == before

    def test_of_a_type_without_any_right_are_not_there(self, cast: Cast) -> None:
        before = state_of(cast.lale_market)
        browser = browser_of(cast.can)

        for path in ("/customers/", f"/records/{KEY}/", f"/records/{KEY}/new/", f"/records/{KEY}/export/"):
            assert browser.get(path).status_code == 404, path
        assert browser.post(f"/records/{KEY}/new/", {"name": "Sızan"}).status_code == 404
        assert state_of(cast.lale_market) == before

    def test_of_settings_are_not_there(self, cast: Cast) -> None:
        browser = browser_of(cast.ayse)

        for path in ("/settings/people/", "/settings/roles/", "/settings/company/", "/settings/audit/"):
            assert browser.get(path).status_code == 404, path


class TestBulkAndExport:
    @pytest.mark.parametrize("action", ["edit", "archive"])
    def test_reach_nothing_out_of_sight(self, cast: Cast, action: str) -> None:
        before = state_of(cast.lale_market)
        ids = {"ids": cast.lale_market.public_id, "city": "Bursa", "field": "city"}

        browser_of(cast.mehmet).post(f"/records/{KEY}/bulk/{action}/apply/", ids)

        assert state_of(cast.lale_market) == before

    def test_export_of_somebody_without_the_right_is_refused(self, cast: Cast) -> None:
        answer = browser_of(cast.mehmet).post(f"/records/{KEY}/export/", {"format": "csv"})

        assert answer.status_code == 404
        assert b"Lale" not in b"".join(answer) if answer.streaming else b"Lale" not in answer.content


class TestTheApi:
    @pytest.mark.parametrize("who", ["mehmet", "can"])
    def test_knows_nothing_out_of_sight(self, cast: Cast, who: str) -> None:
        key = create_api_key(getattr(cast, who).user, "Deneme", ("*:*",), actor=SYSTEM).plain
        before = state_of(cast.lale_market)
        path = f"/api/v1/customers/{cast.lale_market.public_id}"

        def send(method: str, body: Any = None) -> int:
            answer = Client().generic(
                method,
                path,
                json.dumps(body) if body else "",
                content_type="application/json",
                headers={"Authorization": f"Bearer {key}"},
            )
            assert b"Lale" not in answer.content
            return int(answer.status_code)

        assert [send("GET"), send("PATCH", {"city": "Bursa"}), send("DELETE")] == [404, 404, 404]
        assert state_of(cast.lale_market) == before


class TestSearchAndStream:
    def test_find_and_hear_nothing_out_of_sight(self, cast: Cast) -> None:
        reader = Reader()
        reader.new_rows()
        actions.update(record_type(KEY), [(cast.lale_market, {"city": "Manisa"})], actor=cast.ayse.actor)
        rows = reader.new_rows()
        watch = read_watch(f"{KEY}:{cast.lale_market.public_id},list:{KEY}")

        assert [hit.title for hit in search(cast.ayse.actor, "lale")] == ["Lale Market"]
        for member in (cast.mehmet, cast.can):
            assert search(member.actor, "lale") == []
            assert messages_for(member.user, watch, rows, Sight()) == []
            palette = browser_of(member).get("/palette/?q=lale", headers={"HX-Request": "true"})
            assert "Lale Market" not in palette.content.decode()
        assert OutboxEvent.objects.exists()


class TestMassAssignment:
    """Whatever is sent beside the fields that one may write is refused by name, and nothing is stored."""

    CLOSED = ("id", "version", "created_at", "archived_at", "custom", "name_fold", "is_admin", "pk")

    def test_does_not_reach_derived_facts_without_their_right(self, cast: Cast) -> None:
        key = create_api_key(cast.ayse.user, "Deneme", ("*:*",), actor=SYSTEM).plain
        before = state_of(cast.elif_kaya)

        answer: Any = Client().patch(
            f"/api/v1/customers/{cast.elif_kaya.public_id}",
            json.dumps({"city": "Bursa", "lifetime_value": "1"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )

        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["lifetime_value"])
        assert state_of(cast.elif_kaya) == before

    @pytest.mark.parametrize("name", CLOSED)
    def test_does_not_pass_the_api(self, cast: Cast, name: str) -> None:
        key = create_api_key(cast.admin.user, "Deneme", ("*:*",), actor=SYSTEM).plain
        before = state_of(cast.lale_market)

        answer: Any = Client().patch(
            f"/api/v1/customers/{cast.lale_market.public_id}",
            json.dumps({"city": "Bursa", name: "1"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )

        assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])
        assert state_of(cast.lale_market) == before

    @pytest.mark.parametrize("name", ["is_admin", "is_active", "password", "last_login"])
    def test_makes_nobody_an_administrator(self, cast: Cast, name: str) -> None:
        browser = browser_of(cast.ayse)
        before: Any = type(cast.ayse.user).objects.filter(pk=cast.ayse.user.pk).values().get()

        browser.post("/settings/profile/", {"name": "Ayşe", "language": "tr", name: "1"})
        browser.post(f"/records/staff.user/{cast.ayse.user.public_id}/edit/", {"name": "Ayşe", name: "1"})
        browser.post(f"/records/staff.user/{cast.ayse.user.public_id}/facts/{name}/", {name: "1"})

        after: Any = type(cast.ayse.user).objects.filter(pk=cast.ayse.user.pk).values().get()
        assert after[name] == before[name]


class TestAStoredScript:
    @pytest.mark.parametrize("rt", [rt for rt in declared_types() if not rt.narrows], ids=lambda rt: rt.key)
    def test_in_every_text_field_stays_text_on_every_page(self, cast: Cast, rt: RecordType) -> None:
        world = World()
        record = make_records(world, rt, 1)[0]
        model: Any = rt.model
        texts, named, written = {}, set(), set()
        for spec in fields_of(rt).values():
            if spec.kind in ("text", "longtext") and not spec.is_custom and spec.path:
                longest = model._meta.get_field(spec.path).max_length
                texts[spec.path] = SCRIPT[:longest] if longest else SCRIPT
                named |= {spec.name} - {"source"}  # where a record came from is noted, and stands on no page
                written |= {spec.name} if spec.editable else set()
        model._base_manager.filter(pk=record.pk).update(**texts)
        browser = browser_of(cast.admin)
        base = f"/records/{rt.key}/"
        record_page = f"{base}{record.public_id}/"
        # The list shows its columns, the record's page every field, its form those that people write.
        shown = {base: named & {rt.title, *rt.list_columns}, record_page: named, f"{record_page}edit/": named & written}

        for path in (*shown, "/palette/?q=script"):
            answer = browser.get(path, follow=True)
            page = answer.content.decode()
            assert answer.status_code == 200, path
            assert "<script>alert" not in page, path
            assert "<img src=x" not in page, path
            assert "&lt;script&gt;" in page or not shown.get(path), path
