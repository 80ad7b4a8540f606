"""Names of people and companies."""

import pytest

from hatir.kit.company_names import normalise_company
from hatir.kit.person_names import split_name


class TestSplitName:
    @pytest.mark.parametrize(
        ("full", "given", "family", "title"),
        [
            ("Ayşe Yıldırım", "Ayşe", "Yıldırım", ""),
            ("Ali Can Öztürk", "Ali Can", "Öztürk", ""),
            ("Zeynep Kaya-Demir", "Zeynep", "Kaya-Demir", ""),
            ("İSMAİL IŞIK", "İsmail", "Işık", ""),
            ("ismail ışık", "İsmail", "Işık", ""),
            ("Mehmet Bey", "Mehmet", "", "Bey"),
            ("Ayşe Yıldırım Hanım", "Ayşe", "Yıldırım", "Hanım"),
            ("Av. Elif Şahin", "Elif", "Şahin", "Av."),
            ("Prof. Dr. Ahmet Uzun", "Ahmet", "Uzun", "Prof. Dr."),
            ("PROF.DR.AHMET UZUN", "Ahmet", "Uzun", "Prof. Dr."),
            ("Sn. Ülkü Zan", "Ülkü", "Zan", "Sn."),
            ("YILDIRIM, Ayşe", "Ayşe", "Yıldırım", ""),
            ("ÖZ TÜRK, ALİ CAN", "Ali Can", "Öz Türk", ""),
            ("Ali Can ÖZTÜRK", "Ali Can", "Öztürk", ""),
            ("Vincent van Gogh", "Vincent", "van Gogh", ""),
            ("VINCENT VAN GOGH", "Vıncent", "van Gogh", ""),
            ("Maria de la Cruz", "Maria", "de la Cruz", ""),
            ("Ronald McDonald", "Ronald", "McDonald", ""),
            ("Ayşe", "Ayşe", "", ""),
            ("  Cem   Çınar ", "Cem", "Çınar", ""),
            ("John Smith, PhD", "John", "Smith", "PhD"),
            ("", "", "", ""),
        ],
    )
    def test_known_answers(self, full: str, given: str, family: str, title: str) -> None:
        name = split_name(full)

        assert (name.given, name.family, name.title) == (given, family, title)

    def test_reads_as_given_and_family(self) -> None:
        assert str(split_name("Av. ELİF ŞAHİN")) == "Elif Şahin"


class TestNormaliseCompany:
    @pytest.mark.parametrize(
        ("name", "core", "suffix"),
        [
            ("Kuzey Lojistik A.Ş.", "kuzey lojistik", "A.Ş."),
            ("Kuzey Lojistik AŞ", "kuzey lojistik", "A.Ş."),
            ("Kuzey Lojistik A. Ş.", "kuzey lojistik", "A.Ş."),
            ("KUZEY LOJİSTİK ANONİM ŞİRKETİ", "kuzey lojistik", "A.Ş."),
            ("Lale Market Ltd. Şti.", "lale market", "Ltd. Şti."),
            ("Lale Market Ltd.Şti.", "lale market", "Ltd. Şti."),
            ("Lale Market LTD ŞTİ", "lale market", "Ltd. Şti."),
            ("LALE MARKET SANAYİ VE TİCARET LİMİTED ŞİRKETİ", "lale market", "San. ve Tic. Ltd. Şti."),
            ("Lale Market San.ve Tic.A.Ş.", "lale market", "San. ve Tic. A.Ş."),
            ("Lale San. Tic. Ltd. Şti.", "lale", "San. ve Tic. Ltd. Şti."),
            ("Işık İnşaat Tic. A.Ş.", "isik insaat", "Tic. A.Ş."),
            ("Şahin Kardeşler Koll. Şti.", "sahin kardesler", "Koll. Şti."),
            ("Köy Tarım Kooperatifi", "koy tarim", "Koop."),
            ("Koç Holding A.Ş.", "koc", "Holding A.Ş."),
            ("Acme, Inc.", "acme", "Inc."),
            ("Acme LLC", "acme", "LLC"),
            ("Müller GmbH", "muller", "GmbH"),
            ("Deniz Ticaret", "deniz ticaret", ""),
            ("A.B.C. Gıda Ltd. Şti.", "abc gida", "Ltd. Şti."),
            ("Holding", "holding", ""),
            ("A.Ş.", "as", ""),
            ("", "", ""),
        ],
    )
    def test_known_answers(self, name: str, core: str, suffix: str) -> None:
        company = normalise_company(name)

        assert (company.core, company.suffix) == (core, suffix)

    @pytest.mark.parametrize(
        ("name", "display"),
        [
            ("Lale Market  SAN VE TİC LTD ŞTİ", "Lale Market San. ve Tic. Ltd. Şti."),
            ("iPhone Tamircisi AŞ", "iPhone Tamircisi A.Ş."),
            ("Acme, Inc", "Acme Inc."),
            ("Öz-Er Yapı (İzmir) A.Ş", "Öz-Er Yapı (İzmir) A.Ş."),
        ],
    )
    def test_display_keeps_the_name_and_repairs_the_suffix(self, name: str, display: str) -> None:
        assert normalise_company(name).display == display
