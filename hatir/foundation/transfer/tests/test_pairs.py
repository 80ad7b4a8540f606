from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, make_cast, make_customer

Customer: Any = record_type("customers.customer").model
PEOPLE = "customers.person"
TEXT = (
    "Ad Soyad;E-posta;Şehir\nEda Su;eda@ornek.test;Kars\nAli Er;ali@ornek.test;Van\n"
    "Ali Er;ali@ornek.test;Muş\nOya Ak;oya@ornek.test;Bolu\n"
)
MAPPING = {0: "name", 1: "email", 2: "city"}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def eda(cast: Cast) -> Any:
    return make_customer("Eda Su", email="eda@ornek.test", city="Bursa")


def pairs(run: ImportRun) -> list[tuple[int, str, int | None, int | None]]:
    return [(p.line, p.by, p.record_id, p.other_line) for p in queries.pairs_of(run)]


def finish(run: ImportRun, cast: Cast) -> dict[str, int]:
    actions.start_import(run.pk, actor=cast.admin.actor)
    run_due()
    run.refresh_from_db()
    return {name: count for name, count in run.counts.items() if count}


class TestPairs:
    def test_of_the_file_with_records_and_with_itself_are_found(self, cast: Cast, eda: Any, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)

        assert pairs(run) == [(2, "email", eda.pk, None), (4, "email", None, 3)]
        assert run.check_counts == {"new": 2, "updated": 2, "unchanged": 0, "skipped": 0, "rejected": 0}

    def test_are_found_across_batches(self, cast: Cast, bring: Bring) -> None:
        rows = [*(f"Kişi {n};k{n}@ornek.test;Van" for n in range(600)), "Kişi 7;k7@ornek.test;Kars"]
        text = "Ad;E-posta;Şehir\n" + "\n".join(rows)

        run = bring(text, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)

        assert pairs(run) == [(602, "email", None, 9)]
        assert (run.check_counts["new"], run.check_counts["updated"]) == (600, 1)

    def test_left_alone_are_updated(self, cast: Cast, eda: Any, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)

        assert finish(run, cast) == {"new": 2, "updated": 2}
        assert Customer.objects.get(pk=eda.pk).city == "Kars"

    def test_are_decided_one_by_one(self, cast: Cast, eda: Any, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)
        actions.decide_pairs(run.pk, {2: "skip", 4: "create"}, actor=cast.admin.actor)

        assert finish(run, cast) == {"new": 3, "skipped": 1}
        assert Customer.objects.get(pk=eda.pk).city == "Bursa"
        assert sorted(Customer.objects.filter(email="ali@ornek.test").values_list("city", flat=True)) == ["Muş", "Van"]

    def test_follow_one_choice_for_all_but_where_decided(self, cast: Cast, eda: Any, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)
        actions.set_policy(run.pk, "skip", actor=cast.admin.actor)
        actions.decide_pairs(run.pk, {2: "update"}, actor=cast.admin.actor)

        assert finish(run, cast) == {"new": 2, "updated": 1, "skipped": 1}
        assert Customer.objects.get(pk=eda.pk).city == "Kars"
        assert Customer.objects.get(email="ali@ornek.test").city == "Van"

    def test_are_all_made_again_when_that_is_chosen(self, cast: Cast, eda: Any, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)
        actions.set_policy(run.pk, "create", actor=cast.admin.actor)

        assert finish(run, cast) == {"new": 4}
        assert Customer.objects.filter(email="eda@ornek.test").count() == 2

    def test_keep_their_decision_when_the_file_is_checked_again(self, cast: Cast, eda: Any, bring: Bring) -> None:
        run = bring(TEXT, PEOPLE, cast.admin.actor, mapping=MAPPING, only_check=True)
        actions.decide_pairs(run.pk, {2: "skip", 4: "create"}, actor=cast.admin.actor)

        actions.start_check(run.pk, actor=cast.admin.actor)
        run_due()

        run.refresh_from_db()
        assert pairs(run) == [(2, "email", eda.pk, None), (4, "email", None, 3)]
        assert run.check_counts == {"new": 3, "updated": 0, "unchanged": 0, "skipped": 1, "rejected": 0}
