"""The company's zone holds for every piece of work; instants stay what they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hatir.foundation.access.keys import create_api_key
from hatir.foundation.access.queries import asked_condition, visible
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.jobs.running import run_due
from hatir.foundation.jobs.schedule import daily
from hatir.foundation.preferences.actions import set_company
from hatir.foundation.records.memory import piece_of_work
from hatir.foundation.records.refs import RecordRef
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.records.values import clean
from hatir.foundation.timeline.actions import post_note
from tests.world.cast import SYSTEM, Cast, Customer, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"
LATE = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
"""Half past midnight of 2 March in İstanbul, 1:30 in Baku, still 1 March in Berlin and New York."""
heard: list[str] = []


@task(key="test.clock", kind="long")
def clock(context: JobContext) -> None:
    heard.append(f"{timezone.localtime(LATE):%d.%m. %H:%M}")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def choose(zone: str, cast: Cast) -> None:
    set_company({"company.zone": zone}, actor=cast.admin.actor)


class TestThePieceOfWork:
    @pytest.mark.parametrize(
        ("zone", "shown"),
        [("Europe/Istanbul", "02.03. 00:30"), ("America/New_York", "01.03. 16:30"), ("Asia/Baku", "02.03. 01:30")],
    )
    def test_shows_times_as_the_company_counts_them(self, cast: Cast, zone: str, shown: str) -> None:
        choose(zone, cast)

        with piece_of_work():
            assert f"{timezone.localtime(LATE):%d.%m. %H:%M}" == shown
            assert timezone.get_current_timezone_name() == zone
        heard.clear()
        clock.enqueue()
        run_due()

        assert heard == [shown]

    def test_asks_for_the_zone_only_when_a_time_is_shown(self, cast: Cast) -> None:
        with (
            CaptureQueriesContext(
                connection,
            ) as asked,
            piece_of_work(),
        ):
            timezone.get_current_timezone()
        assert len(asked) == 0

        with CaptureQueriesContext(connection) as asked, piece_of_work():
            timezone.localtime(LATE)
            timezone.localtime(LATE)
        assert len(asked) == 2, "the stamp and the company's settings, once"

    def test_reads_a_time_without_a_zone_as_the_companys(self, cast: Cast) -> None:
        choose("America/New_York", cast)
        spec = fields_of(record_type(KEY))["next_contact_at"]

        with piece_of_work():
            assert clean(spec, "2026-03-01T16:30").astimezone(UTC) == LATE

    def test_changes_what_today_means_in_a_filter(self, cast: Cast) -> None:
        Customer.objects.filter(pk=cast.elif_kaya.pk).update(next_contact_at=LATE)
        rt, tree = record_type(KEY), {"field": "next_contact_at", "op": "on", "value": "2026-03-01"}

        def found() -> list[str]:
            with piece_of_work():
                condition = asked_condition(cast.admin.actor, rt, tree)
                return list(visible(cast.admin.actor, rt).filter(condition).values_list("name", flat=True))

        assert found() == []
        choose("Europe/Berlin", cast)
        assert found() == ["Elif Kaya"]

    def test_changes_when_a_daily_task_is_due(self, cast: Cast) -> None:
        choose("America/New_York", cast)

        with piece_of_work():
            assert daily("test.clock", at="03:00").after(LATE, LATE).astimezone(UTC).hour == 8


class TestTheCorridors:
    def test_pages_follow_the_zone_and_the_api_stays_in_utc(self, cast: Cast) -> None:
        note = post_note(RecordRef(KEY, cast.elif_kaya.pk), "Aradım", actor=cast.ayse.actor)
        type(note).objects.filter(pk=note.pk).update(at=LATE)
        Customer.objects.filter(pk=cast.elif_kaya.pk).update(next_contact_at=LATE)
        choose("America/New_York", cast)
        browser = Client()
        browser.force_login(cast.admin.user)
        key = create_api_key(cast.admin.user, "Deneme", ("*:*",), actor=SYSTEM).plain

        page = browser.get(record_type(KEY).ref(cast.elif_kaya).url).content.decode()
        answer = (
            Client()
            .get(f"/api/v1/customers/{cast.elif_kaya.public_id}", headers={"Authorization": f"Bearer {key}"})
            .json()
        )

        assert "16:30" in page
        assert "00:30" not in page
        assert answer["next_contact_at"] == "2026-03-01T21:30:00Z"
