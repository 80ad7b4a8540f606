"""Every main screen: no mistake of axe-core, console, policy or server, in both themes and sizes; and it is light."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.conftest import AXE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow

CUSTOMER = "(a customer)"
SEQUENCE = "(a sequence)"
FIRST_OF = {CUSTOMER: "/customers/", SEQUENCE: "/sales/sequences/"}
"""Pages of records, each opened from its list."""
SCREENS = (
    "/today",
    "/customers/",
    CUSTOMER,
    "/records/customers.person/new/",
    "/import/",
    "/records/customers.customer/filter/?edit=new&field=has:customers.address",
    "/records/customers.tag/",
    "/calendar/",
    "/sales/board/",
    "/sales/forecast/",
    "/sales/reports/",
    "/sales/reports/cohorts/",
    "/sales/winning/",
    "/sales/leads/report/",
    "/sales/sequences/",
    "/sales/sequences/outbox/",
    SEQUENCE,
    "/records/quotes.quote/",
    "/settings/company/",
    "/settings/webhooks/",
    "/settings/people/",
    "/settings/roles/",
    "/settings/fields/",
    "/settings/audit/",
    "/notifications/",
    "/developers/",
    "/jobs/",
    "/settings/profile/",
    "/settings/security/",
    "/accounts/login/",
)
LOOKS: tuple[tuple[Literal["light", "dark"], int, int], ...] = (
    ("light", 1440, 900),
    ("dark", 1440, 900),
    ("light", 390, 844),
    ("dark", 390, 844),
)
NARROW = 360
FIRST_VISIT_BYTES, FIRST_VISIT_REQUESTS, NEXT_PAGE_BYTES = 120_000, 8, 20_000
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.flatMap((found) =>
    found.nodes.map((node) =>
        `${found.id}: ${node.html.slice(0, 160)} — ${node.any.map((any) => any.message).join('; ')}`))"""
WIDER_THAN_THE_WINDOW = "() => document.documentElement.scrollWidth - window.innerWidth"


def go(page: Page, screen: str) -> None:
    """Open a screen and wait until what it fetches by itself is there."""
    page.goto(FIRST_OF.get(screen, screen))
    if screen in FIRST_OF:
        address = page.locator("#list tbody tr a[href*='/records/']").first.get_attribute("href")
        assert address is not None
        page.goto(address)
        page.locator("#related[aria-busy]").wait_for(state="detached")
    page.locator("h1").first.wait_for()


def listen_for_errors(page: Page, heard: list[str]) -> None:
    """Keep what goes wrong while a page is open: errors of its console (what the content policy refuses is one),
    of its scripts, and answers of the server that say so.
    """
    page.on("console", lambda told: heard.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda problem: heard.append(str(problem)))
    page.on("response", lambda answer: heard.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)


def judge(page: Page) -> list[str]:
    """Give what axe finds; it comes in by the debugger's door, so that the page's own policy stays in force."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN_AXE)
    return found


class TestAxe:
    @pytest.mark.skipif(not AXE.exists(), reason="no axe-core: npm ci in frontend/")
    @pytest.mark.parametrize("screen", SCREENS)
    def test_finds_nothing_in_light_and_dark_on_desk_and_phone(self, window: Window, screen: str) -> None:
        who = "" if screen == "/accounts/login/" else "administrator"
        found: list[str] = []
        for theme, width, height in LOOKS:
            page = window(
                who,
                color_scheme=theme,
                viewport={"width": width, "height": height},
                reduced_motion="reduce",
            )
            listen_for_errors(page, found)
            go(page, screen)
            found += [f"{theme} {width}: {each}" for each in judge(page)]
            page.context.close()

        assert found == []


class TestNarrowPhone:
    @pytest.mark.parametrize("screen", SCREENS)
    def test_is_never_wider_than_the_window(self, window: Window, screen: str) -> None:
        who = "" if screen == "/accounts/login/" else "administrator"
        page = window(who, viewport={"width": NARROW, "height": 740})
        go(page, screen)

        assert page.evaluate(WIDER_THAN_THE_WINDOW) <= 0


class TestWeight:
    def test_a_first_visit_and_the_next_page_travel_light(self, window: Window) -> None:
        page = window(viewport={"width": 1440, "height": 900})
        answered = _listen(page)
        page.goto("/customers/")
        page.wait_for_load_state("load")
        first = [size for _url, size in answered]
        answered.clear()
        page.goto("/customers/?sort=-name")
        page.wait_for_load_state("load")

        assert len(first) <= FIRST_VISIT_REQUESTS
        assert sum(first) <= FIRST_VISIT_BYTES
        assert sum(size for _url, size in answered) <= NEXT_PAGE_BYTES


def _listen(page: Page) -> list[tuple[str, int]]:
    """Note each answer that came over the network, with the bytes of its body as they travelled."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    addresses: dict[str, str] = {}
    answered: list[tuple[str, int]] = []

    def started(event: dict[str, Any]) -> None:
        if not event["response"].get("fromDiskCache") and event["response"]["url"].startswith("http"):
            addresses[event["requestId"]] = event["response"]["url"]

    def ended(event: dict[str, Any]) -> None:
        if event["requestId"] in addresses:
            answered.append((addresses[event["requestId"]], int(event["encodedDataLength"])))

    network.on("Network.responseReceived", started)
    network.on("Network.loadingFinished", ended)
    return answered
