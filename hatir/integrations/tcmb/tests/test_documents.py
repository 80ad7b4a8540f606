"""The bank's document: what it says exactly, and what is refused whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hatir.domains.catalog.ports import PublishedRate
from hatir.integrations.tcmb.documents import DocumentRefused, read_bulletin
from hatir.integrations.tcmb.tests.bank import MONDAY, ROWS, bulletin

D = Decimal
WHOLE = bulletin(MONDAY)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
FILE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE Tarih_Date SYSTEM "http://169.254.169.254/kur.dtd">'


class TestReadBulletin:
    def test_gives_the_day_and_exact_figures(self) -> None:
        found = read_bulletin(WHOLE.encode())

        assert found.day == MONDAY
        assert found.rates[0] == PublishedRate("USD", 1, D("42.1055"), D("42.1814"), D("42.0760"), D("42.2447"))
        assert found.rates[2] == PublishedRate("JPY", 100, D("27.1234"), D("27.3031"), D("27.0231"), D("27.4069"))
        assert found.rates[3] == PublishedRate("CNY", 1, D("5.8847"), D("5.9617"), None, None)
        assert found.rates[4] == PublishedRate("XDR", 1, D("57.0210"), None, None, None)

    def test_reads_the_turkish_encoding_of_old_documents(self) -> None:
        old = bulletin(MONDAY, head='<?xml version="1.0" encoding="ISO-8859-9"?>\n')

        assert read_bulletin(old.encode("iso-8859-9")).day == MONDAY

    @pytest.mark.parametrize("at", range(0, len(WHOLE.encode()) - 1, 97))
    def test_refuses_a_document_that_breaks_off_anywhere(self, at: int) -> None:
        with pytest.raises(DocumentRefused):
            read_bulletin(WHOLE.encode()[:at])

    @pytest.mark.parametrize("head", [LAUGHS, FILE, OUTSIDE])
    def test_refuses_every_document_type_and_so_every_entity(self, head: str) -> None:
        bomb = bulletin(MONDAY, head=head).replace("42.1055", "&c;" if head is LAUGHS else "&a;")

        with pytest.raises(DocumentRefused, match="document type"):
            read_bulletin(bomb.encode())

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("Tarih_Date", "html", "something else"),
            ('Tarih="16.11.2026"', "", "its day"),
            ('Tarih="16.11.2026"', 'Tarih="31.11.2026"', "its day"),
            ('Tarih="16.11.2026"', 'Tarih="17.11.2026"', "two different days"),
            ("<Unit>100</Unit>", "<Unit>0</Unit>", "no unit"),
            ("<Unit>100</Unit>", "", "no unit"),
            ("42.1055", "42,1055", "no number"),
            ("42.1055", "-42.1055", "no number"),
            ("42.1055", "NaN", "no number"),
            ("42.1055", "1e9", "no number"),
            ("42.1055", "0.0000", "no number"),
            ("42.1814", "41.0000", "for less"),
            ("42.1814", "", "USD is missing"),
            ('CurrencyCode="EUR"', 'CurrencyCode="USD"', "twice"),
            ('CurrencyCode="EUR"', 'CurrencyCode=""', "without a code"),
            ('encoding="UTF-8"', 'encoding="x-unknown"', "broken"),
            ("</Currency>", "</Currrency>", "broken"),
        ],
    )
    def test_refuses_what_the_bank_does_not_write(self, old: str, new: str, told: str) -> None:
        assert old in WHOLE

        with pytest.raises(DocumentRefused, match=told):
            read_bulletin(WHOLE.replace(old, new).encode())

    def test_refuses_a_bulletin_without_the_euro(self) -> None:
        with pytest.raises(DocumentRefused, match="EUR is missing"):
            read_bulletin(bulletin(MONDAY, ROWS[:1]).encode())

    @pytest.mark.parametrize("page", [b"", b"<html><body>Bakim calismasi</body></html>", b"{}", b"\xff\xfe\x00"])
    def test_refuses_what_is_no_bulletin(self, page: bytes) -> None:
        with pytest.raises(DocumentRefused):
            read_bulletin(page)
