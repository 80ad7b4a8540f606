from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.actor import system_actor
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries, running
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
HEAD = "Firma;Ciro;Çalışan sayısı\n"
MAPPING = {0: "name", 1: "annual_revenue", 2: "employee_count"}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def sums(run: ImportRun, name: str) -> dict[str, Any]:
    """Give what is not nought of a column."""
    run.refresh_from_db()
    found = next(each for each in queries.sums_of(run) if each.field == name)
    parts: dict[str, Any] = {
        **found.taken, "file": found.file, "mended": found.mended, "skipped": found.skipped,
        "rejected": found.rejected, "kept": found.kept, "rest": found.rest, "unread": found.unread,
    }  # fmt: skip
    return {part: value for part, value in parts.items() if value}


def run_due_anew(run: ImportRun) -> None:
    """Let the next worker go on with what the killed one left."""
    job: Any = type("Job", (), {"progress": lambda *_args: None})()
    running.import_rows(run, job, system_actor("test"))
    run.refresh_from_db()


class TestSums:
    def test_of_a_file_are_those_of_what_became_of_it(self, cast: Cast, bring: Bring) -> None:
        bring(HEAD + "Alfa;100,10;5\nBeta;200;7\n", "customers.company", cast.admin.actor, mapping=MAPPING)

        again = HEAD + "Alfa;100,10;5\nBeta;250,25;7\nGama;0,30;1\n;999,99;3\nDelta;yok;2\n"
        run = bring(again, "customers.company", cast.admin.actor, mapping=MAPPING)

        # 100,10 + 250,25 + 0,30 + 999,99 = 1350,64; the row without a name and the one without a number are refused
        assert sums(run, "annual_revenue") == {
            "file": Decimal("1350.64"), "new": Decimal("0.30"), "updated": Decimal("250.25"),
            "unchanged": Decimal("100.10"), "rejected": Decimal("999.99"), "unread": 1,
        }  # fmt: skip
        assert sums(run, "employee_count") == {
            "file": Decimal(18), "new": Decimal(1), "updated": Decimal(7), "unchanged": Decimal(5),
            "rejected": Decimal(5),
        }  # fmt: skip

    def test_tell_what_records_kept_when_only_gaps_are_filled(self, cast: Cast, bring: Bring) -> None:
        bring(HEAD + "Alfa;100;\n", "customers.company", cast.admin.actor, mapping=MAPPING)

        run = bring(
            HEAD + "Alfa;130;5\n", "customers.company", cast.admin.actor, mapping=MAPPING, options={"on_match": "fill"}
        )

        # the file says 130, the record keeps its 100 (30 are not taken over) and gets the 5
        assert sums(run, "annual_revenue") == {
            "file": Decimal(130), "updated": Decimal(100), "kept": Decimal(30),
        }  # fmt: skip
        assert sums(run, "employee_count") == {"file": Decimal(5), "updated": Decimal(5)}

    def test_count_a_mended_cell_as_it_stands_in_the_file(self, cast: Cast, bring: Bring) -> None:
        text = HEAD + "Alfa;10;-\nBeta;20;3\n"
        run = bring(text, "customers.company", cast.admin.actor, mapping=MAPPING, only_check=True)
        line = queries.rejections(run, is_trial=True).get().line

        actions.correct_rows(run.pk, {line: {1: "12,50", 2: "4"}}, actor=cast.admin.actor)
        actions.start_import(run.pk, actor=cast.admin.actor)
        run_due()

        assert sums(run, "annual_revenue") == {
            "file": Decimal(30), "mended": Decimal("2.50"), "new": Decimal("32.50"),
        }  # fmt: skip
        assert sums(run, "employee_count") == {"file": Decimal(3), "mended": Decimal(4), "new": Decimal(7)}

    def test_leave_skipped_rows_apart(self, cast: Cast, bring: Bring) -> None:
        bring(HEAD + "Alfa;100;1\n", "customers.company", cast.admin.actor, mapping=MAPPING)

        run = bring(
            HEAD + "Alfa;130;5\nBeta;1;1\n", "customers.company", cast.admin.actor, mapping=MAPPING,
            options={"on_match": "skip"},
        )  # fmt: skip

        assert sums(run, "annual_revenue") == {"file": Decimal(131), "new": Decimal(1), "skipped": Decimal(130)}

    def test_are_the_same_when_the_worker_was_killed_between_two_batches(
        self, cast: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "BATCH", 2)
        text = HEAD + "".join(f"Firma {at};{at},01;{at}\n" for at in range(1, 6))
        real, seen = JobContext.progress, []

        def once_killed(job: JobContext, *args: Any, **named: Any) -> None:
            seen.append(args)
            real(job, *args, **named)
            if len(seen) == 2:
                raise SystemExit

        monkeypatch.setattr(JobContext, "progress", once_killed)
        with pytest.raises(SystemExit):
            bring(text, "customers.company", cast.admin.actor, mapping=MAPPING)
        run = ImportRun.objects.get()
        run_due_anew(run)

        # 1,01 + 2,01 + 3,01 + 4,01 + 5,01 = 15,05
        assert (run.state, run.next_row) == ("done", 5)
        assert sums(run, "annual_revenue") == {"file": Decimal("15.05"), "new": Decimal("15.05")}

    def test_stay_exact_where_a_float_would_not(self, cast: Cast, bring: Bring) -> None:
        rows = "".join(f"Firma {at};0,10;1\n" for at in range(30))

        run = bring(HEAD + rows, "customers.company", cast.admin.actor, mapping=MAPPING)

        assert sums(run, "annual_revenue") == {"file": Decimal("3.00"), "new": Decimal("3.00")}
