"""An import that is killed again and again, loses its rights, or meets itself ends as an undisturbed one."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import tracemalloc
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from hatir.foundation.access.models import Grant, Role
from hatir.foundation.audit.models import AuditEntry
from hatir.foundation.files.actions import store
from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs import claiming
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_type
from hatir.foundation.staff.models import User
from hatir.foundation.transfer import actions, queries, reading, running
from hatir.foundation.transfer.errors import RightsEnded
from hatir.foundation.transfer.models import ImportRun, LooseEnd
from tests.world.cast import EVERYTHING, Cast, actor_of, make_cast, make_role, make_user
from tests.world.databases import shared_database as shared_database

Customer: Any = record_type("customers.customer").model
PEOPLE, COMPANIES = "customers.person", "customers.company"
KILLS = int(os.environ.get("HATIR_KILLS", "6"))
"""How often an import is killed: HATIR_KILLS=50 for a thorough look."""


def companies(house: str) -> bytes:
    """Write companies of every outcome: new ones, twins, refused ones, tags, further telephones, late parents."""
    lines = ["Firma Adı;E-posta;Telefon;Diğer telefon;Etiketler;Ana şirket;Ciro"]
    for n in range(160):
        twin = n - 1 if n % 20 == 19 else n
        email = "yok" if n % 23 == 7 else f"k{twin}@{house}.test"
        parent = f"{house} Firma {n + 40}" if n % 10 == 4 and n + 40 < 160 else ""
        lines.append(f"{house} Firma {n};{email};;0532 {n:03d} 11 22;Küme {n % 7};{parent};{n},25")
    return "\n".join(lines).encode()


def opened(house: str, actor: Actor) -> ImportRun:
    run = actions.begin_import(store([companies(house)], name=f"{house}.csv", actor=actor), COMPANIES, actor=actor)
    names = {0: "name", 1: "email", 2: "phone", 3: "+phone", 4: "tags", 5: "parent", 6: "annual_revenue"}
    return actions.set_mapping(run.pk, names, actor=actor, options={"match_on": ["email"]})


def outcome(run: ImportRun, house: str) -> dict[str, Any]:
    """Tell everything that an import left behind, without the name of its house."""
    run.refresh_from_db()
    records = Customer.objects.filter(email__endswith=f"@{house}.test").select_related("parent")
    entries = AuditEntry.objects.filter(operation=run.operation).values_list("type_key", "verb")
    return {
        "state": run.state,
        "counts": run.counts,
        "sums": run.sums,
        "check": run.check_counts,
        "records": sorted(
            (
                record.name.replace(house, ""),
                record.parent.name.replace(house, "") if record.parent else "",
                record.phone,
                record.archived_at is None,
                sorted(tag.name for tag in record.tags.all()),
                sorted(point.value for point in record.contact_points.filter(archived_at=None)),
            )
            for record in records
        ),
        "refused": [(r.line, r.imported) for r in queries.rejections(run, is_trial=False)],
        "loose": LooseEnd.objects.filter(run=run).count(),
        "audit": Counter(entry for entry in entries if entry[0] != "customers.tag"),
    }


def work_until(end: float | None, run: ImportRun) -> bool:
    """Let a process of its own work on the queue, kill it after so many seconds; tell whether it lived to the end."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            run_due()
        finally:
            os._exit(0)
    until = None if end is None else time.monotonic() + end
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if until is not None and time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            past = timezone.now() - timedelta(minutes=1)
            run.refresh_from_db()
            Job.objects.filter(pk=run.job_id or 0).update(lease_until=past, attempts=0)
            claiming.recover_expired()
            Job.objects.filter(pk=run.job_id or 0).update(run_after=past)
            return False
        time.sleep(0.005)
    return True


def worked(run: ImportRun, kills: int, dice: random.Random) -> None:
    """Work on the run's job to its end, with so many kills at any moment on the way."""
    for _kill in range(kills):
        if work_until(dice.uniform(0.01, 0.6), run):
            return
    work_until(None, run)


def taken_through(house: str, actor: Actor, kills: int, dice: random.Random) -> list[dict[str, Any]]:
    """Check, import and take back a file; tell what was there after the import and in the end."""
    run = opened(house, actor)
    worked(actions.start_check(run.pk, actor=actor), kills // 3, dice)
    worked(actions.start_import(run.pk, actor=actor), kills - 2 * (kills // 3), dice)
    after = outcome(run, house)
    worked(actions.start_revert(run.pk, actor=actor), kills // 3, dice)
    return [after, outcome(run, house)]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared_database")
class TestKilled:
    @pytest.mark.usefixtures("small_batches")
    def test_at_any_moment_it_ends_as_an_undisturbed_one(self) -> None:
        actor, seed = make_cast().admin.actor, random.randrange(10**6)
        undisturbed = taken_through("huzur", actor, 0, random.Random(seed))

        disturbed = taken_through("telaş", actor, KILLS, random.Random(seed))

        assert undisturbed[0]["counts"] == {"new": 146, "updated": 7, "unchanged": 0, "skipped": 0, "rejected": 7}
        for after, calm in zip(disturbed, undisturbed, strict=True):
            for told, value in calm.items():
                assert after[told] == value, f"{told}, seed {seed}"

    def test_one_file_twice_at_once_makes_each_record_once(self) -> None:
        actor = make_cast().admin.actor
        runs = [actions.start_import(opened("lale", actor).pk, actor=actor) for _time in range(2)]
        threads = [threading.Thread(target=_work) for _run in runs]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        ended = [ImportRun.objects.get(pk=run.pk) for run in runs]
        assert [run.state for run in ended] == ["done", "done"]
        assert [sum(run.counts.values()) for run in ended] == [160, 160]
        assert sum(run.counts["new"] for run in ended) == 146
        assert Customer.objects.filter(email__endswith="@lale.test").count() == 146


def _work() -> None:
    try:
        run_due(1)
    finally:
        connections.close_all()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 20)
    monkeypatch.setattr(running, "OTHERS_SECONDS", 0.01)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


class TestRights:
    def ending_after(self, batches: int, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the role's right to import away once so many batches are written."""
        left = [batches]
        keep = running.keep_rejected

        def watched(*given: Any, **more: Any) -> None:
            keep(*given, **more)
            left[0] -= 1
            if left[0] == 0:
                Grant.objects.filter(role=role, verb="import").delete()

        monkeypatch.setattr(running, "keep_rejected", watched)

    @pytest.mark.usefixtures("small_batches")
    def test_that_end_midway_stop_it_there_and_it_goes_on_when_they_return(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        role = make_role("Aktaran", dict.fromkeys(EVERYTHING, "all"))
        actor = actor_of(make_user("Eda", "eda@lale.test", role=role))
        run = opened("gül", actor)
        self.ending_after(3, role, monkeypatch)

        actions.start_import(run.pk, actor=actor)
        run_due()

        run.refresh_from_db()
        assert (run.state, run.error, run.next_row) == ("failed", str(RightsEnded()), 60)
        assert sum(run.counts.values()) == 60
        assert Customer.objects.filter(email__endswith="@gül.test").count() == run.counts["new"]

        Grant.objects.create(role=role, type_key="*", verb="import", scope="all")
        actions.continue_import(run.pk, actor=actor_of(actor_user(actor)))
        run_due()

        run.refresh_from_db()
        assert (run.state, run.error, run.next_row, sum(run.counts.values())) == ("done", "", 160, 160)
        assert Customer.objects.filter(email__endswith="@gül.test").count() == 146


def actor_user(actor: Actor) -> Any:
    return User.objects.get(pk=actor.user_id or 0)


class TestAMillionRows:
    def test_of_one_kind_cost_the_same_memory_and_time_each(self, cast: Cast) -> None:
        """Twenty thousand against two thousand stand for a million: what grows with the file would show."""

        def read(count: int) -> tuple[int, float]:
            row = b"Ali Er;ali@ornek.test;\xc4\xb0zmir\n"
            file = store([b"Ad Soyad;E-posta;Sehir\n", *[row] * count], name="a.csv", actor=cast.admin.actor)
            path = path_of(file)
            table = reading.inspect(path)
            tracemalloc.start()
            seen = sum(1 for _row in reading.rows(path, table))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            began = time.process_time()
            for _row in reading.rows(path, table):
                pass
            assert seen == count
            return peak, (time.process_time() - began) / count

        (few_bytes, few_seconds), (many_bytes, many_seconds) = read(2000), read(20_000)

        assert many_bytes < few_bytes * 1.2
        assert many_seconds < few_seconds * 2

    @pytest.mark.usefixtures("small_batches")
    def test_of_one_kind_make_one_record(self, cast: Cast) -> None:
        rows = b"Ali Er;ali@ornek.test\n" * 500
        file = store([b"Ad Soyad;E-posta\n" + rows], name="a.csv", actor=cast.admin.actor)
        run = actions.begin_import(file, PEOPLE, actor=cast.admin.actor)

        actions.start_import(run.pk, actor=cast.admin.actor)
        run_due()

        run.refresh_from_db()
        assert run.counts == {"new": 1, "updated": 0, "unchanged": 499, "skipped": 0, "rejected": 0}
