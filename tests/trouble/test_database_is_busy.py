"""Another process writes for longer than anybody waits: said plainly, nothing half-written, nothing typed lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client, RequestFactory

from hatir.foundation.access.keys import create_api_key
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due
from hatir.interface.web.oops import carried
from tests.world.cast import SYSTEM, Cast, Customer, make_cast, make_customer
from tests.world.databases import shared_database as shared_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]
TYPED = {"name": "Nur <b>Ak</b>", "city": "Sinop"}


@task(key="test.writes", kind="long", label="Yazan iş")
def writes(context: JobContext, waits: bool = True) -> None:
    if waits and context.attempt == 1:
        with writing_elsewhere():
            make_customer("Yarım Kalan")
    make_customer("Tam Yazılan")


@contextmanager
def writing_elsewhere() -> Iterator[None]:
    """Hold the write lock on another connection, and let this one wait for a tenth of a second only."""
    other = connections.create_connection("default")
    other.settings_dict = dict(connection.settings_dict)
    options = connection.settings_dict["OPTIONS"]
    patience = options.get("timeout")
    try:
        with connection.cursor() as ours, other.cursor() as theirs:
            if connection.vendor == "sqlite":
                options["timeout"] = 0.1
                ours.execute("PRAGMA busy_timeout = 100")
                theirs.execute("BEGIN IMMEDIATE")
            else:
                ours.execute("SET lock_timeout = '100ms'")
                theirs.execute("BEGIN")
                theirs.execute("LOCK TABLE customers_customer, audit_auditentry IN ACCESS EXCLUSIVE MODE")
            yield
            theirs.execute("ROLLBACK")
    finally:
        if connection.vendor == "sqlite":
            options["timeout"] = patience
        other.close()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def stored() -> tuple[int, int]:
    return Customer.objects.count(), AuditEntry.objects.count()


class TestAPage:
    def browser(self, cast: Cast) -> Client:
        client = Client(raise_request_exception=False, headers={"Accept-Language": "tr"})
        client.force_login(cast.ayse.user)
        return client

    def test_says_so_and_offers_to_send_the_same_again(self, cast: Cast) -> None:
        browser, before = self.browser(cast), stored()

        with writing_elsewhere():
            refused = browser.post("/records/customers.person/new/", TYPED)

        page = refused.content.decode()
        assert (refused.status_code, refused["Retry-After"]) == (503, "2")
        assert "Veritabanı meşgul" in page
        assert "Hiçbir şey kaydedilmedi, yazdıklarınız duruyor" in page
        assert '<input type="hidden" name="name" value="Nur &lt;b&gt;Ak&lt;/b&gt;">' in page
        assert '<input type="hidden" name="city" value="Sinop">' in page
        assert stored() == before
        assert browser.post("/records/customers.person/new/", TYPED).status_code == 302
        assert Customer.objects.get(name="Nur <b>Ak</b>").city == "Sinop"

    def test_carries_no_password(self) -> None:
        sent = {"name": "Nur", "login": "nur@ornek.com.tr", "password": "boncuk-2026", "oldpassword": "x", "code": "1"}

        assert carried(RequestFactory().post("/", sent)) == [("name", "Nur"), ("login", "nur@ornek.com.tr")]

    def test_leaves_reading_alone(self, cast: Cast) -> None:
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL's lock of this test shuts readers out too")
        browser = self.browser(cast)

        with writing_elsewhere():
            assert browser.get("/customers/").status_code == 200

    def test_told_to_htmx_leaves_the_form_as_it_is(self, cast: Cast) -> None:
        browser = self.browser(cast)

        with writing_elsewhere():
            refused = browser.post("/records/customers.person/new/", TYPED, headers={"HX-Request": "true"})

        assert refused.status_code == 503  # 5xx is never swapped in; the browser says `error_503` beside the form


class TestTheApi:
    def test_says_when_to_come_back(self, cast: Cast) -> None:
        key = create_api_key(cast.admin.user, "Deneme", ("*:*",), actor=SYSTEM).plain
        before = stored()

        with writing_elsewhere():
            answer: Any = Client().post(
                "/api/v1/customers",
                {"kind": "person", "name": "Nur Ak"},
                content_type="application/json",
                headers={"Authorization": f"Bearer {key}", "Accept-Language": "tr"},
            )

        assert (answer.status_code, answer["Retry-After"]) == (503, "1")
        assert (answer.json()["code"], answer.json()["title"]) == ("busy", "Veritabanı meşgul; yeniden deneyin.")
        assert stored() == before


class TestAJob:
    def test_is_tried_again_and_writes_once(self, cast: Cast) -> None:
        job = writes.enqueue(actor=cast.admin.actor)

        run_due()
        job.refresh_from_db()
        first = (job.state, job.attempts, job.error)
        Job.objects.update(run_after=job.created_at)
        run_due()
        job.refresh_from_db()

        assert first == ("waiting", 1, "Veritabanı çok uzun süre meşguldü ya da ulaşılamadı.")
        assert (job.state, job.attempts) == ("done", 2)
        assert list(
            Customer.objects.filter(name__in=["Yarım Kalan", "Tam Yazılan"]).values_list("name", flat=True)
        ) == ["Tam Yazılan"]


def test_the_lock_of_these_tests_is_real(cast: Cast) -> None:
    with writing_elsewhere(), pytest.raises(OperationalError), transaction.atomic():
        make_customer("Geçmez")
