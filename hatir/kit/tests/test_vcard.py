from __future__ import annotations

import pytest

from hatir.kit.vcard import (
    NEVER_ENDS,
    NO_PROPERTY,
    OUTSIDE,
    BrokenCard,
    Card,
    cards,
    escaped,
    folded,
    line,
    read_property,
)


def read(content: bytes, encoding: str = "utf-8") -> list[Card | BrokenCard]:
    return list(cards(content.decode("latin-1").splitlines(keepends=True), encoding))


def only(content: bytes, encoding: str = "utf-8") -> Card:
    found = read(content, encoding)
    assert len(found) == 1
    assert isinstance(found[0], Card)
    return found[0]


def card(*lines: str, version: str = "3.0") -> bytes:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""]).encode()


class TestVersion21:
    def test_is_read_with_its_own_charset_and_soft_line_breaks(self) -> None:
        found = only(
            b"BEGIN:VCARD\r\nVERSION:2.1\r\n"
            b"N;CHARSET=windows-1254;ENCODING=QUOTED-PRINTABLE:Y=FDld=FDr=FDm;Ay=\r\n=FEe\r\n"
            b"TEL;CELL;VOICE:0532 111 22 33\r\nEND:VCARD\r\n"
        )

        assert found.version == "2.1"
        assert found.all("N")[0].parts() == ["Yıldırım", "Ayşe"]
        assert found.all("TEL")[0].types == {"cell", "voice"}

    def test_reads_bare_bytes_by_the_charset_of_their_property(self) -> None:
        found = only(b"BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=ISO-8859-9:\xddbrahim\nNOTE:\xc5\x9fu\nEND:VCARD\n")

        assert (found.first("FN"), found.first("NOTE")) == ("İbrahim", "şu")

    def test_knows_a_backslash_only_before_a_semicolon(self) -> None:
        found = only(card("NOTE:C:\\Net\\; D", version="2.1"))

        assert found.first("NOTE") == "C:\\Net; D"

    def test_passes_over_the_card_of_an_agent(self) -> None:
        found = only(card("AGENT:", "BEGIN:VCARD", "FN:Vekil", "END:VCARD", "FN:Asıl", version="2.1"))

        assert found.first("FN") == "Asıl"

    def test_passes_over_a_picture_that_is_not_folded(self) -> None:
        found = only(card("PHOTO;JPEG;ENCODING=BASE64:", "/9j/4AAQ", "SkZJRg==", "", "FN:Ali Er", version="2.1"))

        assert found.first("FN") == "Ali Er"


class TestVersions3And4:
    def test_unfold_in_the_midst_of_a_letter(self) -> None:
        whole = card("NOTE:İyi günler").replace("ü".encode(), b"\xc3\r\n \xbc")

        assert only(whole).first("NOTE") == "İyi günler"

    def test_unescape_text_and_keep_escaped_separators(self) -> None:
        found = only(card("ORG:Kaya\\; Oğulları;Satış", "CATEGORIES:VIP,Bayi\\, eski", "NOTE:bir\\niki\\\\n"))

        assert found.all("ORG")[0].parts() == ["Kaya; Oğulları", "Satış"]
        assert found.all("CATEGORIES")[0].parts(",") == ["VIP", "Bayi, eski"]
        assert found.first("NOTE") == "bir\niki\\n"

    def test_read_groups_quoted_parameters_and_carets(self) -> None:
        found = read_property('item1.TEL;VALUE=uri;PREF=1;TYPE="voice,home";X-N="a:b^nc":tel:+90-532', "utf-8")

        assert found is not None
        assert (found.group, found.name, found.value) == ("item1", "TEL", "tel:+90-532")
        assert found.types == {"voice", "home"}
        assert found.parameters == {"VALUE": "uri", "PREF": "1", "X-N": "a:b\nc"}


class TestBrokenCard:
    def test_is_told_and_the_others_are_read(self) -> None:
        content = card("FN:Bir") + b"BEGIN:VCARD\r\nFN:Yar\xc4\xb1m\r\n" + card("FN:Son") + card("bozuk") + card("FN:D")

        found = read(content)

        assert [each.first("FN") for each in found if isinstance(each, Card)] == ["Bir", "Son", "D"]
        broken = [each for each in found if isinstance(each, BrokenCard)]
        assert [(each.line, each.reason, each.at_line) for each in broken] == [
            (5, NEVER_ENDS, 7),
            (11, NO_PROPERTY, 13),
        ]
        assert broken[0].text == "FN:Yarım"

    def test_is_one_that_the_file_ends_in(self) -> None:
        assert [each.reason for each in read(b"BEGIN:VCARD\nFN:A") if isinstance(each, BrokenCard)] == [NEVER_ENDS]

    def test_is_told_once_for_lines_outside_of_cards(self) -> None:
        found = read(b"bir\niki\n" + card("FN:A"))

        assert [type(each) for each in found] == [BrokenCard, Card]
        assert isinstance(found[0], BrokenCard)
        assert (found[0].reason, found[0].line) == (OUTSIDE, 1)


class TestWriting:
    @pytest.mark.parametrize("text", ["a;b,c\\d", "iki\nsatır", "\\n", "ş" * 200, ""])
    def test_comes_back_as_it_was(self, text: str) -> None:
        written = line("NOTE", escaped(text)).encode()

        assert only(b"BEGIN:VCARD\r\n" + written + b"END:VCARD\r\n").first("NOTE") == text

    def test_folds_at_75_bytes_without_tearing_a_letter(self) -> None:
        pieces = folded("NOTE:" + "ş" * 100).encode().split(b"\r\n")

        # 5 + 35 × 2 = 75; then a blank and 37 × 2 = 75; 28 letters are left
        assert [len(piece) for piece in pieces] == [75, 75, 57, 0]
        assert pieces[0].decode() == "NOTE:" + "ş" * 35

    def test_quotes_a_parameter_that_needs_it(self) -> None:
        assert line("TEL", "1", parameters={"X-L": 'a;"b"'}) == "TEL;X-L=\"a;^'b^'\":1\r\n"
