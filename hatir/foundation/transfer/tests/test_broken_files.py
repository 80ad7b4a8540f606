"""Files that programs and people break: what can be read is, what cannot is told, and the counts add up."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext as _
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from hatir.foundation.files.actions import store
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions, queries, reading
from hatir.foundation.transfer.errors import FileUnreadable
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
PEOPLE, COMPANIES = "customers.person", "customers.company"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def workbook(*rows: list[Any], merged: tuple[str, ...] = ()) -> bytes:
    book, written = Workbook(), io.BytesIO()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    book.save(written)
    return written.getvalue()


def refused(cast: Cast, content: bytes, name: str = "liste.csv") -> str:
    """Open a file that cannot be read, and give what is told."""
    with pytest.raises(FileUnreadable) as told:
        actions.begin_import(store([content], name=name, actor=cast.admin.actor), PEOPLE, actor=cast.admin.actor)
    assert ImportRun.objects.count() == 0
    return told.value.detail


def reasons(run: ImportRun) -> list[tuple[int, str]]:
    return [(row.line, row.reason) for row in queries.rejections(run, is_trial=False)]


class TestRow:
    def test_with_more_cells_than_the_header_is_refused_whole(self, cast: Cast, bring: Bring) -> None:
        text = "Firma Adı,Adres,Şehir\nLale A.Ş.,Çarşı Cad. 5,İzmir\nGül A.Ş.,Konak Mah., No 5,İzmir\n"

        run = bring(text, COMPANIES, cast.admin.actor)

        assert (run.counts["new"], run.counts["rejected"]) == (1, 1)
        told = _("The row has %(count)d cells, the header %(width)d: a text may hold the delimiter without quotes.")
        assert list(queries.rejected_rows(run))[1] == [
            "Gül A.Ş.",
            "Konak Mah.",
            "No 5",
            told % {"count": 4, "width": 3},
            "İzmir",
        ]

    def test_with_more_cells_comes_in_as_it_was_mended(self, cast: Cast, bring: Bring) -> None:
        text = "Firma Adı,Adres,Şehir\nLale,Çarşı 5,Van\nGül A.Ş.,Konak Mah., No 5,İzmir\n"
        run = bring(text, COMPANIES, cast.admin.actor, only_check=True)
        assert run.check_counts["rejected"] == 1

        fine = actions.correct_rows(run.pk, {3: {1: "Konak Mah., No 5", 2: "İzmir"}}, actor=cast.admin.actor)

        assert fine == 1

    def test_of_totals_is_no_customer(self, cast: Cast, bring: Bring) -> None:
        text = "Firma Adı;Şehir;Yıllık Ciro\nLale A.Ş.;İzmir;1,50\nTotal;Paris;7,00\nTOPLAM:;;8,50\n"

        run = bring(text, COMPANIES, cast.admin.actor)

        assert (run.counts["new"], reasons(run)) == (2, [(4, _("This looks like a line of totals."))])

    def test_wider_than_the_header_in_most_rows_gives_the_columns_a_number(self, cast: Cast) -> None:
        content = b"Firma,Sehir\nLale,Izmir,a\nGul,Bursa,b\n"
        file = store([content], name="a.csv", actor=cast.admin.actor)

        run = actions.begin_import(file, COMPANIES, actor=cast.admin.actor)

        assert run.table["headers"] == ["Firma", "Sehir", _("Column %(number)d") % {"number": 3}]

    def test_of_a_code_as_excel_is_made_to_keep_it_has_its_zeros(self, cast: Cast, bring: Bring) -> None:
        bring('Firma Adı,Posta Kodu\nLale A.Ş.,="01010"\n', COMPANIES, cast.admin.actor)

        assert Customer.objects.get(name="Lale A.Ş.").postal_code == "01010"

    def test_with_a_nul_in_json_is_stored_without_it(self, cast: Cast, bring: Bring) -> None:
        run = bring(
            '{"name": "Lale\\u0000 A.Ş."}\n{"name": "Gül\\ud800 A.Ş."}\n', COMPANIES, cast.admin.actor, name="a.jsonl"
        )

        assert (run.counts["new"], run.counts["rejected"]) == (1, 1)
        assert Customer.objects.get(name__endswith=" A.Ş.", pk__in=_made(run)).name == "Lale A.Ş."


def _made(run: ImportRun) -> list[int]:
    return list(Customer.objects.order_by("-pk").values_list("pk", flat=True)[: run.counts["new"]])


class TestHeader:
    def test_twice_is_two_columns(self, cast: Cast) -> None:
        file = store([b"Ad,Telefon,Telefon\nAli,0532 111 22 33,0533 111 22 33\n"], name="a.csv", actor=cast.admin.actor)

        run = actions.begin_import(file, PEOPLE, actor=cast.admin.actor)

        assert run.table["headers"] == ["Ad", "Telefon", "Telefon (3)"]

    def test_without_rows_imports_nothing_and_says_so(self, cast: Cast, bring: Bring) -> None:
        run = bring("Ad,Soyad,E-posta\n", PEOPLE, cast.admin.actor)

        assert (run.state, sum(run.counts.values())) == ("done", 0)

    def test_of_five_thousand_columns_is_refused_with_their_number(self, cast: Cast) -> None:
        line = ",".join(f"s{n}" for n in range(5000)).encode()

        assert refused(cast, line + b"\n" + line + b"\n") == _(
            "it has %(count)d columns; there may be %(most)d at most"
        ) % {
            "count": 5000,
            "most": 500,
        }

    @pytest.mark.parametrize("content", [b"\n\r\n  ", b"\xef\xbb\xbf", b"\0\0\0", b'"', b";;;\n;;;\n"])
    def test_of_nothing_is_refused(self, cast: Cast, content: bytes) -> None:
        assert refused(cast, content) == _("it is empty")


class TestKind:
    @pytest.mark.parametrize(
        ("content", "told", "line"),
        [
            (b"<html><table></table></html>", "it is a web page or XML", 1),
            (b'[{"ad": "Ali"}]', "it is one JSON list; each record must stand on a line of its own", 1),
            (b'{"a": ' + b"[" * 99_999, "line %(line)d is no JSON", 1),
            (b"ad,not\n" + b"x" * 17 * 1024 * 1024 + b"\n", "line %(line)d is too long", 2),
            (b"%PDF-1.7\n", "", 1),
            (b"PK\x05\x06" + b"\0" * 18, "", 1),
            (b"\x1f\x8b\x08\x00" + bytes(range(256)) * 4, "", 1),
        ],
        ids=["html", "json list", "deep json", "long line", "pdf", "empty zip", "gzip"],
    )
    def test_that_is_no_table_is_refused_with_the_reason(
        self, cast: Cast, content: bytes, told: str, line: int
    ) -> None:
        assert refused(cast, content) == (told and _(told) % {"line": line})


class TestWorkbook:
    def test_has_a_title_above_its_header(self, cast: Cast, bring: Bring) -> None:
        rows: tuple[list[str | None], ...] = (
            ["Müşteri Listesi", None, None],
            [],
            ["Firma Adı", "Şehir", "E-posta"],
            ["Lale", "İzmir", "a@lale.test"],
        )

        run = bring(workbook(*rows, merged=("A1:C1",)), COMPANIES, cast.admin.actor, name="a.xlsx")

        assert (run.table["headers"], run.counts["new"]) == (["Firma Adı", "Şehir", "E-posta"], 1)
        assert Customer.objects.get(email="a@lale.test").city == "İzmir"

    def test_without_header_gives_the_columns_numbers(self, cast: Cast) -> None:
        content = workbook(["Ali Er", "ali@ornek.test"], ["Oya Ak", "oya@ornek.test"])
        file = store([content], name="a.xlsx", actor=cast.admin.actor)

        run = actions.begin_import(file, PEOPLE, actor=cast.admin.actor)

        assert (run.table["headers"], run.row_count) == ([_("Column %(number)d") % {"number": n} for n in (1, 2)], 2)

    def test_with_merged_cells_is_read_as_a_person_reads_it(self, cast: Cast, bring: Bring) -> None:
        rows: tuple[list[Any], ...] = (
            ["Şehir", "Firma Adı"],
            ["İzmir", "Lale"],
            [None, "Gül"],
            [None, "Nane"],
            [None, "Susam"],
        )

        bring(workbook(*rows, merged=("A2:A4",)), COMPANIES, cast.admin.actor, name="a.xlsx")

        found = dict(Customer.objects.filter(name__in=["Lale", "Gül", "Nane", "Susam"]).values_list("name", "city"))
        assert found == {"Lale": "İzmir", "Gül": "İzmir", "Nane": "İzmir", "Susam": ""}

    def test_that_unpacks_to_a_flood_is_refused_before_it_does(self, cast: Cast) -> None:
        written = io.BytesIO(workbook(["Ad"], ["Ali"]))
        with (
            zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as archive,
            archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part,
        ):
            for _piece in range(301):
                part.write(b" " * 1_000_000)
        assert len(written.getvalue()) < 400_000

        assert refused(cast, written.getvalue(), "a.xlsx") == _("it unpacks to more than a workbook may hold")

    @pytest.mark.parametrize("seed", range(20))
    def test_with_changed_bytes_is_read_or_refused(self, tmp_path: Path, seed: int) -> None:
        import random

        content, rolled = bytearray(workbook(["Ad", "No"], ["Ali", 5], ["Oya", 6])), random.Random(seed)
        for _change in range(20):
            content[rolled.randrange(len(content))] = rolled.randrange(256)
        path = tmp_path / "a.xlsx"
        path.write_bytes(bytes(content))

        try:
            read = list(reading.rows(path, reading.inspect(path)))
        except FileUnreadable:
            read = []

        assert len(read) <= 2


ANY_TEXT = st.text(st.sampled_from('aş1@.,;"\n\r\t |='), max_size=200)
ANY_CARD = st.lists(
    st.sampled_from(
        [
            "BEGIN:VCARD", "END:VCARD", "VERSION:2.1", "VERSION:4.0", "FN:Ali Er", "N:Er;Ali", "item1.TEL:0532",
            "TEL;CELL;PREF:+905321112233", "EMAIL;PREF=1:a@b.test", "BDAY:--0415", "BDAY:1980", "ADR:;;Cad 1;İzmir",
            "NOTE:bir", " iki", "üç", "PHOTO;ENCODING=b:AAAA", "NOTE;ENCODING=QUOTED-PRINTABLE:=C4=B0=", "AGENT:",
            "X-ABLabel:_$!<Home>!$_", "item1.X-ABLabel:", ";;:", "FN;CHARSET=NONE;ENCODING=B:%%", "", "ORG:;;", "TEL:",
        ]
    ),
    max_size=25,
)  # fmt: skip
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class TestAnyFile:
    @given(text=ANY_TEXT)
    @FEW
    def test_of_text_is_checked_with_counts_that_add_up(self, cast: Cast, bring: Bring, text: str) -> None:
        run = bring(f"Ad Soyad;E-posta\nAli Er;ali@ornek.test\n{text}", PEOPLE, cast.admin.actor, mapping={0: "name"})

        assert (run.state, run.error) == ("done", "")
        assert sum(run.counts.values()) == run.next_row == run.row_count

    @given(lines=ANY_CARD)
    @FEW
    def test_of_cards_is_checked_with_counts_that_add_up(self, cast: Cast, bring: Bring, lines: list[str]) -> None:
        text = "\r\n".join(["BEGIN:VCARD", "FN:Oya Ak", "END:VCARD", *lines])

        run = bring(text, PEOPLE, cast.admin.actor, name="a.vcf")

        assert (run.state, run.error) == ("done", "")
        assert sum(run.counts.values()) == run.next_row == run.row_count
