"""Rows that speak of two records: the person, and the company that is found or made and linked."""

from __future__ import annotations

from typing import Any

import pytest

from hatir.foundation.files.actions import store
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, actor_of, make_cast, make_customer, make_role, make_user
from tests.world.instants import archived_by_audit

Customer: Any = record_type("customers.customer").model
PEOPLE = "customers.person"
HEADER = "Ad Soyad;E-posta;Firma;Firma Telefonu;Firma Şehri;Firma VKN\n"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def company(name: str) -> Any:
    return Customer.objects.get(name=name, kind="company")


class TestProposal:
    def test_knows_the_columns_of_the_company(self, cast: Cast) -> None:
        headers = "First Name,Last Name,Email,Account Name,Account Phone,Company City"
        text = f"{headers}\nAli,Er,a@x.test,Nar,0212 111 22 33,Van\n"
        file = store([text.encode()], name="a.csv", actor=cast.admin.actor)

        run = actions.begin_import(file, PEOPLE, actor=cast.admin.actor)

        assert [run.mapping[str(at)] for at in range(3, 6)] == ["company", "company>phone", "company>city"]


class TestCompany:
    def test_is_made_once_with_all_that_the_rows_say(self, cast: Cast, bring: Bring) -> None:
        rows = "".join(f"Kişi {n};k{n}@ornek.test;Nar Gıda A.Ş.;0212 111 22 33;Bursa;\n" for n in range(3))

        run = bring(HEADER + rows, PEOPLE, cast.admin.actor)

        made = company("Nar Gıda A.Ş.")
        assert (run.counts["new"], run.options["linked"]) == (3, 1)
        assert (made.phone, made.city) == ("0212 111 22 33", "Bursa")
        assert {p.company_id for p in Customer.objects.filter(email__endswith="@ornek.test")} == {made.pk}

    def test_that_is_there_is_linked_and_only_its_gaps_are_filled(self, cast: Cast, bring: Bring) -> None:
        bring(f"{HEADER}Ali Er;ali@ornek.test;LALE MARKET;0232 444 55 66;Ankara;\n", PEOPLE, cast.admin.actor)

        cast.lale_market.refresh_from_db()
        assert (cast.lale_market.phone, cast.lale_market.city) == ("0232 444 55 66", "İzmir")
        assert Customer.objects.get(email="ali@ornek.test").company == cast.lale_market
        assert Customer.objects.filter(name="Lale Market").count() == 1

    def test_is_found_by_its_id_of_the_old_house(self, cast: Cast, bring: Bring) -> None:
        old = make_customer("Susam Ltd. Şti.", company=True, external_id="001D000000IRFma")
        text = "Ad Soyad;Firma\nAli Er;001D000000IRFma\nOya Ak;001D000000XXXXX\n"

        run = bring(text, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "company"})

        assert Customer.objects.get(name="Ali Er").company == old
        assert Customer.objects.filter(name__startswith="001").count() == 0
        assert [row.line for row in queries.rejections(run, is_trial=False)] == [3]

    def test_of_which_there_are_two_is_told(self, cast: Cast, bring: Bring) -> None:
        for city in ("Van", "Muş"):
            make_customer("İkiz A.Ş.", company=True, city=city)

        run = bring(f"{HEADER}Ali Er;ali@ornek.test;İkiz A.Ş.;;;\n", PEOPLE, cast.admin.actor)

        assert (run.counts["new"], run.counts["rejected"]) == (0, 1)

    def test_with_a_bad_cell_refuses_its_row(self, cast: Cast, bring: Bring) -> None:
        run = bring(f"{HEADER}Ali Er;ali@ornek.test;Nar;;;123\n", PEOPLE, cast.admin.actor)

        assert (run.counts["new"], run.counts["rejected"]) == (0, 1)
        assert Customer.objects.filter(name="Nar").count() == 0

    def test_is_not_made_when_that_is_not_wanted(self, cast: Cast, bring: Bring) -> None:
        text = "Ad Soyad;Firma\nAli Er;Nar\n"

        bring(text, PEOPLE, cast.admin.actor, mapping={0: "name", 1: "company"}, options={"make": []})

        assert Customer.objects.filter(name="Nar").count() == 0

    def test_is_not_made_by_who_may_not(self, cast: Cast, bring: Bring) -> None:
        role = make_role("Düzelten", {"view": "all", "edit": "all", "import": "all"})
        actor = actor_of(make_user("Eda", "eda@lale.test", role=role))
        text = f"{HEADER}Elif Kaya;elif@ornek.test;Nar;0212 111 22 33;;\n"

        bring(text, PEOPLE, actor, mapping={0: "name", 1: "email", 2: "company", 3: "company>phone"})

        assert Customer.objects.filter(name="Nar").count() == 0

    def test_goes_back_with_the_import(self, cast: Cast, bring: Bring) -> None:
        run = bring(f"{HEADER}Ali Er;ali@ornek.test;Nar;;;\n", PEOPLE, cast.admin.actor)

        actions.start_revert(run.pk, actor=cast.admin.actor)
        run_due()

        assert company("Nar").archived_at == archived_by_audit(company("Nar"))

    def test_counts_alike_in_the_check(self, cast: Cast, bring: Bring) -> None:
        run = bring(f"{HEADER}Ali Er;ali@ornek.test;Nar;;;\n", PEOPLE, cast.admin.actor, only_check=True)

        assert (run.check_counts["new"], run.check_counts["rejected"]) == (1, 0)
        assert Customer.objects.filter(name="Nar").count() == 0
