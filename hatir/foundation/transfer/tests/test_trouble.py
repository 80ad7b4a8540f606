"""Files as they should not be, workers that die, and imports in each other's way."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from hatir.foundation.files.actions import store
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries, running
from hatir.foundation.transfer.errors import FileUnreadable
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, actor_of, make_cast, make_role, make_user
from tests.world.databases import shared_database as shared_database

Customer: Any = record_type("customers.customer").model
PEOPLE = "customers.person"
WORKER = """
import os
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
settings.MEDIA_ROOT = os.environ["TEST_FILES"]
from django.db import connections
connections["default"].settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from hatir.foundation.jobs import worker
print("ready", flush=True)
worker.run_forever()
"""


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def people(count: int, first: int = 0) -> str:
    rows = "".join(f"Kişi {n};k{n}@ornek.test\n" for n in range(first, first + count))
    return f"Ad Soyad;E-posta\n{rows}"


class TestHalfAFile:
    def test_of_csv_gives_its_whole_rows_and_rejects_the_torn_letter(self, cast: Cast, bring: Bring) -> None:
        text = "Ad Soyad;E-posta\nAli Er;ali@ornek.test\nVeli Er;veli@ornek.test\nAyş"

        run = bring(text.encode()[:-1], PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"})

        assert (run.state, run.counts["new"], run.counts["rejected"]) == ("done", 2, 1)

    def test_of_a_workbook_is_refused_at_the_door(self, cast: Cast) -> None:
        from openpyxl import Workbook

        book, written = Workbook(), io.BytesIO()
        assert book.active is not None
        for _row in range(200):
            book.active.append(["Ali Er", "ali@ornek.test"])
        book.save(written)
        half = written.getvalue()[: len(written.getvalue()) // 2]

        with pytest.raises(FileUnreadable):
            actions.begin_import(store([half], name="a.xlsx", actor=cast.admin.actor), PEOPLE, actor=cast.admin.actor)
        assert ImportRun.objects.count() == 0

    def test_of_json_lines_names_the_torn_line(self, cast: Cast) -> None:
        text = '{"name": "Ali Er"}\n{"name": "Veli'

        with pytest.raises(FileUnreadable, match="2"):
            actions.begin_import(
                store([text.encode()], name="a.jsonl", actor=cast.admin.actor), PEOPLE, actor=cast.admin.actor
            )


class TestEncoding:
    def test_that_shows_only_far_down_is_found_nevertheless(self, cast: Cast, bring: Bring) -> None:
        plain = "".join(f"Kisi {n};k{n}@ornek.test;{'x' * 900}\n" for n in range(400))
        text = f"Ad Soyad;E-posta;Not\n{plain}Ayşe Işık;ayse@ornek.test;son\n"

        run = bring(text.encode("cp1254"), PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email", 2: "note"})

        assert run.counts["rejected"] == 0
        assert Customer.objects.get(email="ayse@ornek.test").name == "Ayşe Işık"

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1254", "iso-8859-9"])
    def test_of_every_customary_kind_is_read(self, cast: Cast, bring: Bring, encoding: str) -> None:
        text = "Ad Soyad;E-posta\nŞükrü Çığ;sukru@ornek.test\n"

        run = bring(text.encode(encoding), PEOPLE, cast.admin.actor)

        assert run.counts["new"] == 1
        assert Customer.objects.get(email="sukru@ornek.test").name == "Şükrü Çığ"

    def test_of_no_kind_rejects_the_damaged_cell_instead_of_storing_it(self, cast: Cast, bring: Bring) -> None:
        text = "Ad Soyad;E-posta\nAli \ufffd Er;ali@ornek.test\nOya Ak;oya@ornek.test\n"

        run = bring(text, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"})

        assert (run.counts["new"], run.counts["rejected"]) == (1, 1)


class TestLargeFile:
    @pytest.mark.parametrize("worth_a_process", [0, 10**9])
    def test_is_streamed_with_flat_memory(
        self, cast: Cast, worth_a_process: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "ROWS_WORTH_A_PROCESS", worth_a_process)

        def peak_bytes(count: int) -> int:
            rows = (f"Kişi {n % 100};İzmir;{'not ' * 20}\n".encode() for n in range(count))
            file = store([b"Ad Soyad;Sehir;Not\n", *rows], name="a.csv", actor=cast.admin.actor)
            run = actions.begin_import(file, PEOPLE, actor=cast.admin.actor)
            run = actions.set_mapping(run.pk, {0: "name", 1: "city", 2: "note"}, actor=cast.admin.actor)
            batcher = running.batcher_of(run, cast.admin.actor)
            tracemalloc.start()
            seen = 0
            for part in running.batches(run, batcher):
                seen += len(part)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert seen == count
            return peak

        usual = peak_bytes(2000)

        assert peak_bytes(20_000) < usual * 1.2


class TestUser:
    def test_who_may_import_but_not_create_makes_nothing(self, cast: Cast, bring: Bring) -> None:
        role = make_role("Düzelten", {"view": "all", "edit": "all", "import": "all"})
        actor = actor_of(make_user("Eda", "eda@lale.test", role=role))
        before = Customer.objects.count()

        run = bring(people(3), PEOPLE, actor)

        assert (run.counts["new"], run.counts["rejected"]) == (0, 3)
        assert Customer.objects.count() == before


class TestRejectedFile:
    def test_runs_no_formula_in_a_spreadsheet(self, cast: Cast, bring: Bring) -> None:
        text = 'Ad Soyad;E-posta\n"=HYPERLINK(""http://x.test"")";+yok\n'

        run = bring(text, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"})

        assert list(queries.rejected_rows(run))[1][:2] == ['\'=HYPERLINK("http://x.test")', "'+yok"]


def wait_for(seen: Callable[[], bool], seconds: float = 60.0) -> None:
    late = time.monotonic() + seconds
    while time.monotonic() < late:
        if seen():
            return
        time.sleep(0.02)
    raise AssertionError("It did not happen in time.")


@contextmanager
def worker_process(files: Path) -> Iterator[subprocess.Popen[str]]:
    connections.close_all()
    given = {"TEST_DATABASE": str(connection.settings_dict["NAME"]), "TEST_FILES": str(files)}
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER], env={**os.environ, **given}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(timeout=10)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared_database")
class TestWorker:
    def test_killed_in_the_middle_is_taken_over_without_doubling(self, files_folder: Path) -> None:
        actor = make_cast().admin.actor
        opened = actions.begin_import(store([people(3000).encode()], name="a.csv", actor=actor), PEOPLE, actor=actor)
        run = actions.start_import(opened.pk, actor=actor)
        with worker_process(files_folder) as process:
            wait_for(lambda: ImportRun.objects.get(pk=run.pk).next_row > 0)
            process.kill()
            process.wait(timeout=10)
        stopped_at = ImportRun.objects.get(pk=run.pk).next_row
        assert 0 < stopped_at < 3000
        past = timezone.now() - timedelta(minutes=1)
        Job.objects.filter(pk=run.job_id or 0).update(lease_until=past, run_after=past)

        with worker_process(files_folder):
            wait_for(lambda: ImportRun.objects.get(pk=run.pk).state == "done")

        run.refresh_from_db()
        assert run.counts == {"new": 3000, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 0}
        assert Customer.objects.filter(email__endswith="@ornek.test").count() == 3000

    def test_beside_another_doubles_no_record_of_two_files(self) -> None:
        actor = make_cast().admin.actor
        runs = []
        for first in (0, 500):
            file = store([people(1500, first).encode()], name=f"{first}.csv", actor=actor)
            opened = actions.begin_import(file, PEOPLE, actor=actor)
            runs.append(actions.start_import(opened.pk, actor=actor))
        threads = [threading.Thread(target=_work) for _run in runs]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        counts = [ImportRun.objects.get(pk=run.pk).counts for run in runs]
        assert [sum(each.values()) for each in counts] == [1500, 1500]
        assert sum(each["new"] for each in counts) == 2000
        assert Customer.objects.filter(email__endswith="@ornek.test").count() == 2000


def _work() -> None:
    try:
        run_due(1)
    finally:
        connections.close_all()
