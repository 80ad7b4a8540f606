from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from hatir.foundation.files.actions import store
from hatir.foundation.jobs.context import JobContext
from hatir.foundation.jobs.errors import Cancelled
from hatir.foundation.jobs.models import Job
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.errors import Denied
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.errors import AlreadyStarted, FileUnreadable
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.running import BATCH
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, make_cast, make_customer
from tests.world.instants import archived_by_audit

Customer: Any = record_type("customers.customer").model
Tag: Any = record_type("customers.tag").model
MAVEN = Path(__file__).resolve().parents[5] / "shared" / "data" / "pipeline" / "maven_crm_accounts.csv"
PEOPLE = """Ad Soyad;Cep Tel;E-Posta;Şehir;Etiketler
AYŞE YILDIRIM;0532 111 22 33;ayse@ornek.test;İzmir;VIP
İbrahim Kaçar;0533 222 33 44;ibrahim@ornek.test;Bursa;Bayi
"""


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def counts(run: ImportRun) -> tuple[int, ...]:
    return tuple(run.counts[name] for name in ("new", "updated", "unchanged", "rejected"))


class TestANameInTwoColumns:
    @pytest.mark.parametrize("headers", ["Ad;Soyad", "Adı;Soyadı", "İsim;Soyisim", "Soyad;Ad", "First Name;Surname"])
    def test_is_taken_whole_whatever_the_columns_are_called(self, headers: str, cast: Cast, bring: Bring) -> None:
        row = "Öztekin;Ayşe" if headers == "Soyad;Ad" else "Ayşe;Öztekin"

        bring(f"{headers};Şehir\n{row};İzmir\n", "customers.person", cast.admin.actor)

        made = Customer.objects.filter(family_name="Öztekin")
        assert made.values_list("name", "given_name").get() == ("Ayşe Öztekin", "Ayşe")


class TestMavenAccounts:
    @pytest.mark.skipif(not MAVEN.exists(), reason="the shared data folder is not beside the checkout")
    def test_brings_all_85_companies_as_proposed(self, cast: Cast, bring: Bring) -> None:
        run = bring(MAVEN.read_bytes(), "customers.company", cast.admin.actor, name="maven_crm_accounts.csv")

        assert (run.state, counts(run), run.row_count) == ("done", (85, 0, 0, 0), 85)
        acme = Customer.objects.get(name_fold__startswith="acme")
        assert (acme.industry, str(acme.annual_revenue), acme.employee_count) == ("technolgy", "1100.04", 2822)
        assert (acme.founded_year, acme.country, acme.kind) == (1996, "United States", "company")
        assert Customer.objects.exclude(parent=None).count() == 15

    @pytest.mark.skipif(not MAVEN.exists(), reason="the shared data folder is not beside the checkout")
    def test_changes_nothing_the_second_time(self, cast: Cast, bring: Bring) -> None:
        bring(MAVEN.read_bytes(), "customers.company", cast.admin.actor)
        before = dict(Customer.objects.values_list("pk", "version"))

        run = bring(MAVEN.read_bytes(), "customers.company", cast.admin.actor)

        assert counts(run) == (0, 0, 85, 0)
        assert dict(Customer.objects.values_list("pk", "version")) == before


class TestPeople:
    def test_are_read_as_turkish_files_are_written(self, cast: Cast, bring: Bring) -> None:
        text = "Ad Soyad;Cep Tel;E-Posta;Şehir\nAYŞE YILDIRIM;0532 111 22 33;ayse@ornek.test;İzmir\n"

        run = bring(text.encode("cp1254"), "customers.person", cast.admin.actor)

        assert counts(run) == (1, 0, 0, 0)
        person = Customer.objects.get(email="ayse@ornek.test")
        assert (person.given_name, person.family_name, person.city) == ("Ayşe", "Yıldırım", "İzmir")
        assert (person.phone_e164, person.source) == ("+905321112233", "import")

    def test_get_tags_made_on_the_fly(self, cast: Cast, bring: Bring) -> None:
        bring("Ad Soyad;E-posta;Etiketler\nAli Er;ali@ornek.test;VIP, Bayi\n", "customers.person", cast.admin.actor)

        ali = Customer.objects.get(email="ali@ornek.test")
        assert sorted(tag.name for tag in ali.tags.all()) == ["Bayi", "VIP"]

    def test_find_their_company_by_name_and_owner_by_email(self, cast: Cast, bring: Bring) -> None:
        text = f"Ad Soyad,E-posta,Firma,Temsilci\nAli Er,ali@ornek.test,lale market,{cast.ayse.user.email}\n"

        bring(text, "customers.person", cast.admin.actor)

        ali = Customer.objects.get(email="ali@ornek.test")
        assert (ali.company_id, ali.owner_id) == (cast.lale_market.pk, cast.ayse.user.pk)

    def test_of_one_record_known_by_different_things_come_after_one_another(self, cast: Cast, bring: Bring) -> None:
        bring(PEOPLE, "customers.person", cast.admin.actor)
        text = (
            "Ad Soyad;Cep Tel;E-Posta;Şehir;Etiketler\n"
            ";;ayse@ornek.test;Manisa;VIP\n"
            "Ayşe Yıldırım;0532 111 22 33;;Muğla;Bayi\n"
        )

        run = bring(text, "customers.person", cast.admin.actor)

        ayse = Customer.objects.get(email="ayse@ornek.test")
        assert counts(run) == (0, 2, 0, 0)
        assert (ayse.city, ayse.version, [tag.name for tag in ayse.tags.all()]) == ("Muğla", 3, ["Bayi"])

    def test_with_two_codes_are_two_whatever_they_share_and_the_same_file_changes_nothing(
        self, cast: Cast, bring: Bring
    ) -> None:
        text = (
            "Müşteri Kodu;Ad Soyad;E-Posta;Cep Tel\n"
            "M1;Ali Er;ali@ornek.test;0532 111 22 33\n"
            "M2;Ali Er;ali@ornek.test;0532 111 22 33\n"
            ";Ali Er;;0532 111 22 33\n"
        )
        first = bring(text.rsplit("\n", 2)[0] + "\n", "customers.person", cast.admin.actor)

        again = bring(text.rsplit("\n", 2)[0] + "\n", "customers.person", cast.admin.actor)
        third = bring(text, "customers.person", cast.admin.actor)

        assert (counts(first), counts(again)) == ((2, 0, 0, 0), (0, 0, 2, 0))
        assert sorted(Customer.objects.filter(email="ali@ornek.test").values_list("external_id", flat=True)) == [
            "M1", "M2"
        ]  # fmt: skip
        assert counts(third) == (0, 0, 2, 1), "without a code it could be either, and that is said"

    def test_of_one_household_stay_two_though_they_share_a_telephone(self, cast: Cast, bring: Bring) -> None:
        text = "Ad Soyad;Telefon\nAli Er;0532 111 22 33\nVeli Er;0532 111 22 33\nALİ ER;+90 532 111 22 33\n"

        run = bring(text, "customers.person", cast.admin.actor)

        assert counts(run) == (2, 0, 1, 0)


class TestRejectedRows:
    TEXT = (
        "Ad Soyad;E-posta;Doğum Tarihi\nAli Er;ali@ornek.test;1.2.1990\n"
        "Veli Er;veli(at)ornek;3.4.1991\n;x@y.test;31.02.2020\n"
    )

    def test_come_back_with_their_columns_and_the_reason(self, cast: Cast, bring: Bring) -> None:
        mapping = {0: "name", 1: "email", 2: "birth_on"}

        run = bring(self.TEXT, "customers.person", cast.admin.actor, mapping=mapping)

        rows = list(queries.rejected_rows(run))
        assert counts(run) == (1, 0, 0, 2)
        assert rows[1][:3] == ["Veli Er", "veli(at)ornek", "3.4.1991"]
        assert rows[1][3] != ""
        assert len(rows) == 3

    def test_do_not_refuse_their_batch(self, cast: Cast, bring: Bring) -> None:
        lines = [f"Kişi {n};{'12345678901' if n == 300 else ''}" for n in range(600)]

        text = "Ad Soyad;TC Kimlik No\n" + "\n".join(lines)
        run = bring(text, "customers.person", cast.admin.actor, mapping={0: "name", 1: "tckn"})

        assert counts(run) == (599, 0, 0, 1)


class TestTrial:
    def test_counts_what_would_happen_and_writes_nothing(self, cast: Cast, bring: Bring) -> None:
        before = Customer.objects.count()
        text = f"Ad Soyad;E-posta\nYeni Kişi;yeni@ornek.test\n{cast.elif_kaya.name};{cast.elif_kaya.email}\n;yok\n"

        run = bring(text, "customers.person", cast.admin.actor, only_check=True)

        assert run.state == "checked"
        assert run.check_counts["rejected"] == 1
        assert sum(run.check_counts.values()) == 3
        assert Customer.objects.count() == before
        assert Tag.objects.filter(name="VIP").count() == 0

    def test_says_the_same_as_the_import(self, cast: Cast, bring: Bring) -> None:
        text = "Ad;E-posta\n" + "".join(f"Kişi {n % 700};k{n % 700}@ornek.test\n" for n in range(1000))

        checked = bring(text, "customers.person", cast.admin.actor, only_check=True)
        actions.start_import(checked.pk, actor=cast.admin.actor)
        run_due()

        checked.refresh_from_db()
        assert checked.counts == {"new": 700, "updated": 0, "unchanged": 300, "skipped": 0, "rejected": 0}
        assert checked.check_counts["new"] == 700


class TestTrouble:
    def test_a_user_without_the_right_is_refused(self, cast: Cast) -> None:
        file = store([PEOPLE.encode()], name="a.csv", actor=cast.can.actor)

        with pytest.raises(Denied):
            actions.begin_import(file, "customers.person", actor=cast.can.actor)
        assert ImportRun.objects.count() == 0

    @pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"\x89PNG\r\n\x1a\n0", b"PK\x03\x04 half a workbook"])
    def test_a_file_that_is_no_table_is_refused(self, cast: Cast, content: bytes) -> None:
        file = store([content], name="a.xlsx", actor=cast.admin.actor)

        with pytest.raises(FileUnreadable):
            actions.begin_import(file, "customers.person", actor=cast.admin.actor)

    def test_goes_on_at_its_checkpoint_without_doubling(
        self, cast: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Ad;E-posta\n" + "".join(f"Kişi {n};k{n}@ornek.test\n" for n in range(1200))
        real, calls = JobContext.progress, []

        def breaks_in_the_second_batch(job: JobContext, *given: Any) -> None:
            calls.append(given)
            if len(calls) == 2:
                raise OSError("the machine is gone")
            real(job, *given)

        monkeypatch.setattr(JobContext, "progress", breaks_in_the_second_batch)
        run = bring(text, "customers.person", cast.admin.actor)
        assert (run.state, run.next_row) == ("running", BATCH)
        Job.objects.update(run_after=timezone.now())

        run_due()

        run.refresh_from_db()
        assert (run.state, counts(run)) == ("done", (1200, 0, 0, 0))
        assert Customer.objects.filter(email__endswith="@ornek.test").count() == 1200

    def test_a_cancelled_import_keeps_what_is_done_and_can_go_on(
        self, cast: Cast, bring: Bring, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Ad;E-posta\n" + "".join(f"Kişi {n};k{n}@ornek.test\n" for n in range(1200))
        real, calls = JobContext.progress, []

        def cancelled_in_the_second_batch(job: JobContext, *given: Any) -> None:
            calls.append(given)
            if len(calls) == 2:
                raise Cancelled
            real(job, *given)

        monkeypatch.setattr(JobContext, "progress", cancelled_in_the_second_batch)
        run = bring(text, "customers.person", cast.admin.actor)
        assert (run.state, run.next_row) == ("cancelled", BATCH)

        actions.continue_import(run.pk, actor=cast.admin.actor)
        run_due()

        run.refresh_from_db()
        assert counts(run) == (1200, 0, 0, 0)

    def test_cannot_be_started_twice(self, cast: Cast, bring: Bring) -> None:
        run = bring(PEOPLE, "customers.person", cast.admin.actor)

        with pytest.raises(AlreadyStarted):
            actions.start_import(run.pk, actor=cast.admin.actor)


class TestRevert:
    def test_takes_new_and_changed_records_back(self, cast: Cast, bring: Bring) -> None:
        known = make_customer("Eda Su", email="eda@ornek.test", city="Muş")
        text = "Ad Soyad;E-posta;Şehir\nYeni Kişi;yeni@ornek.test;Van\n;eda@ornek.test;Kars\n"
        run = bring(text, "customers.person", cast.admin.actor, mapping={0: "name", 1: "email", 2: "city"})
        assert counts(run) == (1, 1, 0, 0)

        actions.start_revert(run.pk, actor=cast.admin.actor)
        run_due()

        run.refresh_from_db()
        assert run.state == "reverted"
        brought = Customer.objects.get(email="yeni@ornek.test")
        assert brought.archived_at == archived_by_audit(brought)
        assert Customer.objects.get(pk=known.pk).city == "Muş"

    def test_is_refused_after_14_days(self, cast: Cast, bring: Bring) -> None:
        run = bring(PEOPLE, "customers.person", cast.admin.actor)
        run.finished_at = timezone.now() - timedelta(days=15)

        assert not actions.may_be_reverted(run)


class TestSpreadsheet:
    def test_is_read_with_its_types(self, cast: Cast, bring: Bring) -> None:
        from openpyxl import Workbook

        book, written = Workbook(), io.BytesIO()
        assert book.active is not None
        book.active.append(["Ad Soyad", "Telefon", "E-posta"])
        book.active.append(["Ali Er", 5321112233, "ali@ornek.test"])
        book.save(written)

        run = bring(written.getvalue(), "customers.person", cast.admin.actor, name="liste.xlsx")

        assert counts(run) == (1, 0, 0, 0)
        assert Customer.objects.get(email="ali@ornek.test").phone_e164 == "+905321112233"
