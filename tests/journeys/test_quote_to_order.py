"""A quote from the keyboard of the seller to the finger of the customer, and the order that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow


def new_quote(page: Page) -> str:
    """Make a draft for the first customer of the list; give its address."""
    page.goto("/customers/")
    customer = page.locator("#list tbody tr a[href*='/records/']").first.get_attribute("href")
    assert customer is not None
    page.goto(f"/records/quotes.quote/new/?link=customer:{customer.rstrip('/').rsplit('/', 1)[1]}")
    page.locator("form[data-main] button[type=submit]").first.click()
    page.locator("#quote-sheet").wait_for()
    return page.url


def type_line(page: Page, name: str, quantity: str, price: str) -> None:
    """Type a new line with the keyboard alone and store it with Enter."""
    page.locator("#quote-sheet input[name^=name-][placeholder]").first.focus()
    page.keyboard.type(name)
    for _column in ("kind", "quantity"):
        page.keyboard.press("Tab")
    page.keyboard.type(quantity)
    page.keyboard.press("Tab")
    page.keyboard.type(price)
    page.keyboard.press("Enter")
    expect(page.locator(f"#quote-sheet input[value='{name}']")).to_be_visible()


def offer_option(page: Page) -> None:
    """Make the second line of the sheet an option."""
    page.check("[name=optional-1]")
    page.locator("#quote-sheet button[name=more]").click()
    expect(page.locator("[name=optional-1]")).to_be_checked()


class TestAQuote:
    def test_is_typed_sent_chosen_from_signed_and_ordered(self, window: Window) -> None:
        seller = window()
        address = new_quote(seller)
        type_line(seller, "Özel ölçü ceviz raf", "3", "1.250,50")
        type_line(seller, "Montaj", "1", "900")
        expect(seller.locator("#quote-sheet")).to_contain_text("3.751,50")
        offer_option(seller)

        seller.locator("form[action$='/sending/'] button").first.click()
        link = seller.locator("input[value*='/q/']").input_value()

        customer = window("", viewport={"width": 390, "height": 844}, has_touch=True)
        customer.goto(link)
        before = customer.locator(".sums b").inner_text()
        customer.locator("input[name=option]").first.check()
        expect(customer.locator(".sums b")).not_to_have_text(before)
        self._sign(customer)

        expect(customer.locator(".note--ok")).to_contain_text("Lale Aksoy")
        seller.goto(address)
        expect(seller.locator(".note--ok a[href*='/records/commerce.order/']")).to_be_visible()
        expect(seller.locator("img.signed")).to_be_visible()

    def _sign(self, customer: Page) -> None:
        customer.fill("#o-name", "Lale Aksoy")
        pad = customer.locator("canvas.sign")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box is not None
        customer.mouse.move(box["x"] + 20, box["y"] + 40)
        customer.mouse.down()
        customer.mouse.move(box["x"] + 120, box["y"] + 70, steps=8)
        customer.mouse.up()
        customer.check("[name=agreed]")
        customer.locator("button[value=acceptance]").click()

    def test_is_accepted_without_javascript_by_a_typed_name(self, window: Window) -> None:
        seller = window(java_script_enabled=False)
        new_quote(seller)
        type_line(seller, "Ceviz raf", "1", "100")
        type_line(seller, "Montaj", "1", "50")
        offer_option(seller)
        seller.locator("form[action$='/sending/'] button").first.click()
        link = seller.locator("input[value*='/q/']").input_value()
        customer = window("", java_script_enabled=False)

        customer.goto(link)
        customer.locator("input[name=option]").first.check()
        customer.locator("button[value=options]").click()
        expect(customer.locator("input[name=option]").first).to_be_checked()
        customer.fill("#o-name", "Ali Veli")
        customer.check("[name=agreed]")
        customer.locator("button[value=acceptance]").click()

        expect(customer.locator(".note--ok")).to_contain_text("Ali Veli")
