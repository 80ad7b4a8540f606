"""Turkish casing, folding, order and initials."""

import itertools
import random
import sqlite3

import pytest

from hatir.kit.text_tr import fold, initials, sort_key, tr_lower, tr_title, tr_upper


class TestCasing:
    def test_upper(self) -> None:
        assert tr_upper("istanbul ışık") == "İSTANBUL IŞIK"

    def test_lower(self) -> None:
        assert tr_lower("IŞIK İZMİR") == "ışık izmir"
        assert len(tr_lower("İ")) == 1

    def test_lower_reads_a_decomposed_dotted_capital(self) -> None:
        assert tr_lower("I\u0307zmir") == "izmir"

    @pytest.mark.parametrize(
        ("text", "titled"),
        [
            ("izmir", "İzmir"),
            ("ANKARA'DA", "Ankara'da"),
            ("ıspartalı işçi", "Ispartalı İşçi"),
            ("yılmaz-öztürk", "Yılmaz-Öztürk"),
            ("o'neill", "O'Neill"),
            ("İSTANBUL’UN ÇARŞISI", "İstanbul’un Çarşısı"),
        ],
    )
    def test_title(self, text: str, titled: str) -> None:
        assert tr_title(text) == titled


class TestFold:
    @pytest.mark.parametrize("text", ["ISIK", "ışık", "Işık", "isik", " IŞIK ", "Is\u0327ık"])
    def test_finds_every_spelling(self, text: str) -> None:
        assert fold(text) == "isik"

    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("ŞÇĞÖÜİI şçğöüıi", "scgouii scgouii"),
            ("Hâlâ kâğıt, îmân, sükûn", "hala kagit, iman, sukun"),
            ("I\u0307stanbul", "istanbul"),
            ("Straße  São\tPaulo Łódź", "strasse sao paulo lodz"),
            ("Əliyev ﬁrma №5", "eliyev firma no5"),
            ("Москва", "москва"),
            ("", ""),
        ],
    )
    def test_known_answers(self, text: str, folded: str) -> None:
        assert fold(text) == folded

    def test_is_stable(self) -> None:
        text = "İıIiŞşĞğÜüÖöÇçÂâ ǅ ﬀ"

        assert fold(fold(text)) == fold(text)


NAMES = ["Cem", "Çınar", "Iğdır", "Işık", "İnce", "Oğuz", "Öz", "Sönmez", "Şahin", "Uzun", "Ülkü", "Zan"]


class TestSortKey:
    def test_gives_turkish_order(self) -> None:
        shuffled = NAMES[:]
        random.Random(3).shuffle(shuffled)

        assert sorted(shuffled, key=sort_key) == NAMES

    def test_gives_the_same_order_in_sqlite_and_in_utf8_bytes(self) -> None:
        names = [*NAMES, "cem", "CEM", "Cem Ak", "Cemal", "3M", "Âdem", "Adem", "Москва", "Watt"]
        database = sqlite3.connect(":memory:")
        database.execute("create table t (name text, key text)")
        database.executemany("insert into t values (?, ?)", [(n, sort_key(n)) for n in names])

        by_sqlite = [row[0] for row in database.execute("select name from t order by key, rowid")]

        assert by_sqlite == sorted(names, key=sort_key)
        assert by_sqlite == sorted(names, key=lambda name: sort_key(name).encode())

    def test_every_letter_comes_after_the_one_before(self) -> None:
        alphabet = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"

        assert all(sort_key(a) < sort_key(b) for a, b in itertools.pairwise(alphabet))
        assert sort_key("z") < sort_key("я")
        assert sort_key("9") < sort_key("a")

    def test_a_shorter_word_comes_first(self) -> None:
        assert sort_key("Ak Zeynep") < sort_key("Akça Ali")


class TestInitials:
    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("ismail şahin", "İŞ"),
            ("ırmak ay", "IA"),
            ("Ayşe", "A"),
            ("Ali Veli Kaya", "AK"),
            ("", ""),
            ("  - ", ""),
        ],
    )
    def test_known_answers(self, name: str, letters: str) -> None:
        assert initials(name) == letters
