"""The board under the pointer and the keyboard: dragging, M, what is asked after a loss, two people at one deal."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.journeys.conftest import Window

pytestmark = pytest.mark.slow
SECONDS = 1000
PATIENCE = 20 * SECONDS
DESK = {"width": 1440, "height": 900}


def at_the_board(window: Window, who: str = "administrator") -> Page:
    page = window(who, viewport=DESK)
    page.goto("/sales/board/")
    expect(page.locator("[data-lane]").first).to_be_visible(timeout=PATIENCE)
    return page


def with_deal(page: Page, at: int) -> Locator:
    """Open a deal of its own in a lane and come back to the board; give its card, wherever it goes."""
    board, stage = page.url, lane(page, at).get_attribute("data-lane")
    name = f"Pano {time.time_ns()}"
    page.goto(f"/records/sales.deal/new/?stage={stage}")
    page.fill("[name=name]", name)
    page.fill("[name=amount]", "1000")
    page.locator("form[data-main] button[type=submit]").first.click()
    expect(page.locator("h1")).to_have_text(name, timeout=PATIENCE)
    page.goto(board)
    card = page.locator("[data-card]", has_text=name)
    expect(card).to_be_visible(timeout=PATIENCE)
    return page.locator(f"#{card.get_attribute('id')}")


def lane(page: Page, at: int) -> Locator:
    return page.locator("[data-lane]").nth(at)


def count_of(page: Page, at: int) -> int:
    return int(lane(page, at).locator(".badge").first.inner_text())


def pick_up(page: Page, card: Locator) -> None:
    """Press the pointer on a card and begin to pull."""
    box = card.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 12)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 12, box["y"] + box["height"] - 4, steps=3)


def let_go_over(page: Page, place: Locator) -> None:
    box = place.bounding_box()
    assert box is not None
    for _step in range(2):  # the browser tells of the place only when the pointer moves over it
        page.mouse.move(box["x"] + box["width"] / 2 + _step, box["y"] + min(box["height"] / 2, 90) + _step, steps=3)
    page.mouse.up()


def drag(page: Page, card: Locator, place: Locator) -> None:
    pick_up(page, card)
    let_go_over(page, place)


def told(page: Page, text: str | re.Pattern[str]) -> Locator:
    toast = page.locator(".toast", has_text=text).last
    expect(toast).to_be_visible(timeout=PATIENCE)
    return toast


def plan_later(page: Page) -> None:
    """Close the question for the next step, where one is asked."""
    page.wait_for_load_state("networkidle")
    if page.locator("#dialog[open]").count():
        page.locator("#dialog [data-close]").first.click()


class TestDragging:
    def test_to_another_lane_moves_the_deal_and_its_sums_and_stays(self, window: Window) -> None:
        page = at_the_board(window)
        card = with_deal(page, 0)
        counts = count_of(page, 0), count_of(page, 1)
        stage = lane(page, 1).locator("h2").inner_text()
        stage_id = lane(page, 1).get_attribute("data-lane")

        drag(page, card, lane(page, 1).locator(".lane__b"))

        told(page, stage)
        expect(lane(page, 1).locator(f"#{card.get_attribute('id')}")).to_have_count(1)
        assert (count_of(page, 0), count_of(page, 1)) == (counts[0] - 1, counts[1] + 1)
        plan_later(page)
        page.reload()
        expect(page.locator(f"[data-lane='{stage_id}'] #{card.get_attribute('id')}")).to_have_count(1)

    def test_is_taken_back_by_z(self, window: Window) -> None:
        page = at_the_board(window)
        card, home = with_deal(page, 1), lane(page, 1).get_attribute("data-lane")
        known = card.get_attribute("id")
        drag(page, card, lane(page, 2).locator(".lane__b"))
        told(page, lane(page, 2).locator("h2").inner_text())
        plan_later(page)

        page.keyboard.press("z")

        expect(page.locator(f"[data-lane='{home}'] #{known}")).to_have_count(1, timeout=PATIENCE)

    def test_targets_appear_only_meanwhile_and_winning_takes_the_card_off(self, window: Window) -> None:
        page = at_the_board(window)
        card, targets = with_deal(page, 0), page.locator(".drops")
        known = card.get_attribute("id")
        expect(targets).to_be_hidden()

        pick_up(page, card)
        expect(targets).to_be_visible()
        let_go_over(page, page.locator("[data-drop=won]"))

        told(page, "kazanıldı")
        expect(page.locator(f"#{known}")).to_have_count(0)
        expect(targets).to_be_hidden()

    def test_onto_lost_asks_why_in_the_toast_and_keeps_the_answer(self, window: Window) -> None:
        page = at_the_board(window)
        card = with_deal(page, 1)
        deal = card.locator("h3 a").get_attribute("href")

        pick_up(page, card)
        let_go_over(page, page.locator("[data-drop=lost]"))
        choice = told(page, "kaybedildi").locator("select")
        reason = choice.locator("option").nth(1).inner_text()
        choice.select_option(index=1)

        told(page, "Neden kaydedildi")
        page.goto(deal or "")
        expect(page.locator("#fact-loss_reason")).to_contain_text(reason)
        expect(page.locator("#fact-status")).to_contain_text("Kaybedildi")

    def test_to_where_it_may_not_go_puts_it_back_and_says_why(self, window: Window) -> None:
        admin = window(viewport=DESK)
        board = at_the_board(window)
        stage = lane(board, 3).get_attribute("data-lane")
        admin.goto(f"/records/sales.stage/{stage}/edit/")
        admin.check("[name=needed_fields][value=lost_to]")
        admin.locator("form[data-main] button[type=submit]").first.click()
        board.reload()
        card, home = with_deal(board, 0), lane(board, 0).get_attribute("data-lane")
        known = card.get_attribute("id")

        drag(board, card, lane(board, 3).locator(".lane__b"))

        expect(board.locator(".toast--bad")).to_be_visible(timeout=PATIENCE)
        expect(board.locator(f"[data-lane='{home}'] #{known}")).to_have_count(1)
        admin.goto(f"/records/sales.stage/{stage}/edit/")
        admin.uncheck("[name=needed_fields][value=lost_to]")
        admin.locator("form[data-main] button[type=submit]").first.click()
        expect(admin.locator(".toast")).to_be_visible(timeout=PATIENCE)


class TestKeys:
    def test_m_and_the_number_of_a_stage_move_the_card_in_hand(self, window: Window) -> None:
        page = at_the_board(window)
        card = with_deal(page, 0)
        known, stage = card.get_attribute("id"), lane(page, 2).get_attribute("data-lane")

        card.focus()
        page.keyboard.press("m")
        expect(page.locator("#dialog[open]")).to_be_visible(timeout=PATIENCE)
        page.keyboard.press("3")

        expect(page.locator(f"[data-lane='{stage}'] #{known}")).to_have_count(1, timeout=PATIENCE)
        expect(page.locator("#dialog [name=to]")).to_have_count(0)

    def test_arrows_walk_the_lanes(self, window: Window) -> None:
        page = at_the_board(window)
        with_deal(page, 0)
        with_deal(page, 1)
        page.keyboard.press("j")
        first = page.evaluate("document.activeElement.closest('[data-lane]').dataset.lane")

        page.keyboard.press("ArrowRight")

        second = page.evaluate("document.activeElement.closest('[data-lane]').dataset.lane")
        assert [first, second] == [lane(page, 0).get_attribute("data-lane"), lane(page, 1).get_attribute("data-lane")]
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("document.activeElement.closest('[data-lane]').dataset.lane") == first

    def test_losing_by_m_asks_why_too(self, window: Window) -> None:
        page = at_the_board(window)
        card = with_deal(page, 2)
        deal = card.locator("h3 a").get_attribute("href")
        card.focus()

        page.keyboard.press("m")
        page.locator("#dialog [name=to][value=lost]").click()
        choice = told(page, "kaybedildi").locator("select")
        reason = choice.locator("option").nth(2).inner_text()
        choice.select_option(index=2)

        told(page, "Neden kaydedildi")
        page.goto(deal or "")
        expect(page.locator("#fact-loss_reason")).to_contain_text(reason)


class TestTwoPeople:
    def test_the_slower_one_is_told_and_sees_where_the_deal_is_now(self, window: Window) -> None:
        others = at_the_board(window, "colleague")
        known = with_deal(others, 0).get_attribute("id")
        mine = at_the_board(window)
        now, wanted = lane(mine, 1).get_attribute("data-lane"), lane(others, 2).locator(".lane__b")
        drag(mine, mine.locator(f"#{known}"), lane(mine, 1).locator(".lane__b"))
        told(mine, lane(mine, 1).locator("h2").inner_text())

        drag(others, others.locator(f"#{known}"), wanted)

        expect(others.locator(".toast--warn")).to_be_visible(timeout=PATIENCE)
        expect(others.locator(f"[data-lane='{now}'] #{known}")).to_have_count(1, timeout=PATIENCE)
        mine.reload()
        expect(mine.locator(f"[data-lane='{now}'] #{known}")).to_have_count(1)
