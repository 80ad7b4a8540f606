"""The keyboard map, line by line, with the keys that a Turkish Q keyboard types."""

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
PATIENCE = 10 * SECONDS
PRESS = """(event) => (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...event }))"""


def at_the_list(window: Window, address: str = "/customers/?sort=name") -> Page:
    page = window(viewport={"width": 1440, "height": 900})
    page.goto(address)
    expect(page.locator("#list tbody tr").first).to_be_visible()
    return page


def at_a_customer(window: Window) -> Page:
    page = at_the_list(window)
    page.locator("#list td.stick a").nth(3).click()
    expect(page.locator("#related[aria-busy]")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("#walk a")).to_have_count(2, timeout=PATIENCE)
    return page


class TestEverywhere:
    @pytest.mark.parametrize("keys", ["Control+k", "Control+K"])
    def test_ctrl_k_opens_the_palette(self, window: Window, keys: str) -> None:
        page = at_the_list(window)

        page.keyboard.press(keys)

        expect(page.locator("#palette")).to_be_visible()

    @pytest.mark.parametrize("key", ["?", "F1"])
    def test_question_mark_and_f1_list_the_keys_of_the_page(self, window: Window, key: str) -> None:
        page = at_the_list(window)

        page.keyboard.press(key)

        expect(page.locator("#shortcuts")).to_be_visible()
        expect(page.locator("#shortcuts kbd", has_text=re.compile("^F$"))).to_have_count(1)

    @pytest.mark.parametrize(("letter", "address"), [("b", "/today"), ("m", "/customers/")])
    def test_g_and_a_letter_go_to_an_area(self, window: Window, letter: str, address: str) -> None:
        page = at_the_list(window, "/customers/?view=new")

        page.keyboard.press("g")
        page.keyboard.press(letter)

        page.wait_for_url(re.compile(f"{address}$"), timeout=PATIENCE)

    @pytest.mark.parametrize("keys", ["s", "Control+\\"])
    def test_s_narrows_the_sidebar(self, window: Window, keys: str) -> None:
        page = at_the_list(window)

        page.keyboard.press(keys)

        expect(page.locator(".app")).to_have_attribute("data-side", "rail")

    def test_ctrl_point_copies_the_address(self, window: Window) -> None:
        page = window(permissions=["clipboard-read", "clipboard-write"])
        page.goto("/customers/")
        address = page.locator("#list td.stick a").first.get_attribute("href")
        page.goto(address or "")

        page.keyboard.press("Control+.")

        expect(page.locator(".toast")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()").endswith(address)

    @pytest.mark.parametrize("key", ["k", "n", "f", "@", "#", "\\"])
    def test_altgr_types_signs_and_does_nothing_else(self, window: Window, key: str) -> None:
        page = at_the_list(window)
        before = page.locator(".app").get_attribute("data-side")

        page.evaluate(PRESS, {"key": key, "ctrlKey": True, "altKey": True})

        expect(page.locator("dialog[open], .menu:popover-open")).to_have_count(0)
        expect(page.locator(".app")).to_have_attribute("data-side", before or "")

    @pytest.mark.parametrize("key", ["ı", "i", "I", "İ"])
    def test_the_key_between_u_and_o_is_one_key(self, window: Window, key: str) -> None:
        page = at_the_list(window)
        page.context.add_cookies([{"name": "hatir_keys", "value": "n=i", "domain": "localhost", "path": "/"}])
        page.reload()

        page.evaluate(PRESS, {"key": key, "shiftKey": False})

        expect(page.locator("#dialog")).to_be_visible()

    def test_keys_are_text_inside_fields(self, window: Window) -> None:
        page = at_a_customer(window)

        page.locator("#composer textarea").press_sequentially("nfxzsj?")

        expect(page.locator("#composer textarea")).to_have_value("nfxzsj?")
        expect(page.locator("dialog[open]")).to_have_count(0)


class TestList:
    def test_f_opens_the_filter_and_shift_f_clears_it(self, window: Window) -> None:
        page = at_the_list(window, "/customers/?stage=lead")

        page.keyboard.press("f")
        expect(page.locator("#pane input[name=q]")).to_be_focused(timeout=PATIENCE)
        page.keyboard.press("Escape")
        expect(page.locator("#pane input[name=q]")).to_be_hidden(timeout=PATIENCE)
        page.keyboard.press("Shift+F")

        expect(page.locator("#filters .chip")).to_have_count(0, timeout=PATIENCE)

    def test_j_k_x_and_space_walk_select_and_show(self, window: Window) -> None:
        page = at_the_list(window)
        rows = page.locator("#list tbody tr")

        for key in ("j", "j", "x", "j", "j", "Shift+X", "k"):
            page.keyboard.press(key)

        assert [rows.nth(at).get_attribute("aria-selected") for at in range(5)] == [
            "false",
            "true",
            "true",
            "true",
            "false",
        ]
        expect(rows.nth(2)).to_have_class(re.compile("is-cur"))
        page.keyboard.press("Space")
        expect(page.locator("#sheet[open]")).to_be_visible(timeout=PATIENCE)
        page.keyboard.press("Escape")
        expect(page.locator("#sheet[open]")).to_have_count(0)

    def test_enter_opens_the_row(self, window: Window) -> None:
        page = at_the_list(window)
        page.keyboard.press("j")
        title = page.locator("#list tr.is-cur td.stick a").inner_text()

        page.keyboard.press("Enter")

        expect(page.locator("h1")).to_have_text(title, timeout=PATIENCE)

    def test_enter_edits_a_cell_and_escape_leaves_it(self, window: Window) -> None:
        page = at_the_list(window)
        page.keyboard.press("j")
        page.keyboard.press("ArrowRight")
        for _step in range(3):
            page.keyboard.press("ArrowRight")

        page.keyboard.press("Enter")
        expect(page.locator("#list td.edit")).to_have_count(1, timeout=PATIENCE)
        page.keyboard.press("Escape")

        expect(page.locator("#list td.edit")).to_have_count(0)

    @pytest.mark.parametrize("key", ["a", "l"])
    def test_a_and_l_assign_and_label_what_is_selected(self, window: Window, key: str) -> None:
        page = at_the_list(window)

        for each in ("j", "x", key):
            page.keyboard.press(each)

        expect(page.locator("#dialog")).to_be_visible(timeout=PATIENCE)

    def test_n_makes_ctrl_enter_saves_and_z_takes_back(self, window: Window) -> None:
        page = at_the_list(window)

        page.keyboard.press("n")
        page.locator("#dialog [name=name]").fill("Tuşla Gelen")
        page.keyboard.press("Control+Shift+Enter")
        expect(page.locator("#dialog [name=name]")).to_have_value("", timeout=PATIENCE)
        page.locator("#dialog [name=name]").fill("İkinci Gelen")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#dialog")).to_be_hidden(timeout=PATIENCE)
        expect(page.locator("#toasts [data-undo]")).to_have_count(2, timeout=PATIENCE)
        with page.expect_response(lambda answer: "/undo/" in answer.url and answer.ok, timeout=PATIENCE):
            page.keyboard.press("z")
        expect(page.locator("#toasts [data-undo]").last).to_be_visible(timeout=PATIENCE)
        expect(page.locator("#list tbody tr", has_text="İkinci Gelen")).to_have_count(0, timeout=PATIENCE)

        page.goto("/customers/?name=Gelen")
        expect(page.locator("#list tbody tr")).to_contain_text(["Tuşla Gelen"], timeout=PATIENCE)


class TestRecord:
    def test_j_and_k_walk_the_list_it_came_from(self, window: Window) -> None:
        page = at_a_customer(window)
        first = page.url.split("?")[0]
        expect(page.locator("#walk")).to_contain_text(re.compile(r"^\s*4 / \d+"))

        page.keyboard.press("j")
        expect(page.locator("#walk")).to_contain_text(re.compile(r"^\s*5 / \d+"), timeout=PATIENCE)
        page.keyboard.press("k")

        page.wait_for_url(re.compile(re.escape(first)), timeout=PATIENCE)

    def test_l_labels_and_shift_n_writes_a_note(self, window: Window) -> None:
        page = at_a_customer(window)

        page.keyboard.press("l")
        expect(page.locator("#dialog")).to_be_visible(timeout=PATIENCE)
        page.keyboard.press("Escape")
        expect(page.locator("#dialog")).to_be_hidden(timeout=PATIENCE)
        page.keyboard.press("Shift+N")

        expect(page.locator("#composer textarea")).to_be_focused(timeout=PATIENCE)

    def test_t_plans_a_task_and_e_completes_it(self, window: Window) -> None:
        page = at_a_customer(window)
        done = page.locator("#next li")

        page.keyboard.press("t")
        page.keyboard.type("Numuneyi götür")
        page.keyboard.press("Control+Enter")
        expect(done.filter(has_text="Numuneyi götür")).to_have_count(1, timeout=PATIENCE)
        page.locator("h1").click()
        page.locator("#next li", has_text="Numuneyi götür").locator("a").focus()
        page.keyboard.press("e")

        expect(done.filter(has_text="Numuneyi götür")).to_have_count(0, timeout=PATIENCE)
