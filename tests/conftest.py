"""What every test may ask for: a browser, and a served Hatır of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.serving import ServedHatir, serve
from tests.world.migrated import begin_migrated

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("HATIR_TEST_CHROMIUM", "/usr/bin/chromium")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1280, 800)
PHONE = (390, 844)
AXE = Path(__file__).resolve().parent.parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys are marked by asking for a page; they are skipped, aloud, where there is no Chromium."""
    lacking = shutil.which(CHROMIUM) is None
    for item in items:
        if {"page", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            if lacking:
                item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROMIUM}: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium once for each test process."""
    # Synchronous Playwright runs an event loop in this thread, which Django would otherwise mistake for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a Turkish desktop window without cookies."""
    width, height = DESKTOP
    context = browser.new_context(
        locale="tr-TR", timezone_id="Europe/Istanbul", viewport={"width": width, "height": height}
    )
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def served_hatir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHatir]:
    """Serve Hatır with its demo company from a folder of its own, once for each test process."""
    with serve(begin_migrated(tmp_path_factory.mktemp("hatir")), "--demo") as served:
        yield served
