"""A first day: in by the one-time link, a field of one's own, a filter by it, a colleague with a smaller view."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.serving import ServedHatir

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
SECONDS = 1000


def sign_in(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("main form button").click()
    page.wait_for_url(re.compile(r"/(today|first-steps/)$"), timeout=20 * SECONDS)


def add_allergy_field(page: Page, url: str) -> None:
    page.goto(f"{url}/settings/fields/new/?type=customers.customer")
    page.fill("[name=label]", "Alerji")
    page.select_option("[name=kind]", "choice")
    page.fill("[name=choice_lines]", "Fıstık\nLateks")
    page.locator(".set__b form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/settings/fields/\?type=customers\.customer$"))


def new_customer(page: Page, url: str, name: str, allergy: str = "") -> None:
    page.goto(f"{url}/records/customers.person/new/")
    page.fill("[name=name]", name)
    if allergy:
        page.select_option("[name='custom.alerji']", label=allergy)
    page.locator("form[data-main] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/records/customers\.\w+/\w{13}/|/customers/"))


def rows(page: Page) -> str:
    return page.locator("#list").inner_text()


class TestFirstDay:
    def test_goes_from_the_link_to_a_colleague_with_a_smaller_view(
        self, served_hatir: ServedHatir, page: Page, browser: Browser
    ) -> None:
        url = served_hatir.url
        sign_in(page, served_hatir.sign_in_link)

        add_allergy_field(page, url)
        new_customer(page, url, "Nehir Alerjili", "Fıstık")
        wanted = {"field": "custom.alerji", "op": "is", "value": "fistik"}
        page.goto(f"{url}/customers/?{urlencode({'f': json.dumps(wanted)})}")

        assert "Nehir Alerjili" in rows(page)
        assert page.locator("#list tbody tr").count() == 1

        page.goto(f"{url}/settings/people/invite/")
        page.fill("[name=emails]", "Deniz Yeni <deniz@defneev.example>")
        page.select_option("[name=team]", label="Ege satış")
        page.locator(".set__b .check").filter(has_text=re.compile("Satış temsilcisi|Sales representative")).click()
        page.locator(".set__b form button[type=submit]").click()
        link = page.locator("[data-link]").inner_text()

        other = browser.new_context(locale="tr-TR").new_page()
        sign_in(other, link)
        other.goto(f"{url}/customers/?cols=name,team")
        seen = other.locator("#list tbody tr").all_inner_texts()
        refused = other.goto(f"{url}/settings/people/")
        other.context.close()

        assert len(seen) > 10
        assert all("Ege satış" in text for text in seen)
        assert refused is not None
        assert refused.status == 404
