"""Every type on screen and through the API: there for who may, absent for who may not, at a constant cost.

The numbers of statements stand in query_counts.json; after a wanted change run with UPDATE_QUERY_COUNTS=1.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from hatir.foundation.access.models import FieldRule
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of
from hatir.foundation.staff.models import User
from tests.conformance.values import World, make_records
from tests.world.cast import Cast, make_role

COUNTS = Path(__file__).with_name("query_counts.json")
UPDATE = os.environ.get("UPDATE_QUERY_COUNTS") == "1"
SECRET = "Yalnız yöneticiye açık söz"
Address = Callable[[RecordType, Any], str]
PLACES: dict[str, Address] = {
    "list": lambda rt, record: f"/records/{rt.key}/",
    "page": lambda rt, record: f"/records/{rt.key}/{record.public_id}/",
    "api list": lambda rt, record: f"/api/v1/{rt.api_path}",
    "api record": lambda rt, record: f"/api/v1/{rt.api_path}/{record.public_id}",
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def is_free_text(rt: RecordType, spec: FieldSpec) -> bool:
    """Tell whether a column of the type can hold the secret and is not its title."""
    fits = spec.kind == "longtext" or (spec.kind == "text" and (spec.max_length or 99) >= len(SECRET))
    return fits and spec.editable and bool(spec.path) and spec.name not in (rt.title, "source")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def address(place: str, rt: RecordType, record: Any) -> str:
    """Give the address of a place; skip, aloud, while nothing answers there."""
    url = PLACES[place](rt, record)
    try:
        resolve(url)
    except Resolver404:
        pytest.skip(f"NOT ROUTED YET: {url}")
    return url


class TestPlaces:
    def test_answer_who_may(self, place: str, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]

        answer = signed_in(cast.admin.user).get(address(place, rt, record))

        assert answer.status_code == 200
        assert rt.title_of(record).split()[0] in answer.content.decode() or "\\u" in answer.content.decode()

    def test_are_not_there_for_a_stranger(self, place: str, rt: RecordType, cast: Cast, world: World) -> None:
        record = make_records(world, rt, 1)[0]
        url = address(place, rt, record)

        answer = signed_in(cast.can.user).get(url)

        assert answer.status_code in (403, 404)
        assert (answer.status_code == 404) or "list" in place
        assert rt.title_of(record) not in answer.content.decode()

    def test_send_nobody_in_without_signing_in(self, place: str, rt: RecordType, world: World) -> None:
        record = make_records(world, rt, 1)[0]
        url = address(place, rt, record)

        # From an address of its own: one that knocks at every door of the house is soon told to wait.
        answer = Client(REMOTE_ADDR=str(IPv4Address(0x0A000000 + crc32(url.encode()) % 2**24))).get(url)

        assert answer.status_code in (302, 401)

    def test_keep_a_closed_field_to_themselves(self, place: str, rt: RecordType, cast: Cast, world: World) -> None:
        texts = [spec for spec in fields_of(rt).values() if is_free_text(rt, spec)]
        if not texts:
            pytest.skip(f"{rt.key} has no free text beside its title")
        record = make_records(world, rt, 1)[0]
        rt.model._base_manager.filter(pk=record.pk).update(**{texts[0].path: SECRET})
        url = address(place, rt, record)
        role = make_role("Her şeyi görür", {"view": "all"})
        cast.can.user.role_assignments.create(role=role)
        FieldRule.objects.create(role=role, type_key=rt.root_key, field=texts[0].name, may_read=False)

        answer = signed_in(cast.can.user).get(url)

        assert answer.status_code == 200
        assert SECRET not in answer.content.decode()


class TestCost:
    def test_is_the_same_for_3_and_30_rows(self, place: str, rt: RecordType, cast: Cast, world: World) -> None:
        records = make_records(world, rt, 3, start=10)
        client = signed_in(cast.admin.user)
        few = statements(client, address(place, rt, records[0]))
        make_records(world, rt, 27, start=20)

        many = statements(client, address(place, rt, records[0]))

        assert many == few
        judge(f"{rt.key}: {place}", many)


def statements(client: Client, url: str) -> int:
    """Count the statements of a request, after one that warms what is kept in the process."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    return len(seen)


def judge(name: str, count: int) -> None:
    """Compare with the kept number, or keep it."""
    kept: dict[str, int] = json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
    if UPDATE:
        text = json.dumps({**kept, name: count}, indent=2, sort_keys=True, ensure_ascii=False)
        COUNTS.write_text(text + "\n", encoding="utf-8")
        return
    assert count == kept.get(name), f"{name}: {count} statements, {kept.get(name)} kept; see UPDATE_QUERY_COUNTS"
