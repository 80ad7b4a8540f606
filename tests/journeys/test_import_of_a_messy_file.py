"""A messy list is put right in the wizard: values mapped, cells mended, rows left out, duplicates decided."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow

SECONDS = 1000
LINES = (
    "Ad Soyad;Mail;Durum;Doğum Tarihi;Üye Kodu",
    "Şükrü Çığ;sukru@dagitik.test;Bekleyen;1.2.1990;U01",
    "Gülşen Işık;gulsen@dagitik.test;Müşteri;belirsiz;U02",
    "Ömer Ünlü;omer@dagitik.test;bekleyen;belirsiz;U03",
    "İnci Öz;inci(at)dagitik.test;aday;3.4.1991;U04",
    "Çetin Er;yok;aday;3.4.1991;U05",
    "Şükrü Çığ;sukru@dagitik.test;Müşteri;1.2.1990;U06",
)


def messy_file(folder: Path) -> Path:
    path = folder / "karisik-liste.csv"
    path.write_text("\n".join(LINES), encoding="cp1254")
    return path


class TestMessyFile:
    def test_is_put_right_and_accounts_for_every_row(self, window: Window, tmp_path: Path) -> None:
        page = window()
        page.goto("/import/?type=customers.person")
        page.set_input_files("#file", messy_file(tmp_path))
        page.wait_for_url(re.compile("/mapping/$"), timeout=20 * SECONDS)

        waiting = page.locator("#map-2 .vmap > div").filter(has_text="ekleyen").locator("select")
        expect(waiting).to_have_attribute("aria-invalid", "true")
        waiting.select_option("prospect")
        expect(page.locator("#map-2")).to_contain_text("6 değer", timeout=10 * SECONDS)
        page.locator("select[name=map-4]").select_option("+new")
        expect(page.locator("#import-summary")).to_contain_text("5 / 5", timeout=10 * SECONDS)
        expect(page.locator("#import-summary")).to_contain_text("Şükrü Çığ")

        page.locator("#next").click()
        page.wait_for_url(re.compile("/check/$"))
        check = page.locator("#import-check")
        expect(check.locator("tbody tr")).to_have_count(4, timeout=30 * SECONDS)
        check.locator("[name=becomes-0]").fill("")
        check.locator("[name=group]").click()
        expect(check.locator("tbody tr")).to_have_count(2, timeout=10 * SECONDS)
        check.locator("[name=cell-5-1]").fill("inci@dagitik.test")
        check.locator("[name=cell-5-1]").press("Tab")
        expect(check.locator("tbody tr")).to_have_count(1, timeout=10 * SECONDS)
        check.locator("[name=leave]").click()
        expect(check.locator("tbody tr")).to_have_count(0, timeout=10 * SECONDS)

        page.locator("#next").click()
        page.wait_for_url(re.compile("/duplicates/$"))
        page.locator("[name=decision-7]").select_option("create")
        page.locator("#next").click()
        page.wait_for_url(re.compile("/result/$"))
        expect(page.locator("#step")).to_contain_text("Okunan 6 satır = 5 + 0 + 0 + 1 + 0", timeout=30 * SECONDS)
