"""The same list, written as programs of this country write it, always gives the same records."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hatir.foundation.files.actions import store
from hatir.foundation.records.registry import record_type
from hatir.foundation.transfer import actions
from hatir.foundation.transfer.models import ImportRun
from hatir.foundation.transfer.tests.conftest import Bring
from tests.world.cast import Cast, make_cast

Customer: Any = record_type("customers.customer").model
ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8 with a mark": ("utf-8", b"\xef\xbb\xbf"),
    "windows-1254": ("cp1254", b""),
    "ISO-8859-9": ("iso8859-9", b""),
    "UTF-16 LE with a mark": ("utf-16-le", b"\xff\xfe"),
    "UTF-16 BE with a mark": ("utf-16-be", b"\xfe\xff"),
    "UTF-16 LE": ("utf-16-le", b""),
    "UTF-16 BE": ("utf-16-be", b""),
}
HEADER = ["Firma Adı", "Şehir", "E-posta", "Yıllık Ciro"]
ROWS = [
    ["Işık Gıda Ltd. Şti.", "İzmir", "bilgi@isik.test", "1.234,56"],
    ["Çağlayan Öğün A.Ş.", "Muğla", "bilgi@caglayan.test", "98.765,40"],
    ["Ğ Üretim A.Ş.", "Şırnak", "bilgi@uretim.test", "7,05"],
]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def written(delimiter: str, *above: str, decimal: str = ",") -> str:
    """Write the list; a cell that holds the delimiter stands in quotes."""
    lines = list(above)
    for row in [HEADER, *ROWS]:
        cells = [cell if decimal == "," else cell.replace(".", "").replace(",", ".") for cell in row[3:]]
        told = [f'"{cell}"' if delimiter in cell else cell for cell in [*row[:3], *cells]]
        lines.append(delimiter.join(told))
    return "\r\n".join(lines) + "\r\n"


def stored() -> list[tuple[str, str, str, Decimal]]:
    rows = Customer.objects.filter(email__endswith=".test", kind="company").order_by("name_sort")
    return [(row.name, row.city, row.email, row.annual_revenue) for row in rows]


EXPECTED = [
    ("Çağlayan Öğün A.Ş.", "Muğla", "bilgi@caglayan.test", Decimal("98765.40")),
    ("Ğ Üretim A.Ş.", "Şırnak", "bilgi@uretim.test", Decimal("7.05")),
    ("Işık Gıda Ltd. Şti.", "İzmir", "bilgi@isik.test", Decimal("1234.56")),
]


def brought(bring: Bring, cast: Cast, content: bytes) -> ImportRun:
    return bring(content, "customers.company", cast.admin.actor, options={"match_on": ["name"]})


class TestEncoding:
    @pytest.mark.parametrize("name", ENCODINGS)
    def test_is_found_and_every_letter_kept(self, cast: Cast, bring: Bring, name: str) -> None:
        encoding, mark = ENCODINGS[name]

        run = brought(bring, cast, mark + written(";").encode(encoding))

        assert (run.table["headers"], run.counts["rejected"]) == (HEADER, 0)
        assert stored() == EXPECTED

    @pytest.mark.parametrize("name", ENCODINGS)
    def test_of_cards_is_found_as_well(self, cast: Cast, bring: Bring, name: str) -> None:
        encoding, mark = ENCODINGS[name]
        text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Işık;Ğül Şöç;;;\r\nEMAIL:gul@ornek.test\r\nEND:VCARD\r\n"

        run = bring(mark + text.encode(encoding), "customers.person", cast.admin.actor, name="x.vcf")

        assert run.counts["rejected"] == 0
        assert Customer.objects.get(email="gul@ornek.test").name == "Ğül Şöç Işık"


class TestDialect:
    @pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
    @pytest.mark.parametrize("decimal", [",", "."])
    def test_is_found_with_its_decimal_mark(self, cast: Cast, bring: Bring, delimiter: str, decimal: str) -> None:
        run = brought(bring, cast, written(delimiter, decimal=decimal).encode())

        assert run.table["dialect"]["delimiter"] == delimiter
        assert run.table["dialect"]["decimal_comma"] is (decimal == ",")
        assert stored() == EXPECTED

    @pytest.mark.parametrize("encoding", ["utf-8", "cp1254", "utf-16"])
    def test_skips_what_stands_above_the_header(self, cast: Cast, bring: Bring, encoding: str) -> None:
        above = ("Cari Hesap Listesi", "Tarih: 31.12.2025", "")

        run = brought(bring, cast, written(";", *above).encode(encoding))

        assert (run.table["headers"], run.table["dialect"]["preamble_lines"]) == (HEADER, 3)
        assert stored() == EXPECTED

    def test_takes_the_word_of_a_sep_line(self, cast: Cast, bring: Bring) -> None:
        run = brought(bring, cast, written("|", "sep=|").encode())

        assert run.table["dialect"]["delimiter"] == "|"
        assert stored() == EXPECTED

    def test_numbers_the_columns_of_a_list_without_header(self, cast: Cast) -> None:
        text = "\r\n".join(";".join(row) for row in ROWS)
        file = store([text.encode("cp1254")], name="liste.csv", actor=cast.admin.actor)

        run = actions.begin_import(file, "customers.company", actor=cast.admin.actor)

        assert run.table["dialect"]["has_header"] is False
        assert (len(run.table["headers"]), run.row_count) == (4, 3)
