from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext

from hatir.foundation.jobs.running import run_due
from hatir.foundation.records import actions as records
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.records.registry import record_type
from hatir.foundation.records.snapshot import snapshot
from hatir.foundation.transfer import actions, queries, reading
from hatir.foundation.transfer.exporting import ExportRequest, prepare, stream
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import SYSTEM, Cast, make_cast, make_customer

Customer: Any = record_type("customers.customer").model
SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "imports"
CARD = """BEGIN:VCARD
VERSION:3.0
N:Yıldırım;Ayşe;Nur;Dr.;
FN:Dr. Ayşe Nur Yıldırım
ORG:Lale Market;Satış
TITLE:Müdür
item1.TEL;TYPE=CELL:0532 111 22 33
TEL;TYPE=WORK,pref:0212 555 44 33
item2.TEL:+49 30 123456
item2.X-ABLabel:Berlin; depo
EMAIL;TYPE=WORK:ayse@ornek.test
EMAIL;TYPE=HOME:ayse.ev@ornek.test
ADR;TYPE=HOME:;;Gül Sok. 3;Konak;İzmir;35250;Türkiye
ADR;TYPE=WORK;PREF=1:;;Bağdat Cad. 12;Kadıköy;İstanbul;34710;Türkiye
BDAY:19900203
NOTE:Bir\\, iki\\nüç
CATEGORIES:VIP,Bayi
URL:https://ornek.test/
X-SOCIALPROFILE;TYPE=linkedin:https://www.linkedin.com/in/ayse
X-SKYPE:ayse.y
UID:urn:uuid:1
END:VCARD
"""


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def counts(run: ImportRun) -> tuple[int, ...]:
    return tuple(run.counts[name] for name in ("new", "updated", "unchanged", "rejected"))


def points(record: Any) -> list[tuple[str, str, str]]:
    return sorted((p.kind, p.label, p.value) for p in record.contact_points.filter(archived_at=None))


class TestCardOfAPerson:
    def test_arrives_with_all_its_parts(self, cast: Cast, bring: Bring) -> None:
        run = bring(CARD, "customers.person", cast.admin.actor, name="kisiler.vcf")

        assert (run.state, counts(run), run.row_count) == ("done", (1, 0, 0, 0), 1)
        ayse = Customer.objects.get(external_id="urn:uuid:1")
        assert (ayse.name, ayse.given_name, ayse.family_name) == ("Ayşe Nur Yıldırım", "Ayşe Nur", "Yıldırım")
        assert (ayse.honorific, ayse.job_title, ayse.company_id) == ("Dr.", "Müdür", cast.lale_market.pk)
        assert (ayse.phone_e164, ayse.email) == ("+902125554433", "ayse@ornek.test")
        assert (ayse.address, ayse.district, ayse.city) == ("Bağdat Cad. 12", "Kadıköy", "İstanbul")
        assert (ayse.postal_code, ayse.country) == ("34710", "Türkiye")
        assert (ayse.birth_on.isoformat(), ayse.note) == ("1990-02-03", "Bir, iki\nüç")
        assert ayse.website == "https://ornek.test/"
        assert sorted(tag.name for tag in ayse.tags.all()) == ["Bayi", "VIP"]
        assert points(ayse) == [
            ("email", gettext("Home"), "ayse.ev@ornek.test"),
            ("linkedin", "", "https://www.linkedin.com/in/ayse"),
            ("phone", "Berlin; depo", "+49 30 123456"),
            ("phone", gettext("Mobile"), "0532 111 22 33"),
        ]
        home = ayse.addresses.get()
        assert (home.kind, home.address, home.district, home.city) == ("home", "Gül Sok. 3", "Konak", "İzmir")

    def test_changes_nothing_the_second_time(self, cast: Cast, bring: Bring) -> None:
        bring(CARD, "customers.person", cast.admin.actor)

        run = bring(CARD, "customers.person", cast.admin.actor)

        assert counts(run) == (0, 0, 1, 0)
        assert Customer.objects.get(external_id="urn:uuid:1").contact_points.count() == 4

    def test_counts_as_updated_when_only_a_part_is_new(self, cast: Cast, bring: Bring) -> None:
        bring(CARD, "customers.person", cast.admin.actor)

        run = bring(CARD.replace("URL:", "TEL:0533 1112233\nURL:"), "customers.person", cast.admin.actor)

        assert counts(run) == (0, 1, 0, 0)
        assert Customer.objects.get(external_id="urn:uuid:1").contact_points.filter(kind="phone").count() == 3


class TestCard:
    def test_of_an_organisation_is_a_company_for_whoever_takes_customers(self, cast: Cast, bring: Bring) -> None:
        text = "BEGIN:VCARD\nKIND:org\nFN:Ege Gıda Ltd. Şti.\nTEL;VALUE=uri:tel:+90-232-111-22-33\nEND:VCARD\n"
        other = "BEGIN:VCARD\nVERSION:3.0\nN:;;;;\nFN:Ali Can Er\nEND:VCARD\n"

        run = bring(text + other, "customers.customer", cast.admin.actor)

        assert counts(run) == (2, 0, 0, 0)
        ege = Customer.objects.get(phone_e164="+902321112233")
        assert (ege.kind, ege.name) == ("company", "Ege Gıda Ltd. Şti.")
        ali = Customer.objects.get(name="Ali Can Er")
        assert (ali.kind, ali.given_name, ali.family_name) == ("person", "Ali Can", "Er")

    @pytest.mark.parametrize("born", ["BDAY:--0203", "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-03"])
    def test_without_a_year_of_birth_keeps_the_day_in_the_note(self, cast: Cast, bring: Bring, born: str) -> None:
        bring(f"BEGIN:VCARD\nFN:Ali Er\nNOTE:eski\n{born}\nEND:VCARD\n", "customers.person", cast.admin.actor)

        ali = Customer.objects.get(name="Ali Er")
        told = gettext("Birthday: %(day)s.%(month)s.") % {"day": "03", "month": "02"}
        assert (ali.birth_on, ali.note) == (None, f"eski\n{told}")

    def test_far_down_in_a_file_has_its_column(self, tmp_path: Path) -> None:
        path = tmp_path / "x.vcf"
        path.write_text("BEGIN:VCARD\nFN:A\nEND:VCARD\n" * 2001 + "BEGIN:VCARD\nFN:B\nNOTE:son\nEND:VCARD\n")

        table = reading.inspect(path)

        assert table.kind == "vcf"
        *_others, (line, cells) = reading.rows(path, table)
        assert (line, cells[table.keys.index("note")]) == (6004, "son")

    @pytest.mark.skipif(not SHARED.exists(), reason="the shared data folder is not beside the checkout")
    def test_of_real_programs_is_read(self) -> None:
        read = {}
        for path in sorted(SHARED.glob("vcard/roundcube/*.vcf")):
            table = reading.inspect(path)
            read[path.name] = [dict(zip(table.keys, cells, strict=True)) for _line, cells in reading.rows(path, table)]

        assert {name: len(cards) for name, cards in read.items()} == {
            "apple.vcf": 1, "johndoe.vcf": 1, "photo.vcf": 1, "thebat.vcf": 1, "utf-16_sample.vcf": 1
        }  # fmt: skip
        assert (read["apple.vcf"][0]["kind"], read["apple.vcf"][0]["website"]) == ("company", "http://www.apple.ch")
        assert (read["johndoe.vcf"][0]["family_name"], read["johndoe.vcf"][0]["phone"]) == ("Doë", "+123456789")
        assert (read["utf-16_sample.vcf"][0]["family_name"], read["utf-16_sample.vcf"][0]["country"]) == (
            "ĽdaMonté", "Perú"
        )  # fmt: skip


class TestRevert:
    def test_takes_the_parts_back_as_well(self, cast: Cast, bring: Bring) -> None:
        run = bring(CARD, "customers.person", cast.admin.actor)

        actions.start_revert(run.pk, actor=cast.admin.actor)
        run_due()

        ayse = Customer.objects.get(external_id="urn:uuid:1")
        assert not Customer.objects.filter(pk=ayse.pk, archived_at=None).exists()
        assert (points(ayse), ayse.addresses.filter(archived_at=None).count()) == ([], 0)


class TestBrokenCard:
    def test_is_refused_with_its_reason_and_the_others_go_in(self, cast: Cast, bring: Bring) -> None:
        text = (
            "BEGIN:VCARD\nFN:Ali Er\nEND:VCARD\nBEGIN:VCARD\nFN:Yarım\n"
            "BEGIN:VCARD\nFN:Veli Su\nEND:VCARD\nBEGIN:VCARD\nFN:Kötü\nbozuk satır\nEND:VCARD\n"
        )

        run = bring(text, "customers.person", cast.admin.actor)

        assert counts(run) == (2, 0, 0, 2)
        assert sorted(Customer.objects.filter(source="import").values_list("name", flat=True)) == ["Ali Er", "Veli Su"]
        rows = list(queries.rejected_rows(run))
        assert [row[0] for row in rows[1:]] == [
            "BEGIN:VCARD\nFN:Yarım",
            "BEGIN:VCARD\nFN:Kötü\nbozuk satır\nEND:VCARD",
        ]
        assert "bozuk satır" in rows[2][-1]


def exported(cast: Cast, type_key: str, *ids: int) -> bytes:
    request = ExportRequest(type_key, "vcf", ids=ids)
    return b"".join(stream(prepare(request, actor=cast.admin.actor)))


def everything(record: Any) -> tuple[Any, ...]:
    """Give what a record and its parts hold, without ids and instants."""
    rt = record_type("customers.customer")
    gone = {"id", "created_at", "updated_at", "created_by", "updated_by", "version", "source"}
    own = {name: value for name, value in snapshot(rt, record, ["tags"]).items() if name not in gone}
    places = [
        (a.kind, a.label, a.address, a.district, a.city, a.postal_code, a.country)
        for a in record.addresses.filter(archived_at=None).order_by("pk")
    ]
    return own, points(record), places


@pytest.fixture
def full(cast: Cast) -> Any:
    person = make_customer(
        "Ayşe Yıldırım",
        given_name="Ayşe",
        family_name="Yıldırım",
        honorific="Dr.",
        company=False,
        job_title="Müdür; satış",
        stage="loyal",
        phone="0532 111 22 33",
        email="ayse.y@ornek.test",
        website="https://ornek.test/a?b=1,2;3",
        address="Gül Sok. 3, D: 5",
        district="Konak",
        city="İzmir",
        postal_code="35250",
        country="Türkiye",
        gender="female",
        language="tr",
        preferred_channel="email",
        note="bir\niki; üç, \\dört " + "ş" * 90,
        needs="çok",
        external_id="K-17",
    )
    points_of = [
        {"customer": person.pk, "kind": "phone", "label": "İş: santral", "value": "0212 555 44 33"},
        {"customer": person.pk, "kind": "email", "label": "", "value": "ev@ornek.test"},
        {"customer": person.pk, "kind": "web", "label": "blog", "value": "https://blog.ornek.test"},
        {"customer": person.pk, "kind": "instagram", "label": "", "value": "ayse"},
        {"customer": person.pk, "kind": "x", "label": "", "value": "ayse_y"},
    ]
    points_of[0]["label"] = "İş santrali"
    records.create(record_type("customers.contact_point"), points_of, actor=SYSTEM)
    places = [
        {"customer": person.pk, "kind": "invoice", "label": "Şube 2", "address": "A Cad. 1", "district": "Kadıköy",
         "city": "İstanbul", "postal_code": "34710", "country": ""},
        {"customer": person.pk, "kind": "home", "label": "", "address": "Hauptstr. 5", "district": "Hessen",
         "city": "Frankfurt", "postal_code": "60311", "country": "Almanya"},
    ]  # fmt: skip
    records.create(record_type("customers.address"), places, actor=SYSTEM)
    person.refresh_from_db()
    return person


class TestExport:
    def test_comes_back_unchanged(self, cast: Cast, bring: Bring, full: Any) -> None:
        before = everything(full)

        run = bring(exported(cast, "customers.person", full.pk), "customers.person", cast.admin.actor, name="x.vcf")

        full.refresh_from_db()
        assert (list(run.rejections.all()), counts(run)) == ([], (0, 0, 1, 0))
        assert everything(full) == before

    def test_comes_back_whole_to_a_house_that_does_not_know_it(self, cast: Cast, bring: Bring, full: Any) -> None:
        before, content = everything(full), exported(cast, "customers.person", full.pk)
        full.delete()

        run = bring(content, "customers.person", cast.admin.actor, name="x.vcf")

        assert (list(run.rejections.all()), counts(run)) == ([], (1, 0, 0, 0))
        assert everything(Customer.objects.get(external_id="K-17")) == before

    def test_of_a_company_comes_back_as_a_company(self, cast: Cast, bring: Bring) -> None:
        content = exported(cast, "customers.company", cast.lale_market.pk)
        assert b"X-ABSHOWAS:COMPANY\r\n" in content
        version = cast.lale_market.version

        run = bring(content, "customers.customer", cast.admin.actor, name="x.vcf")

        assert counts(run) == (0, 0, 1, 0)
        cast.lale_market.refresh_from_db()
        assert cast.lale_market.version == version

    def test_is_refused_for_what_is_no_person(self, cast: Cast) -> None:
        with pytest.raises(NotFoundHere):
            prepare(ExportRequest("customers.tag", "vcf"), actor=cast.admin.actor)
