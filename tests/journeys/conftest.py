"""A small company to walk through, and windows in which its administrator is signed in already."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.serving import ROOT, ServedHatir, serve
from tests.world.migrated import begin_migrated

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, StorageState

SMALL_COMPANY = 30
SECONDS = 1000
COLLEAGUE = "Deniz Meslektaş"


@dataclass
class SmallCompany:
    """A served Hatır of thirty customers, and the cookies of two who are signed in."""

    url: str
    cookies: dict[str, StorageState]


Window = Callable[..., "Page"]


@pytest.fixture(scope="session")
def small_company(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[SmallCompany]:
    """Serve the example company with few customers; sign in its administrator and a colleague."""
    with serve(begin_migrated(tmp_path_factory.mktemp("small"))) as served:
        _fill(served)
        company = SmallCompany(served.url, {})
        company.cookies["administrator"] = signed_in(browser, served.sign_in_link)
        company.cookies["colleague"] = signed_in(
            browser, invite(browser, company, f"{COLLEAGUE} <deniz@defneev.example>")
        )
        yield company


@pytest.fixture
def window(browser: Browser, small_company: SmallCompany) -> Iterator[Window]:
    """Open windows onto the small company: `window("colleague", width=390)`; nobody's with `window("")`."""
    opened: list[BrowserContext] = []

    def open_window(who: str = "administrator", **options: Any) -> Page:
        context = browser.new_context(
            base_url=small_company.url,
            locale="tr-TR",
            timezone_id="Europe/Istanbul",
            storage_state=small_company.cookies.get(who),
            **options,
        )
        opened.append(context)
        return context.new_page()

    yield open_window
    for context in opened:
        context.close()


def _fill(served: ServedHatir) -> None:
    command = [sys.executable, "-m", "hatir.config.cli", "demo", "--customers", str(SMALL_COMPANY)]
    environment = {
        **os.environ,
        "HATIR_HOME": str(served.home),
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "hatir.config.settings.prod",
    }
    subprocess.run(command, env=environment, cwd=served.home, check=True, capture_output=True)


def signed_in(browser: Browser, link: str) -> StorageState:
    """Open a link that signs in once; give the cookies."""
    context = browser.new_context(locale="tr-TR")
    page = context.new_page()
    page.goto(link)
    page.locator("main form button").click()
    page.wait_for_url(re.compile(r"/(today|first-steps/|sales/forecast/)$"), timeout=20 * SECONDS)
    state = context.storage_state()
    context.close()
    return state


MANAGER, REPRESENTATIVE = "Satış yöneticisi|Sales manager", "Satış temsilcisi|Sales representative"


def invite(browser: Browser, company: SmallCompany, whom: str, *, role: str = MANAGER) -> str:
    """Let the administrator invite a colleague, written "Name <e-mail>"; give the link that signs in once."""
    context = browser.new_context(locale="tr-TR", storage_state=company.cookies["administrator"])
    page = context.new_page()
    page.goto(f"{company.url}/settings/people/invite/")
    page.fill("[name=emails]", whom)
    page.select_option("[name=team]", label="Satış")
    page.locator(".set__b .check").filter(has_text=re.compile(role)).click()
    page.locator(".set__b form button[type=submit]").click()
    link = page.locator("[data-link]").inner_text()
    context.close()
    return link
