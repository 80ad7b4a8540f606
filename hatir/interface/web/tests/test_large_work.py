"""What is large is done by a job: a leaver's records and the example data; both can be taken back whole."""

from __future__ import annotations

import pytest
from django.test import Client

from hatir.foundation.audit.undo import undo
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records import actions
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User
from hatir.interface.web import sample_data
from hatir.interface.web.screens import leaving, settings
from tests.world.cast import Cast, Customer, Member, make_cast

pytestmark = pytest.mark.django_db
KEY = "customers.customer"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser_of(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def places(*customers: Customer) -> list[tuple[str, str]]:
    rows = Customer.objects.select_related("owner", "team").in_bulk([one.pk for one in customers])
    return [(str(rows[one.pk].owner), str(rows[one.pk].team)) for one in customers]


class TestAHandover:
    def test_of_many_is_done_by_a_job_and_taken_back_whole(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(leaving, "AT_ONCE", 1)
        before = places(cast.lale_market, cast.elif_kaya)
        sent = {"how": "colleague", "colleague": cast.mehmet.user.public_id, "close": "1"}

        answer = browser_of(cast.admin).post(f"/settings/people/{cast.ayse.user.public_id}/leaving/", sent, follow=True)

        job = Job.objects.get(key="web.hand_over")
        assert "Ayşe Yıldırım kayıtları devrediliyor." in answer.content.decode()
        assert not User.objects.get(pk=cast.ayse.user.pk).is_active
        assert places(cast.lale_market, cast.elif_kaya) == before
        run_due()
        job.refresh_from_db()
        assert (job.state, job.result, job.progress_done) == ("done", {"moved": 2, "left": {}}, 2)
        assert places(cast.lale_market, cast.elif_kaya) == [("Mehmet Öz", "Servis")] * 2

        undo(job.operation, cast.admin.actor)

        assert places(cast.lale_market, cast.elif_kaya) == before
        assert User.objects.get(pk=cast.ayse.user.pk).is_active

    def test_of_few_is_done_at_once(self, cast: Cast) -> None:
        sent = {"how": "colleague", "colleague": cast.mehmet.user.public_id}

        browser_of(cast.admin).post(f"/settings/people/{cast.ayse.user.public_id}/leaving/", sent)

        assert places(cast.lale_market, cast.elif_kaya) == [("Mehmet Öz", "Servis")] * 2
        assert not Job.objects.exists()

    def test_is_not_started_twice(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(leaving, "AT_ONCE", 1)
        sent = {"how": "colleague", "colleague": cast.mehmet.user.public_id}

        for _time in range(2):
            browser_of(cast.admin).post(f"/settings/people/{cast.ayse.user.public_id}/leaving/", sent)

        assert Job.objects.count() == 1


class TestTheExampleData:
    def test_of_many_records_is_removed_by_a_job_and_comes_back(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(settings, "AT_ONCE", 1)
        rows = [{"name": f"Örnek {number}"} for number in range(3)]
        made = actions.create(record_type(KEY), rows, actor=sample_data.sample_actor())

        browser_of(cast.admin).post("/settings/samples/removal/")
        still_there = sample_data.sample_counts()
        run_due()

        job = Job.objects.get(key="web.remove_samples")
        assert still_there == {KEY: 3}
        assert (job.state, job.result) == ("done", {"removed": 3})
        assert sample_data.sample_counts() == {}
        assert not Customer.objects.filter(pk__in=[one.pk for one in made], archived_at=None).exists()
        assert Customer.objects.get(pk=cast.elif_kaya.pk).archived_at is None

        undo(job.operation, cast.admin.actor)

        assert sample_data.sample_counts() == {KEY: 3}
