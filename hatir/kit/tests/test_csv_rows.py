"""Files as other programs and people really leave them: each is read, and no row is lost in another's cell."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hatir.kit.csv_dialect import CsvDialect, CsvUnreadable, open_rows, sniff
from hatir.kit.csv_rows import SUSPICIOUS_LINES


def rows_of(folder: Path, data: bytes | str) -> list[list[str]]:
    """Write a file and read it back through its own sniffed dialect."""
    path = folder / "file.csv"
    whole = data.encode() if isinstance(data, str) else data
    path.write_bytes(whole)
    return list(open_rows(path, sniff(whole)))


class TestQuotes:
    def test_stray_at_the_beginning_of_a_cell_swallows_no_rows(self, tmp_path: Path) -> None:
        assert rows_of(tmp_path, 'ad,not\nAli,"merhaba\nVeli,iyi\nOya,güzel\n') == [
            ["ad", "not"],
            ["Ali", '"merhaba'],
            ["Veli", "iyi"],
            ["Oya", "güzel"],
        ]

    def test_stray_before_rows_in_quotes_swallows_none_of_them(self, tmp_path: Path) -> None:
        assert rows_of(tmp_path, '"ad","not"\n"Ali","""merhaba\n"Veli","iyi"\n"Oya","güzel"\n') == [
            ["ad", "not"],
            ["Ali", '"""merhaba'],
            ["Veli", "iyi"],
            ["Oya", "güzel"],
        ]

    def test_stray_in_a_long_file_costs_no_row(self, tmp_path: Path) -> None:
        rows = "".join(f"Kişi {n},{n}\n" for n in range(SUSPICIOUS_LINES * 4))

        found = rows_of(tmp_path, f'ad,no\nAli,"5\n{rows}Veli,"6\n{rows}')

        assert len(found) == 3 + SUSPICIOUS_LINES * 8
        assert (found[1], found[SUSPICIOUS_LINES * 4 + 2]) == (["Ali", '"5'], ["Veli", '"6'])

    def test_around_a_very_long_text_are_kept_as_they_are(self, tmp_path: Path) -> None:
        text = "satır; biri\n" * (SUSPICIOUS_LINES * 2)

        assert rows_of(tmp_path, f'ad,not\nAli,"{text}"\nVeli,x\n')[1:] == [["Ali", text], ["Veli", "x"]]

    @pytest.mark.parametrize(
        ("line", "cells"),
        [
            ('6" boru,5', ['6" boru', "5"]),
            ('"Ali"x,5', ["Alix", "5"]),
            ('"a ""b"" c",5', ['a "b" c', "5"]),
            ('"""",5', ['"', "5"]),
            ('"",5', ["", "5"]),
            ('a, "b, c"', ["a", "b, c"]),
            ('"çok\nsatır",5', ["çok\nsatır", "5"]),
            ('"x\r\ny\n\nz",5', ["x\r\ny\n\nz", "5"]),
        ],
    )
    def test_of_every_kind_are_read(self, tmp_path: Path, line: str, cells: list[str]) -> None:
        assert rows_of(tmp_path, f'ad,not\n{line}\nson,"satır"\n') == [["ad", "not"], cells, ["son", "satır"]]

    def test_escaped_by_a_backslash_are_letters(self, tmp_path: Path) -> None:
        data = 'ad,not\n"Ali \\"Kral\\" Er","C:\\yol"\nVeli,x\n'

        assert rows_of(tmp_path, data)[1] == ['Ali "Kral" Er', "C:\\yol"]

    def test_around_whole_rows_are_taken_off(self, tmp_path: Path) -> None:
        data = '"ad,soyad,""yaş"""\n"Ali,Er,""5"""\n"Oya,Ak,6"\n'

        assert rows_of(tmp_path, data) == [["ad", "soyad", "yaş"], ["Ali", "Er", "5"], ["Oya", "Ak", "6"]]

    def test_around_names_with_a_comma_stay_one_column(self, tmp_path: Path) -> None:
        assert rows_of(tmp_path, '"Ad"\n"Er, Ali"\n"Can, Veli"\n') == [["Ad"], ["Er, Ali"], ["Can, Veli"]]


class TestShape:
    @pytest.mark.parametrize("delimiter", ["~", "^", "¦", "\x01", "\x1f"])
    def test_with_a_rare_delimiter_is_found(self, tmp_path: Path, delimiter: str) -> None:
        data = "ad|soyad\nAli|Er\nOya|Ak\n".replace("|", delimiter)

        assert rows_of(tmp_path, data) == [["ad", "soyad"], ["Ali", "Er"], ["Oya", "Ak"]]

    def test_ragged_keeps_its_header_and_its_extra_cells(self, tmp_path: Path) -> None:
        assert rows_of(tmp_path, "a,b,c\n1,2\n1,2,3,4\n1\n") == [
            ["a", "b", "c"],
            ["1", "2"],
            ["1", "2", "3", "4"],
            ["1"],
        ]

    def test_with_delimiters_at_the_end_of_rows_only_keeps_its_header(self) -> None:
        assert sniff(b"a,b,c\nx,y,z,\nu,v,w,\n") == CsvDialect()

    @pytest.mark.parametrize(
        ("data", "has_header"),
        [
            ("Ad;2024;2025\nAli;5;6\nOya;7;8\n", True),
            ("2019,2020,2021\n1,2,3\n4,5,6\n", True),
            ("2019,2020\n2018,2017\n", False),
            ("0,1,2\nAli,x,5\nOya,y,6\n", True),
            ("1,2,3\n4,5,6\n", False),
            ("ad,soyad", True),
            ("Ali,ali@x.test,5\nOya,oya@x.test,6\n", False),
        ],
    )
    def test_tells_whether_there_is_a_header(self, data: str, has_header: bool) -> None:
        assert sniff(data.encode()).has_header is has_header

    @pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
    def test_is_said_by_the_first_line(self, tmp_path: Path, line: str) -> None:
        assert rows_of(tmp_path, f"{line}\r\nad;soyad\r\nAli;Er\r\n") == [["ad", "soyad"], ["Ali", "Er"]]

    @pytest.mark.parametrize("ending", ["\r", "\n", "\r\n", "\r\r\n"])
    def test_has_lines_that_end_in_any_way(self, tmp_path: Path, ending: str) -> None:
        assert rows_of(tmp_path, ending.join(("ad,no", "Ali,1", "Oya,2", ""))) == [
            ["ad", "no"],
            ["Ali", "1"],
            ["Oya", "2"],
        ]

    def test_ends_at_the_mark_of_dos(self, tmp_path: Path) -> None:
        assert rows_of(tmp_path, b"ad,no\nAli,1\n\x1a") == [["ad", "no"], ["Ali", "1"]]

    def test_of_one_endless_line_is_refused_before_it_is_held(self, tmp_path: Path) -> None:
        path = tmp_path / "file.csv"
        path.write_bytes(b"ad,not\nAli,x\n" + b"x" * 17 * 1024 * 1024)

        with pytest.raises(CsvUnreadable, match="line 3"):
            list(open_rows(path, CsvDialect()))


class TestEncoding:
    def test_of_two_files_put_together_is_read_line_by_line(self, tmp_path: Path) -> None:
        data = "ad;şehir\nAyşe;İzmir\n".encode() + "Işık;Ağrı\n".encode("cp1254")

        assert rows_of(tmp_path, data) == [["ad", "şehir"], ["Ayşe", "İzmir"], ["Işık", "Ağrı"]]

    def test_never_makes_a_letter_of_a_torn_one(self, tmp_path: Path) -> None:
        data = b"ad;no\n" + "Ayşe".encode()[:3] + b";1\n" + "Işık;2\n".encode()

        assert rows_of(tmp_path, data) == [["ad", "no"], ["Ay\ufffd", "1"], ["Işık", "2"]]

    @pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_with_a_mark_in_the_middle_is_read(self, tmp_path: Path, codec: str) -> None:
        assert rows_of(tmp_path, "ad,no\n\ufeffAyşe,1\n".encode(codec)) == [["ad", "no"], ["Ayşe", "1"]]


CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff") | st.sampled_from(' ",;|\t\n\'"'),
    max_size=12,
)
SLOW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class TestAnyFile:
    @given(data=st.binary(max_size=400))
    @SLOW
    def test_is_read_or_refused(self, tmp_path: Path, data: bytes) -> None:
        for row in rows_of(tmp_path, data):
            assert any(cell.strip() for cell in row)

    @given(text=st.text(st.sampled_from('ab",;\n\r\t \\|1ş'), max_size=80))
    @SLOW
    def test_of_quotes_and_delimiters_keeps_every_letter(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "file.csv"
        path.write_bytes(text.encode())

        found = "".join(cell for row in open_rows(path, CsvDialect()) for cell in row)

        assert {letter: found.count(letter) for letter in "abş1"} == {letter: text.count(letter) for letter in "abş1"}

    @given(
        rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=3, max_size=8),
        delimiter=st.sampled_from(",;\t|"),
        ending=st.sampled_from(["\n", "\r\n"]),
    )
    @SLOW
    def test_that_a_program_wrote_comes_back(
        self, tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str, ending: str
    ) -> None:
        written = io.StringIO()
        writer = csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=ending)
        writer.writerows([("Ad", "Not", "Yer"), *rows])
        path = tmp_path / "file.csv"
        path.write_bytes(written.getvalue().encode())

        found = list(open_rows(path, CsvDialect(delimiter=delimiter)))

        filled = [list(row) for row in rows if any(cell.strip() for cell in row)]
        assert found == [["Ad", "Not", "Yer"], *filled]
