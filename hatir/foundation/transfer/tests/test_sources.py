from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hatir.foundation.files.actions import store
from hatir.foundation.records.registry import fields_of, record_type
from hatir.foundation.transfer import actions, queries
from hatir.foundation.transfer.further import declared
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.sources import LEFT_OUT, NAMES, NONE, recognise, sources, tidied
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "imports"
HEADERS = {
    "salesforce-contact": "Id,AccountId,LastName,FirstName,Salutation,MailingStreet,MailingCity,Phone,Email",
    "salesforce-account": "Account ID,Account Name,Billing Street,Billing City,Shipping Street,Phone,Website,Industry",
    "salesforce-lead": "Lead ID,First Name,Last Name,Company / Account,Title,Street,City,Lead Status,Email,Phone",
    "zoho-contact": "Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Account Name,Email,Mailing Zip,Tag",
    "zoho-account": "Record Id,Account Owner,Account Name,Phone,Account Site,Billing Street,Billing Code,Created Time",
    "zoho-lead": "Record Id,Lead Owner.id,Lead Owner,Company,First Name,Last Name,Email,No. of Employees,Zip Code",
    "hubspot-contact": "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Create Date",
    "hubspot-company": "Record ID,Company name,Company owner,Create Date,Phone Number,Company Domain Name,Industry",
    "google-contact": "First Name,Middle Name,Last Name,Phonetic First Name,File As,Organization Name,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value",
    "outlook-contact": "Title,First Name,Last Name,Company,Job Title,Business Street,Home Phone,E-mail Address,Notes",
    "outlook-contact-tr": "Ad,İkinci Ad,Soyadı,Şirket,İş Telefonu,Cep Telefonu,E-posta Adresi,E-posta 2 Adresi,Notlar",
    "mautic-contact": "title,firstname,lastname,city,address1,state,zipcode,country,email,phone,company,points",
    "mautic-company": "companyname,companycity,companystate,companycountry,companyindustry",
}


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def opened(cast: Cast, content: str, type_key: str = "customers.person") -> ImportRun:
    file = store([content.encode()], name="liste.csv", actor=cast.admin.actor)
    return actions.begin_import(file, type_key, actor=cast.admin.actor)


def by_header(run: ImportRun) -> dict[str, str]:
    return {header: run.mapping[str(at)] for at, header in enumerate(run.table["headers"])}


class TestTable:
    @pytest.mark.django_db
    def test_names_every_export_and_only_fields_that_there_are(self) -> None:
        assert set(sources()) == set(NAMES) == set(HEADERS)
        for source in sources().values():
            rt = record_type(source.type_key)
            known = {LEFT_OUT, *fields_of(rt), *declared(rt)}
            assert {name for name in source.columns.values() if name not in known} == set(), source.key


class TestRecognise:
    @pytest.mark.parametrize("key", HEADERS)
    def test_knows_each_export_by_its_columns(self, key: str) -> None:
        found = recognise(HEADERS[key].split(","))

        assert (found.key if found else None) == key

    @pytest.mark.parametrize(
        "headers", ["Ad Soyad,Telefon,E-posta,Şehir", "First Name,Last Name,Email,Phone", "name,email", ""]
    )
    def test_takes_no_plain_list_for_an_export(self, headers: str) -> None:
        assert recognise(headers.split(",")) is None

    @pytest.mark.skipif(not SHARED.exists(), reason="the shared data folder is not beside the checkout")
    @pytest.mark.parametrize(
        ("name", "encoding", "key"),
        [
            ("crm/accountData.csv", "utf-8", "salesforce-account"),
            ("crm/mautic_fakeleaddata.csv", "utf-8", "mautic-contact"),
            ("crm/mautic_fakecompanydata.csv", "utf-8", "mautic-company"),
            ("contacts/roundcube_csv2vcard/gmail.csv", "utf-8", "google-contact"),
        ],
    )
    def test_knows_real_files(self, name: str, encoding: str, key: str) -> None:
        first = (SHARED / name).read_bytes().decode(encoding, errors="replace").splitlines()[0]

        found = recognise([header.strip('"') for header in first.split(",")])

        assert (found.key if found else None) == key


class TestBeginImport:
    def test_brings_the_mapping_of_the_export(self, cast: Cast) -> None:
        run = opened(cast, f"{HEADERS['hubspot-contact']}\n51,Ali,Er,ali@ornek.test,0532 111 22 33,,,\n")

        assert (run.options["source"], queries.source_name(run) != "") == ("hubspot-contact", True)
        assert by_header(run) == {
            "Record ID": "external_id",
            "First Name": "given_name",
            "Last Name": "family_name",
            "Email": "email",
            "Phone Number": "phone",
            "Contact owner": "owner",
            "Lifecycle Stage": "stage",
            "Create Date": "",
        }

    def test_passes_over_an_export_of_other_records(self, cast: Cast) -> None:
        run = opened(cast, f"{HEADERS['hubspot-company']}\n1,Lale,,,,,\n", "customers.person")

        assert run.options["source"] == ""

    def test_takes_the_export_that_is_said(self, cast: Cast) -> None:
        run = opened(cast, "First Name,Last Name,Email,Mobile\nAli,Er,ali@ornek.test,0532 111 22 33\n")
        assert (run.options["source"], by_header(run)["Mobile"]) == ("", "phone")

        run = actions.match_again(run.pk, actor=cast.admin.actor, source="salesforce-lead")
        assert (run.options["source"], by_header(run)["Mobile"]) == ("salesforce-lead", "+phone")

        run = actions.match_again(run.pk, actor=cast.admin.actor, source=NONE)
        assert (run.options["source"], by_header(run)["Mobile"]) == ("", "phone")


class TestImport:
    def test_of_outlook_keeps_every_telephone_and_address(self, cast: Cast, bring: Bring) -> None:
        text = (
            "First Name,Last Name,Business Street,Business City,Home Street,Home City,Home Postal Code,"
            "Business Phone,Home Phone,Mobile Phone,E-mail Address,E-mail 2 Address\n"
            "Ali,Er,A Cad. 1,İzmir,Ev Sok. 2,Bursa,16000,0232 111 22 33,0224 111 22 33,,ali@ornek.test,er@ornek.test\n"
        )

        bring(text, "customers.person", cast.admin.actor)

        ali = Customer.objects.get(email="ali@ornek.test")
        assert (ali.phone, ali.address, ali.city) == ("0232 111 22 33", "A Cad. 1", "İzmir")
        points = sorted((p.kind, p.label, p.value) for p in ali.contact_points.all())
        assert points == [("email", "", "er@ornek.test"), ("phone", "Home Phone", "0224 111 22 33")]
        home = ali.addresses.get()
        assert (home.kind, home.address, home.city, home.postal_code) == ("home", "Ev Sok. 2", "Bursa", "16000")

    def test_of_google_reads_several_values_in_a_cell(self, cast: Cast, bring: Bring) -> None:
        text = (
            "First Name,Last Name,Labels,File As,E-mail 1 - Value,Phone 1 - Value,Phone 2 - Value\n"
            "Ali,Er,Bayi ::: * myContacts,,ali@ornek.test,0532 111 22 33,0533 111 22 33 ::: 0534 111 22 33\n"
        )

        bring(text, "customers.person", cast.admin.actor)

        ali = Customer.objects.get(email="ali@ornek.test")
        assert [tag.name for tag in ali.tags.all()] == ["Bayi"]
        assert sorted(p.value for p in ali.contact_points.all()) == ["0533 111 22 33", "0534 111 22 33"]

    def test_refuses_a_row_whose_further_e_mail_is_none(self, cast: Cast, bring: Bring) -> None:
        text = f"{HEADERS['outlook-contact-tr']}\nAli,,Er,,,,ali@ornek.test,er(at)ornek,\n"

        run = bring(text, "customers.person", cast.admin.actor)

        assert (run.counts["new"], run.counts["rejected"]) == (0, 1)
        assert Customer.objects.filter(email="ali@ornek.test").count() == 0

    def test_leaves_the_cells_of_other_houses_as_they_are(self) -> None:
        assert tidied("outlook-contact", ["a ::: b", 5]) == ["a ::: b", 5]
        assert tidied("google-contact", ["a ::: b", 5, "* myContacts"]) == ["a; b", 5, ""]
