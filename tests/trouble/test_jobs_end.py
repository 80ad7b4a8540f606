"""Whoever starts a job hears how it goes and ends, in their own language; nobody else does."""

from __future__ import annotations

import errno

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from hatir.foundation.events.dispatch import deliver_waiting
from hatir.foundation.events.models import OutboxEvent
from hatir.foundation.jobs import actions, claiming
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.declaration import task
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.queries import running_jobs
from hatir.foundation.jobs.running import run_due
from hatir.foundation.live import actions as live_actions
from hatir.foundation.live.jobs import ends_for, progress_for
from hatir.foundation.live.queries import ANYWHERE
from hatir.foundation.notifications import queries
from hatir.foundation.records.errors import Invalid
from tests.world.cast import Cast, Member, make_cast

pytestmark = pytest.mark.django_db
PROBLEMS: dict[str, Exception] = {
    "disk": OSError(errno.ENOSPC, "No space left on device"),
    "sqlite disk": OperationalError("database or disk is full"),
    "locked": OperationalError("database is locked"),
    "bug": KeyError("inside"),
    "values": Invalid({"": ["Bu satırlar yazılamadı."]}),
}


@task(key="test.trouble", kind="long", label="Deneme işi", max_attempts=1)
def trouble(context: JobContext, problem: str = "") -> None:
    context.progress(1, 2, "1. adım")
    if problem:
        raise PROBLEMS[problem]


@pytest.fixture
def cast() -> Cast:
    found = make_cast()
    OutboxEvent.objects.all().delete()
    return found


def run(member: Member, problem: str = "") -> Job:
    job = trouble.enqueue(problem=problem, actor=member.actor)
    run_due()
    deliver_waiting()
    job.refresh_from_db()
    return job


def feed(member: Member) -> list[tuple[str, str, str, str, str]]:
    return [(item.kind, item.level, item.text, item.detail, item.url) for item in queries.feed(member.actor)]


class TestASuccess:
    def test_tells_its_starter_who_is_away_quietly(self, cast: Cast) -> None:
        job = run(cast.ayse)

        assert feed(cast.ayse) == [("job_done", "info", "Deneme işi: tamamlandı.", "", f"/jobs/{job.public_id}/")]
        assert feed(cast.zeynep) == []

    def test_is_not_told_twice_to_one_who_is_here(self, cast: Cast) -> None:
        live_actions.touch([(ANYWHERE, cast.ayse.user.pk)])

        run(cast.ayse)

        assert feed(cast.ayse) == []

    def test_is_told_once_however_often_the_event_is_delivered(self, cast: Cast) -> None:
        run(cast.ayse)
        OutboxEvent.objects.update(delivered_at=None)
        deliver_waiting()

        assert len(feed(cast.ayse)) == 1


class TestAFailure:
    @pytest.mark.parametrize(
        ("problem", "turkish"),
        [
            ("disk", "Disk dolu. Yer açın, ardından işi yeniden çalıştırın."),
            ("sqlite disk", "Disk dolu. Yer açın, ardından işi yeniden çalıştırın."),
            ("locked", "Veritabanı çok uzun süre meşguldü ya da ulaşılamadı."),
            ("bug", "Beklenmeyen bir şey bu işi durdurdu. Ayrıntıları bir yönetici görür."),
            ("values", "Bu satırlar yazılamadı."),
        ],
    )
    def test_is_told_at_once_and_in_plain_words(self, cast: Cast, problem: str, turkish: str) -> None:
        live_actions.touch([(ANYWHERE, cast.ayse.user.pk)])

        job = run(cast.ayse, problem)

        assert (job.state, job.error) == ("failed", turkish)
        assert feed(cast.ayse) == [
            ("job_failed", "task", "Deneme işi başarısız oldu.", turkish, f"/jobs/{job.public_id}/")
        ]

    def test_speaks_the_starters_language(self, cast: Cast) -> None:
        cast.ayse.user.language = "en"
        cast.ayse.user.save(update_fields=["language"])

        job = run(cast.ayse, "disk")

        assert job.error == "The disk is full. Make room, then run the job again."
        assert [item[2:4] for item in feed(cast.ayse)] == [("Deneme işi failed.", job.error)]

    def test_shows_its_inside_to_administrators_only(self, cast: Cast) -> None:
        job = run(cast.ayse, "bug")
        own, admin = Client(), Client()
        own.force_login(cast.ayse.user)
        admin.force_login(cast.admin.user)

        assert "KeyError" not in own.get(f"/jobs/{job.public_id}/").content.decode()
        assert "KeyError" in admin.get(f"/jobs/{job.public_id}/").content.decode()
        assert job.error in own.get("/jobs/?state=failed").content.decode()

    def test_of_the_worker_itself_is_told_too(self, cast: Cast) -> None:
        trouble.enqueue(actor=cast.ayse.actor)
        claiming.claim("killed", ["test.trouble"], 1)
        Job.objects.update(lease_until=timezone.now().replace(year=2020))

        assert claiming.recover_expired() == 1
        deliver_waiting()

        reason = "Çalışan süreç, her denemede bu işin ortasında sona erdi."
        assert [item[:4] for item in feed(cast.ayse)] == [("job_failed", "task", "Deneme işi başarısız oldu.", reason)]


class TestACancelledJob:
    def test_needs_no_telling(self, cast: Cast) -> None:
        job = trouble.enqueue(actor=cast.ayse.actor)
        claiming.claim("w", ["test.trouble"], 1)
        job.refresh_from_db()
        actions.cancel(job.pk, actor=cast.ayse.actor)
        claiming.cancelled(job)
        deliver_waiting()

        assert feed(cast.ayse) == []


class TestOpenPages:
    def test_of_the_starter_hear_progress_once_for_each_step(self, cast: Cast) -> None:
        job = trouble.enqueue(actor=cast.ayse.actor)
        claiming.claim("w", ["test.trouble"], 1)
        claiming.note_progress(job.pk, "w", 1200, 4000, "1. adım")
        running = running_jobs([cast.ayse.user.pk, cast.zeynep.user.pk], ["test.trouble"])
        told: dict[object, object] = {}

        first = progress_for(cast.ayse.user, running, told)
        again = progress_for(cast.ayse.user, running, told)

        assert [(m.name, m.data) for m in first] == [
            (
                "job",
                {
                    "id": job.public_id,
                    "title": "Deneme işi",
                    "done": 1200,
                    "total": 4000,
                    "count": "1.200 / 4.000",
                    "text": "1. adım",
                    "cancel": f"/jobs/{job.public_id}/cancellation/",
                    "ended": False,
                },
            )
        ]
        assert again == []
        assert progress_for(cast.zeynep.user, running, {}) == []

    @pytest.mark.parametrize(
        ("problem", "kind", "text"),
        [
            ("", "ok", "Deneme işi: tamamlandı."),
            ("values", "bad", "Deneme işi başarısız oldu: Bu satırlar yazılamadı."),
        ],
    )
    def test_of_the_starter_lose_the_card_and_show_a_toast(
        self, cast: Cast, problem: str, kind: str, text: str
    ) -> None:
        job = run(cast.ayse, problem)
        rows = list(OutboxEvent.objects.all())

        told = [(m.name, dict(m.data)) for m in ends_for(cast.ayse.user, rows)]

        assert told == [
            ("job", {"id": job.public_id, "ended": True}),
            ("toast", {"text": text, "kind": kind, "url": f"/jobs/{job.public_id}/", "label": "Aç"}),
        ]
        assert ends_for(cast.zeynep.user, rows) == []
