from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.errors import AlreadyStarted
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
PEOPLE = "customers.person"
TEXT = "Ad Soyad;E-posta;Doğum Tarihi\n" + "".join(
    f"Kişi {n};k{n}@ornek.test;{'yok' if n < 5 else '1.2.1990'}\n" for n in range(8)
)
MAPPING = {0: "name", 1: "email", 2: "birth_on"}
BAD = "Ad Soyad;E-posta\nAli Er;ali(at)ornek.test\nVeli Er;veli@ornek.test\nOya Su;yok\n"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def imported(run: ImportRun, cast: Cast) -> dict[str, int]:
    actions.start_import(run.pk, actor=cast.admin.actor)
    run_due()
    run.refresh_from_db()
    counts: dict[str, int] = run.counts
    return counts


class TestCorrectedCell:
    def test_is_checked_again_at_once_and_imported_as_mended(self, cast: Cast, bring: Bring) -> None:
        run = bring(BAD, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"}, only_check=True)
        assert run.check_counts == {"new": 1, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 2}

        fine = actions.correct_rows(run.pk, {2: {1: "ali@ornek.test"}, 4: {1: "yok"}}, actor=cast.admin.actor)

        run.refresh_from_db()
        assert (fine, run.check_counts["new"], run.check_counts["rejected"]) == (1, 2, 1)
        assert [row.line for row in queries.rejections(run, is_trial=True)] == [4]
        assert imported(run, cast) == {"new": 2, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 1}
        assert Customer.objects.get(email="ali@ornek.test").name == "Ali Er"

    def test_that_is_wrong_still_tells_why(self, cast: Cast, bring: Bring) -> None:
        run = bring(BAD, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"}, only_check=True)

        fine = actions.correct_rows(run.pk, {2: {1: "ali@"}}, actor=cast.admin.actor)

        row = queries.refused_rows(run, [2])[2]
        assert (fine, row.cells, list(row.problems)) == (0, ["Ali Er", "ali@"], ["1"])
        assert [(bad.place, bad.value) for bad in row.bad_cells.all()] == [(1, "ali@")]

    def test_writes_nothing_and_leaves_the_file_alone(self, cast: Cast, bring: Bring) -> None:
        run = bring(BAD, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"}, only_check=True)
        before = Customer.objects.count()

        actions.correct_rows(run.pk, {2: {1: "ali@ornek.test"}}, actor=cast.admin.actor)

        assert Customer.objects.count() == before
        assert queries.rows_of(run, [3]) == {3: ["Veli Er", "veli@ornek.test"]}

    def test_of_another_one_s_import_is_not_there(self, cast: Cast, bring: Bring) -> None:
        run = bring(BAD, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"}, only_check=True)

        with pytest.raises(NotFoundHere):
            actions.correct_rows(run.pk, {2: {1: "ali@ornek.test"}}, actor=cast.can.actor)
        assert run.corrections.count() == 0

    def test_of_an_import_that_ran_is_refused(self, cast: Cast, bring: Bring) -> None:
        run = bring(BAD, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"})

        with pytest.raises(AlreadyStarted):
            actions.correct_rows(run.pk, {2: {1: "ali@ornek.test"}}, actor=cast.admin.actor)


class TestCorrectedValue:
    def test_mends_every_row_that_has_it(self, cast: Cast, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)
        assert queries.repeated_values(run) == [(2, "yok", 5)]

        fine = actions.correct_value(run.pk, 2, "yok", "3.4.1991", actor=cast.admin.actor)

        run.refresh_from_db()
        assert (fine, run.check_counts["new"], run.check_counts["rejected"]) == (5, 8, 0)
        assert imported(run, cast)["new"] == 8
        assert Customer.objects.filter(birth_on="1991-04-03").count() == 5

    def test_counts_a_row_with_two_bad_cells_under_both(self, cast: Cast, bring: Bring) -> None:
        text = TEXT.replace("k1@ornek.test", "bozuk").replace("k6@ornek.test", "bozuk")

        run = bring(text, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)

        assert queries.repeated_values(run) == [(2, "yok", 5), (1, "bozuk", 2)]

    def test_may_be_mended_again(self, cast: Cast, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)
        assert actions.correct_value(run.pk, 2, "yok", "hiç", actor=cast.admin.actor) == 0

        fine = actions.correct_value(run.pk, 2, "hiç", "", actor=cast.admin.actor)

        assert fine == 5
        assert imported(run, cast)["new"] == 8
        assert Customer.objects.filter(name__startswith="Kişi", birth_on=None).count() == 5

    def test_stays_when_the_whole_file_is_checked_again(self, cast: Cast, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)
        actions.correct_value(run.pk, 2, "yok", "3.4.1991", actor=cast.admin.actor)

        actions.start_check(run.pk, actor=cast.admin.actor)
        run_due()

        run.refresh_from_db()
        assert run.check_counts == {"new": 8, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 0}


class TestRowLeftOut:
    def test_is_counted_as_skipped_in_check_and_import(self, cast: Cast, bring: Bring) -> None:
        run = bring(BAD, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "email"}, only_check=True)

        assert actions.leave_out(run.pk, [2, 4], actor=cast.admin.actor) == 2

        run.refresh_from_db()
        assert run.check_counts == {"new": 1, "updated": 0, "unchanged": 0, "skipped": 2, "rejected": 0}
        assert imported(run, cast) == {"new": 1, "updated": 0, "unchanged": 0, "skipped": 2, "rejected": 0}
