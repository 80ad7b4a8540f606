"""Whatever shows a key answers to it: on every page, for everybody, with nothing focused and right after loading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow
SECONDS = 1000
PATIENCE = 20 * SECONDS
FIRST_OF = "(the first of) "
PAGES = (
    "/today",
    "/calendar/",
    "/customers/",
    "/sales/board/",
    "/sales/forecast/",
    f"{FIRST_OF}/customers/",
    f"{FIRST_OF}/sales/leads/?view=open",
    f"{FIRST_OF}/sales/deals/?view=open",
    f"{FIRST_OF}/sales/quotes/",
    f"{FIRST_OF}/sales/orders/",
    "/settings/roles/",
    "/settings/fields/",
)
CATCH_CLICKS = """() => {
  window.clicked = [];
  document.addEventListener('click', (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.clicked.push(event.target.closest('[data-key]')?.dataset.key ?? event.target.outerHTML.slice(0, 80));
  }, true);
}"""
SHOWN_KEYS = """() => [...new Set([...document.querySelectorAll('[data-key]')]
  .filter((control) => !control.disabled && control.checkVisibility({ visibilityProperty: true }))
  .map((control) => control.dataset.key))]"""


def pressed(key: str) -> str:
    """Write a key of a page as Playwright presses it."""
    parts = [{"mod": "Control", "shift": "Shift", "arrowleft": "ArrowLeft", "arrowright": "ArrowRight",
              "enter": "Enter"}.get(part, part) for part in key.split("+")]  # fmt: skip
    return "+".join(parts)


def go(page: Page, place: str) -> None:
    """Open a page, or the first record of a list, and wait for what it fetches by itself."""
    page.goto(place.removeprefix(FIRST_OF))
    if place.startswith(FIRST_OF):
        address = page.locator("#list td.stick a").first.get_attribute("href")
        assert address is not None
        page.goto(address)
        expect(page.locator("#related[aria-busy]")).to_have_count(0, timeout=PATIENCE)


class TestEveryKey:
    @pytest.mark.parametrize("who", ["administrator", "colleague"])
    @pytest.mark.parametrize("place", PAGES)
    def test_clicks_its_control(self, window: Window, place: str, who: str) -> None:
        page = window(who, viewport={"width": 1440, "height": 900})
        if who == "colleague" and place.startswith("/settings/"):
            pytest.skip("a colleague has no settings")
        go(page, place)
        focused = page.evaluate("document.activeElement.tagName")
        page.evaluate(CATCH_CLICKS)
        keys: list[str] = page.evaluate(SHOWN_KEYS)

        for key in keys:
            page.keyboard.press(pressed(key))

        assert focused == "BODY"
        assert keys
        assert page.evaluate("window.clicked") == keys
