"""Nothing more fits on the disk: said plainly, nothing half-written."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from hatir.foundation.access.keys import create_api_key
from hatir.foundation.audit import steps
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.pipeline import steps as pipeline
from hatir.foundation.records import writing
from tests.world.cast import SYSTEM, Cast, Customer, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
FULL = {
    "database": OperationalError("database or disk is full"),
    "file": OSError(errno.ENOSPC, "No space left on device"),
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def key(cast: Cast) -> str:
    return create_api_key(cast.admin.user, "Deneme", ("*:*",), actor=SYSTEM).plain


@pytest.fixture(params=["database", "file"])
def full(request: pytest.FixtureRequest, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the disk be full when the audit entry of a write is stored: the record itself is written by then."""

    def refuse(batch: Any) -> None:
        raise FULL[request.param]

    after = tuple(refuse if step is steps.record_changes else step for step in pipeline.AFTER_SAVE)
    monkeypatch.setattr(writing, "_after", after)
    return str(request.param)


def stored() -> tuple[int, int]:
    return Customer.objects.count(), AuditEntry.objects.filter(verb="create").count()


class TestADiskThatIsFull:
    def test_is_told_on_the_page_and_nothing_is_half_written(self, cast: Cast, full: str) -> None:
        before = stored()
        browser = Client(raise_request_exception=False)
        browser.force_login(cast.ayse.user)

        answer = browser.post("/records/customers.person/new/", {"name": "Nur Ak"})

        page = answer.content.decode()
        assert answer.status_code == 507
        assert "Disk dolu" in page
        assert 'name="name" value="Nur Ak"' in page
        assert stored() == before

    def test_is_told_to_programs(self, cast: Cast, key: str, full: str) -> None:
        before = stored()

        answer: Any = Client().post(
            "/api/v1/customers",
            {"kind": "person", "name": "Nur Ak"},
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )

        assert (answer.status_code, answer.json()["code"]) == (507, "no_room")
        assert stored() == before
