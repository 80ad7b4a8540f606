"""Files of real programs through the wizard's own pages: every row is accounted for, and what it says is stored."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hatir.foundation.files.queries import path_of
from hatir.foundation.jobs.running import run_due
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import queries, reading
from hatir.foundation.transfer.models import ImportRun
from hatir.interface.web.tests.test_imports import signed_in
from hatir.kit.vcard import Card, cards
from tests.world.cast import Cast, make_cast

DATA = Path(__file__).resolve().parents[5] / "shared" / "data"
CONTACTS = DATA / "imports" / "contacts" / "roundcube_csv2vcard"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.exists(), reason="the shared data folder is not beside the checkout"),
]
Customer: Any = record_type("customers.customer").model
PERSON, COMPANY = "customers.person", "customers.company"


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path / "files"
    return make_cast()


def through(client: Client, path: Path, type_key: str, **fields: str) -> ImportRun:
    """Take a file through all pages, as a person does who agrees with what is proposed; `fields` are by header."""
    answer = client.post("/import/", {"type": type_key, "file": SimpleUploadedFile(path.name, path.read_bytes())})
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    run = ImportRun.objects.order_by("-id")[0]
    base = f"/import/{run.public_id}"
    assert client.get(f"{base}/mapping/").status_code == 200
    headers = run.table["headers"]
    chosen = {f"map-{headers.index(header)}": name for header, name in fields.items()}
    assert client.post(f"{base}/mapping/", chosen).headers["Location"] == f"{base}/check/"
    run_due()
    assert client.get(f"{base}/check/").status_code == 200
    assert client.get(f"{base}/duplicates/").status_code == 200
    client.post(f"{base}/duplicates/", {"policy": "update"})
    run_due()
    assert client.get(f"{base}/result/").status_code == 200
    run.refresh_from_db()
    assert (run.state, run.error) == ("done", "")
    assert sum(run.counts.values()) == run.next_row == run.row_count
    assert run.check_counts == run.counts
    return run


class TestList:
    @pytest.mark.parametrize(
        ("name", "type_key", "fields", "counts"),
        [
            ("imports/crm/accountData.csv", COMPANY, {}, (423, 0)),
            ("imports/crm/mautic_fakeleaddata.csv", PERSON, {}, (54, 4)),
            ("imports/crm/mautic_fakecompanydata.csv", COMPANY, {}, (4, 0)),
            ("imports/crm/opportunityData.csv", COMPANY, {"NAME": "name"}, (38, 0)),
            ("pipeline/maven_crm_accounts.csv", COMPANY, {}, (85, 0)),
            ("pipeline/maven_crm_products.csv", COMPANY, {"product": "name"}, (7, 0)),
            ("pipeline/maven_crm_sales_teams.csv", PERSON, {"sales_agent": "name"}, (35, 0)),
            ("dedupe/febrl_dataset1.csv", PERSON, {"rec_id": "external_id"}, (1000, 3)),
            ("dedupe/splink_fake_1000.csv", PERSON, {"unique_id": "external_id"}, (1000, 40)),
            ("dedupe/abt_buy/abt.csv", COMPANY, {"name": "name"}, (1076, 0)),
        ],
    )
    def test_goes_through_the_wizard(
        self, cast: Cast, client: Client, name: str, type_key: str, fields: dict[str, str], counts: tuple[int, int]
    ) -> None:
        run = through(signed_in(client, cast.admin), DATA / name, type_key, **fields)

        assert (run.row_count, run.counts["rejected"]) == counts, queries.reasons(run, is_trial=False)


class TestSpectrum:
    def test_says_what_its_json_says_and_goes_through(self, cast: Cast, client: Client, tmp_path: Path) -> None:
        with tarfile.open(DATA / "imports" / "csv" / "csv-spectrum.tar.xz") as archive:
            archive.extractall(tmp_path, filter="data")
        signed_in(client, cast.admin)

        for path in sorted((tmp_path / "csvs").glob("*.csv")):
            # Some copies of the set were checked out with line ends changed, inside quotes too.
            told = (tmp_path / "json" / f"{path.stem}.json").read_text(encoding="utf-8")
            expected = json.loads(told.replace("\\r\\n", "\\n"))
            header = next(iter(expected[0]))
            run = through(client, path, COMPANY, **{header: "name"})

            table = reading.table_from_json(run.table)
            rows = [
                [str(cell).replace("\r\n", "\n") for cell in row] for _l, row in reading.rows(path_of(run.file), table)
            ]
            assert [dict(zip(table.headers, row, strict=True)) for row in rows] == expected, path.name


class TestContacts:
    @pytest.mark.parametrize("name", ["all", "email", "gmail", "outlook", "tb_plain"])
    def test_of_other_programs_become_the_cards_that_they_must(self, cast: Cast, client: Client, name: str) -> None:
        wanted = cards_of(CONTACTS / f"{name}.vcf")

        run = through(signed_in(client, cast.admin), CONTACTS / f"{name}.csv", PERSON)

        made = Customer.objects.filter(pk__in=newest(run.counts["new"])).order_by("pk")
        assert len(made) == len(wanted)
        for record, told in zip(made, wanted, strict=True):
            emails = [record.email, *record.contact_points.filter(kind="email").values_list("value", flat=True)]
            family, given = [*told.all("N")[0].parts(), "", ""][:2]
            assert sorted(emails) == sorted(each.text() for each in told.all("EMAIL"))
            assert record.name == (f"{given} {family}".strip() or told.first("FN"))


def newest(count: int) -> list[int]:
    return list(Customer.objects.order_by("-pk").values_list("pk", flat=True)[:count])


def cards_of(path: Path) -> list[Card]:
    with path.open(encoding="latin-1", newline=None) as file:
        return [each for each in cards(file, "utf-8") if isinstance(each, Card)]
