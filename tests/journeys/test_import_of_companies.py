"""Companies come in through the screen, are found by the palette, and the same file again changes nothing."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.serving import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow

SECONDS = 1000
PUBLIC_FILE = "maven_crm_accounts.csv"
HEADER = ["account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of"]
COMPANIES = (
    ("Işık Mobilya San. ve Tic. Ltd. Şti.", "mobilya", "İzmir"),
    ("Çınar Ahşap A.Ş.", "mobilya", "Bursa"),
    ("Öztürk İnşaat Ltd. Şti.", "inşaat", "Ankara"),
    ("Gökkuşağı Tekstil San. A.Ş.", "tekstil", "Denizli"),
    ("Şahin Lojistik Ltd. Şti.", "lojistik", "Mersin"),
    ("Ünal Otel İşletmeciliği A.Ş.", "turizm", "Antalya"),
    ("İpekyolu Halı San. Tic. A.Ş.", "tekstil", "Gaziantep"),
    ("Yıldız Klinik Sağlık Hizmetleri A.Ş.", "sağlık", "İstanbul"),
    ("Ağaoğlu Zeytincilik Ltd. Şti.", "gıda", "Balıkesir"),
    ("Büyükada Turizm Ltd. Şti.", "turizm", "İstanbul"),
    ("Dörtyol Narenciye A.Ş.", "gıda", "Hatay"),
    ("Erciyes Çelik Kapı San. A.Ş.", "metal", "Kayseri"),
    ("Fırat Su Ürünleri Ltd. Şti.", "gıda", "Elazığ"),
    ("Güneş Enerji Sistemleri A.Ş.", "enerji", "Konya"),
    ("Hızır Kargo ve Dağıtım Ltd. Şti.", "lojistik", "Sakarya"),
    ("Kardeşler Mutfak San. Ltd. Şti.", "mobilya", "Manisa"),
    ("Lüleburgaz Süt Ürünleri A.Ş.", "gıda", "Kırklareli"),
    ("Nilüfer Yazılım Teknoloji A.Ş.", "yazılım", "Bursa"),
    ("Pınarbaşı Mermer San. Tic. Ltd. Şti.", "maden", "Afyonkarahisar"),
    ("Uşak Deri Konfeksiyon A.Ş.", "tekstil", "Uşak"),
)


def turkish_file(folder: Path) -> Path:
    path = folder / "firmalar.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for at, (name, sector, city) in enumerate(COMPANIES):
            writer.writerow((name, sector, 1970 + at, f"{12.5 + at:.2f}", 20 + 7 * at, city, ""))
    return path


def public_file() -> Path:
    """Find the public file of companies; skips, saying where it was looked for."""
    given = os.environ.get("HATIR_TEST_DATA")
    folder = Path(given) if given else ROOT.parent / "shared" / "data" / "pipeline"
    found = next((path for path in (folder / PUBLIC_FILE, folder / "pipeline" / PUBLIC_FILE) if path.exists()), None)
    if found is None:
        pytest.skip(f"no {PUBLIC_FILE} in {folder}: set HATIR_TEST_DATA")
    return found


def import_of(page: Page, path: Path) -> dict[str, int]:
    """Walk the wizard from the file to its result; give the figures that the result shows."""
    page.goto("/import/?type=customers.company")
    expect(page.locator("[name=type]:checked")).to_have_value("customers.company")
    page.set_input_files("#file", path)
    page.wait_for_url(re.compile("/mapping/$"), timeout=20 * SECONDS)
    expect(page.locator("select[name=map-0]")).to_have_value("name")
    page.locator("#next").click()
    page.wait_for_url(re.compile("/check/$"))
    expect(page.locator("#next")).to_be_enabled(timeout=30 * SECONDS)
    page.locator("#next").click()
    page.wait_for_url(re.compile("/duplicates/$"))
    page.locator("#next").click()
    page.wait_for_url(re.compile("/result/$"))
    figures = page.locator(".choices > *")
    expect(figures).to_have_count(6, timeout=30 * SECONDS)
    numbers = [int(re.sub(r"\D", "", text.splitlines()[1])) for text in figures.all_inner_texts()]
    return dict(zip(("read", "new", "updated", "unchanged", "skipped", "rejected"), numbers, strict=True))


def companies_in_the_list(page: Page) -> int:
    page.goto("/records/customers.company/")
    return int(re.sub(r"\D", "", page.locator("#page-count").inner_text()))


def walk_twice(page: Page, path: Path, count: int) -> None:
    """Import a file of new companies, then the same file again, which changes nothing."""
    before = companies_in_the_list(page)

    first = import_of(page, path)
    after = companies_in_the_list(page)
    again = import_of(page, path)

    assert first == {"read": count, "new": count, "updated": 0, "unchanged": 0, "skipped": 0, "rejected": 0}
    assert after == before + count
    assert again == {"read": count, "new": 0, "updated": 0, "unchanged": count, "skipped": 0, "rejected": 0}
    assert companies_in_the_list(page) == after


class TestImport:
    def test_of_turkish_companies_is_found_without_turkish_letters(self, window: Window, tmp_path: Path) -> None:
        page = window()
        walk_twice(page, turkish_file(tmp_path), len(COMPANIES))

        page.goto("/today")
        page.keyboard.press("Control+k")
        page.locator("#palette input").press_sequentially("isik")
        found = page.locator("#palette-list [role=option]").filter(has_text="Işık Mobilya")
        expect(found).to_be_visible(timeout=10 * SECONDS)
        found.click()

        page.wait_for_url(re.compile(r"/records/customers\.\w+/\w{13}/$"))
        expect(page.locator("h1")).to_have_text(COMPANIES[0][0])

    def test_of_the_public_file_brings_its_85_companies(self, window: Window) -> None:
        walk_twice(window(), public_file(), 85)
