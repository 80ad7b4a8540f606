"""Files that speak of each other: put in order, linked by the old house's ids or by name, taken back as one."""

from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.files.actions import store
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, bundles, queries
from hatir.foundation.transfer.models import ImportRun
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
ACCOUNTS = "Id,Name,Phone,City\n001A,Nar Gıda,0212 111 22 33,Bursa\n001B,Susam Ltd. Şti.,,Van\n"
CONTACTS = (
    "Id,First Name,Last Name,Email,AccountId\n"
    "003A,Ali,Er,ali@ornek.test,001B\n003B,Oya,Ak,oya@ornek.test,001A\n003C,Can,Su,can@ornek.test,001A\n"
)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def begun(cast: Cast, *files: tuple[str, str]) -> list[ImportRun]:
    actor = cast.admin.actor
    return bundles.begin_bundle([store([text.encode()], name=name, actor=actor) for name, text in files], actor=actor)


def started(cast: Cast, runs: list[ImportRun]) -> list[ImportRun]:
    bundles.start_bundle(runs[0].pk, actor=cast.admin.actor)
    run_due()
    return queries.bundle_of(ImportRun.objects.get(pk=runs[0].pk))


class TestBundle:
    @pytest.mark.parametrize("turned", [False, True])
    def test_is_ordered_and_linked_by_the_old_ids_whatever_the_order(self, cast: Cast, turned: bool) -> None:
        files = [("Accounts.csv", ACCOUNTS), ("Contacts.csv", CONTACTS)]

        runs = begun(cast, *(reversed(files) if turned else files))

        assert [(run.file.name, run.type_key) for run in runs] == [
            ("Accounts.csv", "customers.company"),
            ("Contacts.csv", "customers.person"),
        ]
        assert (runs[0].mapping["0"], runs[1].mapping["4"]) == ("external_id", "company")

        ended = started(cast, runs)

        assert [(run.state, run.counts["new"], run.counts["rejected"]) for run in ended] == [
            ("done", 2, 0),
            ("done", 3, 0),
        ]
        linked = dict(Customer.objects.filter(email__endswith="@ornek.test").values_list("email", "company__name"))
        assert linked == {
            "ali@ornek.test": "Susam Ltd. Şti.",
            "oya@ornek.test": "Nar Gıda",
            "can@ornek.test": "Nar Gıda",
        }

    def test_is_linked_by_name(self, cast: Cast) -> None:
        people = "Ad Soyad;E-posta;Firma\nAli Er;ali@ornek.test;Nar Gıda\n"

        started(
            cast, begun(cast, ("kişiler.csv", people), ("firmalar.csv", "Firma;Şehir\nNar Gıda;Bursa\nSusam;Van\n"))
        )

        assert Customer.objects.get(email="ali@ornek.test").company.city == "Bursa"
        assert Customer.objects.filter(name="Nar Gıda").count() == 1

    def test_is_checked_before_the_others_are_there(self, cast: Cast) -> None:
        runs = begun(cast, ("Accounts.csv", ACCOUNTS), ("Contacts.csv", CONTACTS))

        actions.start_check(runs[1].pk, actor=cast.admin.actor)
        run_due()

        assert ImportRun.objects.get(pk=runs[1].pk).check_counts["new"] == 3

    def test_is_taken_back_as_one(self, cast: Cast) -> None:
        ended = started(cast, begun(cast, ("Accounts.csv", ACCOUNTS), ("Contacts.csv", CONTACTS)))

        actions.start_revert(ended[1].pk, actor=cast.admin.actor)
        run_due()

        assert {run.state for run in queries.bundle_of(ended[0])} == {"reverted"}
        assert Customer.objects.filter(archived_at=None, email__endswith="@ornek.test").count() == 0
        assert Customer.objects.filter(archived_at=None, name="Nar Gıda").count() == 0

    def test_takes_another_type_and_is_arranged_anew(self, cast: Cast) -> None:
        runs = begun(cast, ("Accounts.csv", ACCOUNTS), ("Contacts.csv", CONTACTS))

        bundles.set_type(runs[0].pk, "customers.person", actor=cast.admin.actor)

        assert {run.type_key for run in queries.bundle_of(ImportRun.objects.get(pk=runs[1].pk))} == {"customers.person"}
