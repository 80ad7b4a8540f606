"""Sniffing and streaming CSV files, tidy and untidy."""

import json
import os
import tarfile
from pathlib import Path

import pytest

from hatir.kit.csv_dialect import CsvDialect, open_numbered_rows, open_rows, sniff

# The public csv-spectrum set, kept beside the checkout; HATIR_TEST_DATA may name another folder.
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SPECTRUM = Path(os.environ.get("HATIR_TEST_DATA", SHARED)) / "imports/csv/csv-spectrum.tar.xz"
TURKISH = "Ad;Şehir;Tutar;Tarih\r\nAyşe Yıldırım;İzmir;1.250,50;21.11.2026\r\nİsmail Işık;Ağrı;12,5;01.02.2026\r\n"


class TestSniff:
    @pytest.mark.parametrize(
        ("codec", "found"),
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8-sig"),
            ("utf-16", "utf-16"),
            ("utf-16-le", "utf-16-le"),
            ("utf-16-be", "utf-16-be"),
            ("cp1254", "cp1254"),
            ("iso8859-9", "cp1254"),  # the same bytes: no way and no need to tell apart
            ("cp857", "cp857"),
        ],
    )
    def test_finds_the_encoding_and_reads_the_letters(self, codec: str, found: str) -> None:
        data = TURKISH.encode(codec)

        dialect = sniff(data)

        assert dialect == CsvDialect(found, ";", '"', True, 0, True)
        assert data.decode(dialect.encoding) == TURKISH

    def test_control_bytes_mean_iso_8859_9(self) -> None:
        assert sniff("Ad;Şehir\nIşık;Ağrı\x81\n".encode("iso8859-9")).encoding == "iso8859-9"

    def test_euro_and_curly_quotes_mean_windows_1254(self) -> None:
        assert sniff("Ad;Fiyat\n“Işık”;5 €\n".encode("cp1254")).encoding == "cp1254"

    def test_asks_for_help_with_other_scripts(self) -> None:
        text = "имя;город\n" + "Александр Иванов;Москва и область\n" * 20

        assert text.encode("cp1251").decode(sniff(text.encode("cp1251")).encoding) == text

    def test_a_letter_cut_in_half_is_still_utf8(self) -> None:
        assert sniff("Ad,Şehir\nAyşe,İ".encode()[:-1]).encoding == "utf-8"

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_finds_the_delimiter(self, delimiter: str) -> None:
        text = "name|city|note\nAli|Van|a\nCem|Uşak|b\n".replace("|", delimiter)

        assert sniff(text.encode()).delimiter == delimiter

    def test_decimal_commas_do_not_pass_for_delimiters(self) -> None:
        dialect = sniff(b"x;y;z\n1,5;2,5;3,5\n4,5;5,5;6,5\n")

        assert (dialect.delimiter, dialect.decimal_comma) == (";", True)

    def test_decimal_dots(self) -> None:
        assert sniff(b"a;b\nx;1.50\ny;2.75\n").decimal_comma is False

    def test_counts_the_report_lines_above_the_header(self) -> None:
        report = "Kuzey Lojistik A.Ş.\nHesap özeti, Kasım\n\n"
        text = report + "Tarih;Açıklama;Tutar\n21.11.2026;Ödeme;1,00\n22.11.2026;İade;2,00\n"

        dialect = sniff(text.encode())

        assert (dialect.preamble_lines, dialect.delimiter, dialect.has_header) == (3, ";", True)

    def test_reads_the_sep_line_of_excel(self) -> None:
        dialect = sniff(b"sep=|\nad|tutar\nAli|5\n")

        assert (dialect.delimiter, dialect.preamble_lines) == ("|", 1)

    def test_sees_that_there_is_no_header(self) -> None:
        assert sniff(b"Ali,ali@ornek.com,5\nCem,cem@ornek.com,6\n").has_header is False
        assert sniff(b"ad,e-posta,puan\nCem,cem@ornek.com,6\n").has_header is True

    def test_single_quotes(self) -> None:
        assert sniff(b"'a','b'\n'1,5','x'\n").quotechar == "'"
        assert sniff(b"a,b\nDon't,won't\n").quotechar == '"'

    def test_one_column_and_nothing(self) -> None:
        assert sniff("ad\nAyşe\nCem\n".encode()) == CsvDialect()
        assert sniff(b"") == CsvDialect()


def rows_of(tmp_path: Path, data: bytes) -> list[list[str]]:
    """Write a file and read it back through its own sniffed dialect."""
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    return list(open_rows(path, sniff(data)))


class TestOpenRows:
    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_reads_every_line_ending(self, tmp_path: Path, ending: str) -> None:
        data = ending.join(["a,b", "1,2", '"x\ny",3', ""]).encode()

        assert rows_of(tmp_path, data) == [["a", "b"], ["1", "2"], ["x\ny", "3"]]

    @pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1254"])
    def test_reads_every_encoding(self, tmp_path: Path, codec: str) -> None:
        rows = rows_of(tmp_path, TURKISH.encode(codec))

        assert rows[0] == ["Ad", "Şehir", "Tutar", "Tarih"]
        assert rows[2] == ["İsmail Işık", "Ağrı", "12,5", "01.02.2026"]

    def test_bears_nul_bytes_ragged_rows_and_blank_lines(self, tmp_path: Path) -> None:
        assert rows_of(tmp_path, b"a,b,c\n1,2\0,3\n\n4,5\n6,7,8,9\n") == [
            ["a", "b", "c"],
            ["1", "2", "3"],
            ["4", "5"],
            ["6", "7", "8", "9"],
        ]

    def test_skips_the_preamble_and_numbers_lines_as_an_editor_does(self, tmp_path: Path) -> None:
        path = tmp_path / "file.csv"
        path.write_bytes(b"Rapor\n\nad;puan\nAli;1\n\nCem;2\n")

        numbered = list(open_numbered_rows(path, sniff(path.read_bytes())))

        assert numbered == [(3, ["ad", "puan"]), (4, ["Ali", "1"]), (6, ["Cem", "2"])]


class TestCsvSpectrum:
    @pytest.mark.skipif(not SPECTRUM.exists(), reason="the shared data folder is not beside the checkout")
    def test_reads_them_all(self, tmp_path: Path) -> None:
        with tarfile.open(SPECTRUM) as archive:
            archive.extractall(tmp_path, filter="data")
        files = sorted((tmp_path / "csvs").glob("*.csv"))

        assert len(files) >= 11
        for path in files:
            # Some copies of the set were checked out with line ends changed, inside quotes too.
            answer = (tmp_path / "json" / f"{path.stem}.json").read_text(encoding="utf-8")
            expected = json.loads(answer.replace("\\r\\n", "\\n"))
            header, *rows = open_rows(path, sniff(path.read_bytes()))
            plain = [[cell.replace("\r\n", "\n") for cell in row] for row in rows]
            assert [dict(zip(header, row, strict=True)) for row in plain] == expected, path.name
