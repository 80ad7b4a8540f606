"""No connection: what was opened can be read, what is written waits in sight and is sent once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow
SECONDS = 1000
PATIENCE = 10 * SECONDS
KEPT = "async (url) => Boolean(await caches.match(url))"
WAITING = """() => new Promise((done) => {
    const asked = indexedDB.open('hatir', 1);
    asked.onsuccess = () => {
        const rows = asked.result.transaction('waiting').objectStore('waiting').getAll();
        rows.onsuccess = () => { asked.result.close(); done(rows.result.length); };
    };
})"""


def at_a_customer(window: Window) -> tuple[Page, str]:
    """Open a customer's page in a browser whose worker keeps pages, and wait until it is kept."""
    page = window()
    page.goto("/customers/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)", timeout=PATIENCE)
    address = page.locator("#list td.stick a").first.get_attribute("href")
    assert address is not None
    page.goto(address)
    page.wait_for_function(KEPT, arg=address, timeout=PATIENCE)
    return page, address


class TestReading:
    def test_opened_pages_are_read_and_others_say_why_not(self, window: Window) -> None:
        page, address = at_a_customer(window)
        name = page.locator("h1").inner_text()

        page.context.set_offline(True)
        page.goto("/records/customers.list/new/")
        expect(page.locator("h1")).to_have_text("Bağlantı yok")
        page.goto(address)

        expect(page.locator("h1")).to_have_text(name)
        expect(page.locator("#net")).to_be_visible()


class TestWriting:
    def test_a_note_waits_and_is_sent_once(self, window: Window) -> None:
        page, address = at_a_customer(window)
        note = f"Asansörde yazıldı {time.time_ns()}"

        page.context.set_offline(True)
        page.fill("#composer [name=text]", note)
        page.locator("#composer .btn--primary").click()
        expect(page.locator("#net [data-text]")).to_contain_text("1", timeout=PATIENCE)
        expect(page.locator("#timeline")).not_to_contain_text(note)
        assert page.evaluate(WAITING) == 1

        page.context.set_offline(False)
        expect(page.locator("#timeline")).to_contain_text(note, timeout=PATIENCE)
        expect(page.locator("#net")).to_be_hidden()
        assert page.evaluate(WAITING) == 0

        page.evaluate("() => dispatchEvent(new Event('online'))")
        page.goto(f"{address}?anew")  # its own address may show the kept page where the answer is late
        expect(page.locator(".ev", has_text=note)).to_have_count(1, timeout=PATIENCE)

    def test_an_answer_that_is_lost_does_not_write_twice(self, window: Window) -> None:
        page, address = at_a_customer(window)
        note = f"Yanıtı kayboldu {time.time_ns()}"

        def lose_the_answer(route: object) -> None:
            route.fetch()  # type: ignore[attr-defined]
            route.abort("connectionreset")  # type: ignore[attr-defined]

        page.context.route("**/entries/", lose_the_answer, times=1)
        page.fill("#composer [name=text]", note)
        page.locator("#composer .btn--primary").click()
        page.wait_for_function(f"async () => (await ({WAITING})()) === 1", timeout=PATIENCE)

        page.evaluate("() => dispatchEvent(new Event('online'))")
        page.wait_for_function(f"async () => (await ({WAITING})()) === 0", timeout=PATIENCE)
        page.goto(f"{address}?anew")  # its own address may show the kept page where the answer is late
        expect(page.locator(".ev", has_text=note)).to_have_count(1, timeout=PATIENCE)


class TestInstalling:
    def test_the_browser_finds_every_icon(self, window: Window) -> None:
        page = window()
        page.goto("/customers/")
        found = page.evaluate("""async () => {
            const manifest = await (await fetch('/manifest.webmanifest')).json();
            return Promise.all(manifest.icons.map(async ({ src, sizes }) => {
                const picture = new Image();
                picture.src = src;
                await picture.decode();
                return [sizes, `${picture.naturalWidth}x${picture.naturalHeight}`];
            }));
        }""")

        assert [(sizes, real) for sizes, real in found if sizes != "any" and sizes != real] == []
        assert len(found) == 5
