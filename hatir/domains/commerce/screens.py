"""The page of an order: its lines with their amounts, what can be done next, the way it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hatir.domains.commerce import actions
from hatir.domains.commerce.models import RETURN, Order, OrderLine
from hatir.domains.commerce.queries import amounts_of, lines_of, shipments_of, steps_of
from hatir.domains.commerce.rules import (
    CANCELLED,
    CONFIRMED,
    DELIVERED,
    OPEN,
    PARTLY_SHIPPED,
    SHIPPED,
    may_follow,
)
from hatir.foundation.access.queries import get_visible, open_fields
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.timeline.queries import NO_PICK
from hatir.interface.web.answers import done, refused
from hatir.interface.web.factsheet import FactSheet
from hatir.interface.web.nav import Page, add_page
from hatir.interface.web.permission import screen
from hatir.interface.web.recordpages import Opened, crumbs_of, head_of, list_address, menu_of, open_record
from hatir.interface.web.timelines import composer_of, next_tasks, timeline_of
from hatir.kit.amount_words import amount_in_words
from hatir.kit.formats_tr import format_money, format_number
from hatir.kit.ids import decode_id
from hatir.kit.parsing_tr import parse_decimal

VERBS: Mapping[str, Callable[..., object]] = {
    "confirmation": actions.confirm_order,
    "shipment": actions.ship_order,
    "delivery": actions.deliver_order,
    "cancellation": actions.cancel_order,
    "return": actions.return_goods,
}
IN_PARTS = frozenset({"shipment", "return"})

add_page(
    "sales",
    Page("commerce.order", gettext_lazy("Orders"), "/sales/orders/", type_key="commerce.order", order=30),
)


@screen(":view")
@require_safe
def order_page(request: HttpRequest, type_key: str, record_id: str) -> HttpResponse:
    """Show an order whole."""
    opened = open_record(request, type_key, record_id)
    sheet = FactSheet(opened.actor, opened.narrowed, opened.record, editable=opened.editable)
    head = head_of(opened, sheet.presenter)
    context: dict[str, Any] = {
        "page_title": head.title,
        "record": head,
        "crumbs": crumbs_of(opened, list_address(request)),
        "sections": sheet.sections(),
        "menu": menu_of(opened),
        "related_url": f"{opened.url}related/",
        "has_timeline": True,
        "composer": composer_of(opened),
        "next_tasks": next_tasks(opened),
        "timeline": timeline_of(opened, request.GET, NO_PICK),
        "order": opened.record,
        **(_body(opened) if _sees_amounts(opened) else {}),
    }
    return render(request, "commerce/order.html", context)


def _sees_amounts(opened: Opened) -> bool:
    """Whoever may not see the total may not see what it is made of."""
    return "total" in open_fields(opened.actor, opened.rt)


def _body(opened: Opened) -> dict[str, Any]:
    order: Order = opened.record
    lines = lines_of(opened.actor, order)
    amounts = amounts_of(order, lines)
    money = _money(order)
    is_open = order.status in OPEN and opened.editable
    return {
        "lines": [_line(line, money, opened, is_open=is_open) for line in lines],
        "taxes": [(line.percent, money(line.base), money(line.tax)) for line in amounts.taxes],
        "totals": [
            (_("Before discount"), money(amounts.gross), False),
            *([(_("Discount"), f"−{money(amounts.discount)}", False)] if amounts.discount else []),
            (_("Without KDV"), money(amounts.net), False),
            (_("KDV"), money(amounts.tax), False),
            (_("Total"), money(amounts.total), True),
            *([(_("Withheld KDV"), f"−{money(amounts.withheld)}", False)] if amounts.withheld else []),
            *([(_("Payable"), money(amounts.payable), True)] if amounts.withheld else []),
        ],
        "in_words": amount_in_words(amounts.payable, order.currency),
        "add_url": f"/records/commerce.order_line/new/?link=order:{order.public_id}" if is_open else "",
        "verbs": _verbs(opened, lines) if opened.editable else [],
        "steps": steps_of(order),
        "shipments": [(one, one.direction == RETURN) for one in shipments_of(opened.actor, order)],
        "parts": _parts(opened, lines) if opened.editable else [],
    }


def _money(order: Order) -> Callable[[Decimal], str]:
    language = get_language() or "tr"
    return lambda amount: format_money(amount, order.currency, decimals=2, language=language)


def _line(line: OrderLine, money: Callable[[Decimal], str], opened: Opened, *, is_open: bool) -> dict[str, Any]:
    product = line.product
    now_costs = ""
    if is_open and product is not None and product.price is not None and not line.list_name:
        same = product.currency == opened.record.currency
        same = same and product.price_includes_tax == opened.record.prices_include_tax
        if same and product.price != line.unit_price:
            now_costs = money(product.price)
    url = f"/records/commerce.order_line/{line.public_id}/"
    return {
        "line": line,
        "url": f"/records/catalog.product/{product.public_id}/" if product is not None else "",
        "price": money(line.unit_price or Decimal(0)),
        "total": money(line.total),
        "net": money(line.net),
        "now_costs": now_costs,
        "edit_url": f"{url}edit/" if is_open else "",
        "remove_url": f"{opened.url}lines/{line.public_id}/removal/" if is_open else "",
    }


def _verbs(opened: Opened, lines: list[OrderLine]) -> list[dict[str, Any]]:
    """List what can be done with the order now, the first one first."""
    status = opened.record.status
    ways = (
        ("confirmation", _("Confirm"), "check", may_follow(status, CONFIRMED) and bool(lines)),
        ("shipment", _("Ship"), "truck", status in (CONFIRMED, PARTLY_SHIPPED) and bool(lines)),
        ("delivery", _("Delivered"), "package", may_follow(status, DELIVERED)),
        ("return", _("Take back"), "undo", status in (SHIPPED, DELIVERED, PARTLY_SHIPPED)),
        ("cancellation", _("Cancel the order"), "ban", may_follow(status, CANCELLED) or status == PARTLY_SHIPPED),
    )
    return [
        {"label": label, "icon": icon, "url": f"{opened.url}{verb}/", "key": verb}
        for verb, label, icon, is_possible in ways
        if is_possible
    ]


def _parts(opened: Opened, lines: list[OrderLine]) -> list[dict[str, Any]]:
    """Give the forms by which some of the lines are shipped or taken back."""
    status = opened.record.status
    found = []
    for verb, label, left in (
        ("shipment", _("Ship a part"), attrgetter("to_ship")),
        ("return", _("Take a part back"), attrgetter("to_return")),
    ):
        rows = [(line, left(actions.quantities_of(line))) for line in lines]
        asked = [(line, format_number(most, decimals=None)) for line, most in rows if most > 0]
        fits = status in ((CONFIRMED, PARTLY_SHIPPED) if verb == "shipment" else (SHIPPED, DELIVERED, PARTLY_SHIPPED))
        if asked and fits:
            found.append({"label": label, "url": f"{opened.url}{verb}/", "rows": asked})
    return found


@screen(":edit")
@require_POST
def move(request: HttpRequest, type_key: str, record_id: str, verb: str) -> HttpResponse:
    """Let the order go one step: the address names it. `q-<line>` says how many of a line."""
    opened = open_record(request, type_key, record_id)
    try:
        _needs_edit(opened)
        more: dict[str, Any] = {"quantities": _asked(request)} if verb in IN_PARTS and _asked(request) else {}
        if verb in ("cancellation", "return"):
            more["reason"] = request.POST.get("reason", "")[:200]
        VERBS[verb](opened.record, actor=opened.actor, **more)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    fresh = get_visible(opened.actor, opened.rt, opened.record.pk)
    said = _("Order %(number)s: %(status)s") % {"number": fresh.number, "status": fresh.get_status_display()}
    return done(request, said, back=opened.url)


@screen(":edit")
@require_POST
def remove_line(request: HttpRequest, type_key: str, record_id: str, line_id: str) -> HttpResponse:
    """Take a line off an open order."""
    opened = open_record(request, type_key, record_id)
    try:
        _needs_edit(opened)
        line = get_visible(opened.actor, OrderLine, decode_id(line_id))
        actions.remove_line(line, actor=opened.actor)
    except RecordError as problem:
        return refused(request, problem, back=opened.url)
    return done(request, _("The line was removed."), back=opened.url)


def _needs_edit(opened: Opened) -> None:
    if not opened.editable:
        raise Invalid({"": [_("You do not have the right to do this.")]})


def _asked(request: HttpRequest) -> dict[int, Decimal]:
    """Read how many of each line were named. Raises Invalid for what is no number."""
    found = {}
    for name, text in request.POST.items():
        if name.startswith("q-") and isinstance(text, str) and text.strip():
            try:
                found[decode_id(name.removeprefix("q-"))] = parse_decimal(text)
            except ValueError:
                raise Invalid({"quantity": [_("Enter a number.")]}) from None
    return found
