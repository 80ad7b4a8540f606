"""The day's work without JavaScript: in, list, filter, a record, a changed field, a new customer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow

SECONDS = 1000
RECORD = re.compile(r"/records/customers\.\w+/\w{13}/$")


def invited(page: Page, name: str, email: str) -> str:
    """Invite a representative; give the link that lets him in."""
    page.goto("/settings/people/invite/")
    page.fill("[name=emails]", f"{name} <{email}>")
    page.select_option("[name=team]", label="Ege satış")
    page.locator(".set__b .check").filter(has_text=re.compile("Satış temsilcisi|Sales representative")).click()
    page.locator(".set__b form button[type=submit]").click()
    return page.locator("[data-link]").inner_text()


def new_person(page: Page, name: str, *, city: str) -> None:
    """Fill the form of a new person and see that his page opens."""
    page.goto("/records/customers.person/new/")
    page.fill("[name=name]", name)
    page.fill("[name=city]", city)
    page.locator("form[data-main] button[type=submit]").first.click()
    expect(page.locator("h1")).to_have_text(name)


class TestWithoutJavaScript:
    def test_lets_a_colleague_in_by_his_link(self, window: Window) -> None:
        link = invited(window(java_script_enabled=False), "Ada Sade", "ada@defneev.example")
        page = window("", java_script_enabled=False)

        page.goto(link)
        page.locator("main form button").click()

        expect(page).to_have_url(re.compile(r"/(today|first-steps/|sales/forecast/)$"), timeout=20 * SECONDS)

    def test_sign_in_form_answers_a_wrong_password(self, window: Window) -> None:
        page = window("", java_script_enabled=False)
        page.goto("/customers/")
        expect(page).to_have_url(re.compile(r"/accounts/login/\?next="))

        page.fill("[name=login]", "elif@defneev.example")
        page.fill("[name=password]", "yanlış parola")
        page.locator("form[action*=login] button[type=submit]").first.click()

        expect(page.locator("[role=alert], .errorlist, .note--bad, .field__err").first).to_be_visible()

    def test_filters_the_list_by_a_form(self, window: Window) -> None:
        page = window(java_script_enabled=False)
        new_person(page, "Filiz Süzgeç", city="Gümüşhane")
        page.goto("/customers/")
        page.locator("#filter-button").click()
        page.locator("main a[href*='field=city']").first.click()

        page.locator("form[data-filter] [name^=value-]").first.fill("Gümüşhane")
        page.locator("form[data-filter] .btn--primary").click()

        expect(page.locator("#list tbody tr")).to_have_count(1)
        expect(page.locator("#list tbody tr")).to_contain_text("Filiz Süzgeç")
        expect(page.locator("#filters .chip")).to_contain_text("Gümüşhane")

    def test_changes_a_field_of_an_opened_record(self, window: Window) -> None:
        page = window(java_script_enabled=False)
        page.goto("/customers/")
        page.locator("#list tbody tr a[href*='/records/']").first.click()
        expect(page).to_have_url(RECORD)
        page.locator("#fact-city a.ed__b").click()

        page.fill("[name=city]", "Bayburt")
        page.locator("form[data-main] button[type=submit]").first.click()

        expect(page).to_have_url(RECORD)
        expect(page.locator("#fact-city [data-value]")).to_have_text("Bayburt")

    def test_creates_a_customer(self, window: Window) -> None:
        page = window(java_script_enabled=False)
        new_person(page, "Şükrü Sade", city="Iğdır")

        page.goto("/customers/?sort=-id")
        expect(page.locator("#list")).to_contain_text("Şükrü Sade")
