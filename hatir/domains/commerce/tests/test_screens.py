"""The page of an order, and what its buttons do."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from hatir.domains.commerce import actions
from hatir.domains.commerce.actions import NewLine
from hatir.domains.commerce.models import Order, OrderLine
from hatir.foundation.records.memory import piece_of_work
from tests.world.cast import SYSTEM, Cast, Member, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def order(cast: Cast) -> Iterator[Order]:
    with piece_of_work():
        line = NewLine(name="Ceviz masa", quantity=Decimal(3), unit_price=Decimal(100), tax_percent=Decimal(20))
        yield actions.place_order(actor=SYSTEM, customer=cast.lale_market, lines=[line], status="draft")


def browser(member: Member) -> Client:
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    return client


def address(order: Order, verb: str = "") -> str:
    return f"/records/commerce.order/{order.public_id}/{verb}"


def status(order: Order) -> str:
    return Order.objects.get(pk=order.pk).status


def test_the_page_shows_lines_amounts_and_the_total_in_words(cast: Cast, order: Order) -> None:
    page = browser(cast.admin).get(address(order)).content.decode()

    assert "Ceviz masa" in page
    assert "yalnız üç yüz lira" in page
    assert "₺300,00" in page


def test_the_buttons_lead_from_draft_to_delivered_in_parts(cast: Cast, order: Order) -> None:
    client, line = browser(cast.admin), OrderLine.objects.get(order=order)

    seen = []
    for verb, values in (
        ("confirmation/", {}),
        ("shipment/", {f"q-{line.public_id}": "1"}),
        ("shipment/", {}),
        ("delivery/", {}),
    ):
        client.post(address(order, verb), values)
        seen.append(status(order))

    assert seen == ["confirmed", "partly_shipped", "shipped", "delivered"]


def test_what_cannot_be_is_said_and_changes_nothing(cast: Cast, order: Order) -> None:
    answer = browser(cast.admin).post(address(order, "delivery/"), headers={"HX-Request": "true"})

    assert (answer.status_code, status(order)) == (422, "draft")


def test_a_line_is_removed_from_a_draft(cast: Cast, order: Order) -> None:
    line = OrderLine.objects.get(order=order)

    browser(cast.admin).post(address(order, f"lines/{line.public_id}/removal/"))

    assert Order.objects.get(pk=order.pk).line_count == 0


def test_a_stranger_finds_nothing_and_moves_nothing(cast: Cast, order: Order) -> None:
    client = browser(cast.can)

    codes = [client.get(address(order)).status_code, client.post(address(order, "confirmation/")).status_code]

    assert (codes, status(order)) == ([404, 404], "draft")
