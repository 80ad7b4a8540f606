"""What sellers do all day takes three clicks at most: writing down a call, writing a note, moving a deal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow
SECONDS = 1000
PATIENCE = 20 * SECONDS
MOST_CLICKS = 3
DESK = {"width": 1440, "height": 900}
HAND = {"width": 390, "height": 844}
SIZES = pytest.mark.parametrize("size", [DESK, HAND], ids=["desk", "phone"])


@dataclass
class Hand:
    """Counts the clicks on a page."""

    page: Page
    clicks: int = 0

    def click(self, place: Locator) -> None:
        place.click()
        self.clicks += 1


def at_first(window: Window, listed: str, size: dict[str, int]) -> Hand:
    """Open the first record of a list."""
    page = window(viewport=size, has_touch=size is HAND)
    page.goto(listed)
    address = page.locator("#list tbody tr a[href*='/records/']").first.get_attribute("href")
    assert address is not None
    page.goto(address)
    expect(page.locator("#related[aria-busy]")).to_have_count(0, timeout=PATIENCE)
    return Hand(page)


class TestThreeClicks:
    @SIZES
    def test_write_down_a_call(self, window: Window, size: dict[str, int]) -> None:
        hand = at_first(window, "/customers/", size)
        page, words = hand.page, f"Konuştuk {time.time_ns()}"

        if size is HAND:
            hand.click(page.locator(".acts [data-compose=note]"))
        hand.click(page.locator("#composer [data-kind=call]"))
        page.locator("#composer textarea").fill(words)
        hand.click(page.locator("#composer .btn--primary"))

        expect(page.locator("#timeline")).to_contain_text(words, timeout=PATIENCE)
        assert hand.clicks <= MOST_CLICKS

    @SIZES
    def test_write_a_note(self, window: Window, size: dict[str, int]) -> None:
        hand = at_first(window, "/customers/", size)
        page, words = hand.page, f"Not {time.time_ns()}"

        hand.click(page.locator(".acts [data-compose=note]"))
        page.locator("#composer textarea").fill(words)
        hand.click(page.locator("#composer .btn--primary"))

        expect(page.locator("#timeline")).to_contain_text(words, timeout=PATIENCE)
        assert hand.clicks <= MOST_CLICKS

    @SIZES
    def test_move_a_deal_from_its_page(self, window: Window, size: dict[str, int]) -> None:
        hand = at_first(window, "/sales/deals/?view=open", size)
        page = hand.page
        place = page.locator(".way button:not([disabled]):not(.up, .down)").last
        stage = place.inner_text()

        hand.click(place)

        expect(page.locator(".way [aria-current]")).to_have_text(stage, timeout=PATIENCE)
        expect(page.locator(".toast", has_text=stage)).to_be_visible(timeout=PATIENCE)
        assert hand.clicks <= MOST_CLICKS

    @SIZES
    def test_move_a_deal_on_the_board(self, window: Window, size: dict[str, int]) -> None:
        page = window(viewport=size, has_touch=size is HAND)
        page.goto("/sales/board/")
        hand, card = Hand(page), page.locator("[data-card]").first
        known = card.get_attribute("id")
        card.hover()

        hand.click(card.locator("[data-move-link]"))
        place = page.locator("#dialog [name=to][data-key]").last
        stage = place.get_attribute("value")
        hand.click(place)

        expect(page.locator(f"[data-lane='{stage}'] #{known}")).to_have_count(1, timeout=PATIENCE)
        assert hand.clicks <= MOST_CLICKS
