"""Two at one customer: each sees that the other is there, what he writes, and that both changed the same fact."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import COLLEAGUE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow

SECONDS = 1000
PATIENCE = 5 * SECONDS


def at_one_customer(window: Window) -> tuple[Page, Page]:
    """Open the page of the same customer for the administrator and for a colleague."""
    mine, others = window(), window("colleague")
    others.goto("/customers/")
    address = others.locator("#list tbody tr a[href*='/records/']").first.get_attribute("href")
    assert address is not None
    mine.goto(address)
    others.goto(address)
    for page in (mine, others):
        expect(page.locator("#related[aria-busy]")).to_have_count(0, timeout=15 * SECONDS)
    return mine, others


def editor_of_city(page: Page) -> None:
    page.locator("#fact-city .ed__b").click()
    expect(page.locator("#fact-city [name=city]")).to_be_focused()


def save_city(page: Page, value: str) -> None:
    page.fill("#fact-city [name=city]", value)
    page.locator("#fact-city .btn--primary").click()


class TestTwoColleagues:
    def test_see_each_other(self, window: Window) -> None:
        mine, others = at_one_customer(window)

        for page, title in ((mine, COLLEAGUE), (others, "")):
            faces = page.locator("[data-presence]")
            expect(faces.locator(".av")).to_have_count(1, timeout=2 * PATIENCE)
            assert title in (faces.get_attribute("title") or "")

    def test_a_note_of_one_appears_for_the_other(self, window: Window) -> None:
        mine, others = at_one_customer(window)
        expect(mine.locator("[data-presence] .av")).to_have_count(1, timeout=2 * PATIENCE)

        note = f"Numune cumaya hazır {time.time_ns()}"
        mine.fill("#composer [name=text]", note)
        mine.locator("#composer .btn--primary").click()
        sent = time.monotonic()
        expect(others.locator("#timeline")).to_contain_text(note, timeout=PATIENCE)
        took = time.monotonic() - sent
        sys.stdout.write(f"a colleague's note was seen after {took:.2f} s\n")

        expect(mine.locator("#timeline")).to_contain_text(note)

    def test_a_fact_that_both_change_shows_both_values(self, window: Window) -> None:
        mine, others = at_one_customer(window)
        editor_of_city(mine)
        editor_of_city(others)

        save_city(mine, "Eskişehir")
        expect(mine.locator("#fact-city [data-value]")).to_have_text("Eskişehir")
        save_city(others, "Çanakkale")

        expect(others.locator("#fact-city [role=alert]")).to_contain_text("Eskişehir")
        expect(others.locator("#fact-city [name=city]")).to_have_value("Çanakkale")

        others.locator("#fact-city .btn--primary").click()
        expect(others.locator("#fact-city [data-value]")).to_have_text("Çanakkale")
