"""Rows that are probably somebody already, though no field says so exactly."""

from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.jobs.running import run_due
from hatir.foundation.merging.arriving import row_finder
from hatir.foundation.merging.scanning import compare_again
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.models import ImportRun, Pair
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
PERSON = "customers.person"
HEAD = "Ad;Soyad;E-posta;Telefon;Doğum tarihi\n"
MAPPING = {0: "given_name", 1: "family_name", 2: "email", 3: "phone", 4: "birth_on"}
MEHMET = "Mehmet;Yıldırım;mehmet.yildirim@ornek.test;0532 111 22 33;1984-03-12\n"
MEHMED = "Mehmed;Yıldrım;m.yildirim@baska.test;0532 111 22 33;1984-03-12\n"
ZEHRA = "Zehra;Özdemir;zehra@ornek.test;0544 999 88 77;1991-11-02\n"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def checked(bring: Bring, text: str, actor: Actor, **options: Any) -> ImportRun:
    given = {"match_on": ["email"], **options}
    return bring(HEAD + text, PERSON, actor, mapping=MAPPING, options=given, only_check=True)


def started(run: ImportRun, actor: Actor) -> ImportRun:
    actions.start_import(run.pk, actor=actor)
    run_due()
    run.refresh_from_db()
    return run


def counts(run: ImportRun) -> dict[str, int]:
    return {name: count for name, count in run.counts.items() if count}


@pytest.fixture
def mehmet(cast: Cast, bring: Bring) -> Any:
    """Mehmet is there already, and has been compared as all changed records are."""
    bring(HEAD + MEHMET, PERSON, cast.admin.actor, mapping=MAPPING)
    found = Customer.objects.get(email="mehmet.yildirim@ornek.test")
    compare_again({found.pk: "customers.customer"})
    return found


class TestARowThatIsProbablyARecord:
    def test_is_proposed_with_its_score_and_reasons_and_comes_in_as_new_unless_decided(
        self, cast: Cast, bring: Bring, mehmet: Any
    ) -> None:
        run = checked(bring, MEHMED + ZEHRA, cast.admin.actor)

        pair = queries.pairs_of(run).get()
        assert (pair.line, pair.is_likely, pair.record_id, pair.by) == (2, True, mehmet.pk, PERSON)
        assert pair.score >= 80
        assert {key for key, level, _bits in pair.reasons if level >= 3} >= {"given_name", "phone", "birth_on"}
        assert run.check_notes == {"pairs": 0, "likely": 1}
        assert counts(started(run, cast.admin.actor)) == {"new": 2}

    def test_fills_the_gaps_of_the_record_when_so_decided(self, cast: Cast, bring: Bring, mehmet: Any) -> None:
        Customer.objects.filter(pk=mehmet.pk).update(birth_on=None)
        run = checked(bring, MEHMED + ZEHRA, cast.admin.actor)
        actions.decide_pairs(run.pk, {2: "fill"}, actor=cast.admin.actor)

        assert counts(started(run, cast.admin.actor)) == {"new": 1, "updated": 1}

        mehmet.refresh_from_db()
        assert (mehmet.given_name, mehmet.email, str(mehmet.birth_on)) == (
            "Mehmet", "mehmet.yildirim@ornek.test", "1984-03-12",
        )  # fmt: skip

    def test_is_left_out_with_all_others_when_that_is_chosen_for_all(
        self, cast: Cast, bring: Bring, mehmet: Any
    ) -> None:
        run = checked(bring, MEHMED + ZEHRA, cast.admin.actor)
        actions.set_likely_policy(run.pk, "skip", actor=cast.admin.actor)

        assert counts(started(run, cast.admin.actor)) == {"new": 1, "skipped": 1}

    def test_is_not_looked_for_when_switched_off(self, cast: Cast, bring: Bring, mehmet: Any) -> None:
        run = checked(bring, MEHMED, cast.admin.actor, likely=False)

        assert not queries.pairs_of(run).exists()

    def test_stays_decided_when_the_file_is_checked_again(self, cast: Cast, bring: Bring, mehmet: Any) -> None:
        run = checked(bring, MEHMED, cast.admin.actor)
        actions.decide_pairs(run.pk, {2: "update"}, actor=cast.admin.actor)

        actions.start_check(run.pk, actor=cast.admin.actor)
        run_due()

        pair = Pair.objects.get(run=run)
        assert (pair.is_likely, pair.decision, pair.record_id) == (True, "update", mehmet.pk)

    def test_that_the_actor_may_not_see_is_not_told(self, cast: Cast, mehmet: Any) -> None:
        double = Customer(
            **{name: getattr(mehmet, name) for name in ("kind", "given_name", "family_name", "phone_e164")}
        )

        found = {
            name: [each.record_id for each in finder.find([(2, double, ())])]
            for name, actor in (("admin", cast.admin.actor), ("can", cast.can.actor))
            if (finder := row_finder(actor, record_type(PERSON))) is not None
        }

        assert found == {"admin": [mehmet.pk], "can": []}


class TestARowThatIsProbablyAnEarlierOne:
    def test_becomes_the_same_record_when_so_decided(self, cast: Cast, bring: Bring) -> None:
        run = checked(bring, MEHMET + ZEHRA + MEHMED, cast.admin.actor)
        pair = queries.pairs_of(run).get()
        assert (pair.line, pair.other_line, pair.record_id) == (4, 2, None)
        actions.decide_pairs(run.pk, {4: "update"}, actor=cast.admin.actor)

        assert counts(started(run, cast.admin.actor)) == {"new": 2, "updated": 1}

        assert Customer.objects.filter(phone_e164="+905321112233").count() == 1
        assert Customer.objects.get(phone_e164="+905321112233").email == "m.yildirim@baska.test"

    def test_follows_it_across_batches(self, cast: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hatir.foundation.transfer.running.BATCH", 1)
        run = checked(bring, MEHMET + ZEHRA + MEHMED, cast.admin.actor)
        actions.decide_pairs(run.pk, {4: "fill"}, actor=cast.admin.actor)

        assert counts(started(run, cast.admin.actor)) == {"new": 2, "unchanged": 1}

        made = Customer.objects.get(phone_e164="+905321112233")
        assert Pair.objects.get(run=run).record_id == made.pk
