"""An order goes its way: confirmed, shipped in parts, delivered, cancelled, brought back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.catalog.queries import discount_limit
from hatir.domains.commerce.actions.reckoning import reckon_orders
from hatir.domains.commerce.events import OrderMoved
from hatir.domains.commerce.models import OUT, RETURN, Order, OrderLine, OrderStep, Shipment, ShipmentLine
from hatir.domains.commerce.rules import (
    CANCELLED,
    CONFIRMED,
    DELIVERED,
    RETURNED,
    WAITING,
    Quantities,
    is_all_returned,
    may_follow,
    part_of,
    status_after_shipping,
)
from hatir.foundation.access.queries import get_visible
from hatir.foundation.events.bus import publish
from hatir.foundation.records import bulk, writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import RecordError
from hatir.foundation.records.refs import RecordRef
from hatir.kit.formats_tr import format_percent

Picked = Mapping[int, Decimal]
"""How many of each line, by the line's id."""


class NotThatWay(RecordError):
    """An order cannot go from its status to that one."""

    def __init__(self, order: Order, status: str) -> None:
        self.order, self.status = order, status
        super().__init__(order.pk, status)

    def __str__(self) -> str:
        return _("An order that is “%(before)s” cannot become “%(status)s”.") % {
            "before": self.order.get_status_display(),
            "status": dict(Order._meta.get_field("status").flatchoices)[self.status],
        }


class TooMany(RecordError):
    """More of a line was named than there is to ship, cancel or bring back."""

    def __init__(self, line: OrderLine, most: Decimal) -> None:
        self.line, self.most = line, most
        super().__init__(line.pk, most)

    def __str__(self) -> str:
        most = self.most.normalize()
        return _("Of “%(name)s” at most %(most)s are left for this.") % {"name": self.line.name, "most": f"{most:f}"}


def confirm_order(order: Order, *, actor: Actor) -> Order:
    """Confirm an order; with a discount beyond the actor's limit it waits for somebody whose limit suffices.

    Raises NotThatWay, Denied or EditConflict.
    """
    with transaction.atomic():
        order = _held(order, actor)
        lines = _lines(order)
        largest = max((line.discount_percent or Decimal(0) for line in lines), default=Decimal(0))
        if order.gross:
            largest = max(largest, order.discount_amount * 100 / order.gross)
        beyond = largest > discount_limit(actor)
        if beyond and order.status == WAITING:
            raise NeedsApproval(largest, discount_limit(actor))
        return _move(order, WAITING if beyond else CONFIRMED, actor=actor)


class NeedsApproval(RecordError):
    """The discount is beyond what the actor may give or approve."""

    def __init__(self, asked: Decimal, limit: Decimal) -> None:
        self.asked, self.limit = asked, limit
        super().__init__(asked, limit)

    def __str__(self) -> str:
        told = _("A discount of %(asked)s needs the approval of somebody who may give it; your limit is %(limit)s.")
        return told % {"asked": format_percent(self.asked), "limit": format_percent(self.limit)}


def ship_order(
    order: Order, *, actor: Actor, quantities: Picked | None = None, on: date | None = None, carrier: str = "",
    tracking_number: str = "",
) -> Shipment:  # fmt: skip
    """Ship an order, or so many of some lines; without quantities everything that is left.

    Raises TooMany, NotThatWay.
    """
    with transaction.atomic():
        order = _held(order, actor)
        lines = _lines(order)
        picked = _picked(lines, quantities, lambda line: quantities_of(line).to_ship)
        if not picked:
            raise NotThatWay(order, status_after_shipping([]))
        for line, quantity in picked:
            line.shipped_quantity += quantity
        status = status_after_shipping([quantities_of(line) for line in lines])
        if not may_follow(order.status, status):
            raise NotThatWay(order, status)
        shipment = Shipment(
            order=order,
            direction=OUT,
            moved_on=on or timezone.localdate(),
            by=actor.label[:120],
            carrier=carrier[:80],
            tracking_number=tracking_number[:80],
        )
        _store(shipment, picked, "shipped_quantity")
        _move(order, status, actor=actor)
    return shipment


def deliver_order(order: Order, *, actor: Actor, on: date | None = None) -> Order:
    """Say that an order arrived; whether the promised day was kept follows. Raises NotThatWay."""
    with transaction.atomic():
        order = _held(order, actor)
        order.delivered_on = on or timezone.localdate()
        order.is_promise_kept = None if order.promised_on is None else order.delivered_on <= order.promised_on
        return _move(order, DELIVERED, actor=actor)


def cancel_order(order: Order, *, actor: Actor, quantities: Picked | None = None, reason: str = "") -> Order:
    """Cancel an order, or so many of some lines that have not left. Raises TooMany, NotThatWay.

    Of an order that left in part only what is still here can be cancelled; it then counts as shipped.
    """
    with transaction.atomic():
        order = _held(order, actor)
        lines = _lines(order)
        picked = _picked(lines, quantities, lambda line: quantities_of(line).to_ship)
        for line, quantity in picked:
            line.cancelled_quantity += quantity
        left = [quantities_of(line) for line in lines]
        gone = any(one.shipped for one in left)
        if not gone and all(one.to_ship == 0 for one in left):
            # The lines of an order that is cancelled whole keep what was ordered.
            return _move(order, CANCELLED, actor=actor, reason=reason)
        status = status_after_shipping(left) if gone else order.status
        if not picked or (status != order.status and not may_follow(order.status, status)):
            raise NotThatWay(order, CANCELLED)
        names = ("cancelled_quantity",)
        bulk.update_rows(OrderLine, names, [(line.cancelled_quantity, line.pk) for line, _quantity in picked])
        reckon_orders([order.pk])
        order.refresh_from_db()
        return order if status == order.status else _move(order, status, actor=actor, reason=reason)


def return_goods(
    order: Order, *, actor: Actor, quantities: Picked | None = None, on: date | None = None, reason: str = ""
) -> Shipment:
    """Take goods back, all or so many of some lines; their worth is taken off what the customer bought.

    Raises TooMany, NotThatWay.
    """
    with transaction.atomic():
        order = _held(order, actor)
        lines = _lines(order)
        picked = _picked(lines, quantities, lambda line: quantities_of(line).to_return)
        if not picked:
            raise NotThatWay(order, RETURNED)
        for line, quantity in picked:
            line.returned_quantity += quantity
        shipment = Shipment(
            order=order,
            direction=RETURN,
            moved_on=on or timezone.localdate(),
            by=actor.label[:120],
            reason=reason[:200],
        )
        _store(shipment, picked, "returned_quantity")
        order.returned_total = sum(
            (part_of(line.total, line.returned_quantity, line.quantity - line.cancelled_quantity) for line in lines),
            Decimal("0.00"),
        )
        if is_all_returned([quantities_of(line) for line in lines]):
            _move(order, RETURNED, actor=actor, reason=reason)
        else:
            writing.save(order, actor=actor)
            _tell(order, order.status, reason, actor)
    return shipment


def quantities_of(line: OrderLine) -> Quantities:
    """Give how far a line is."""
    return Quantities(line.quantity, line.cancelled_quantity, line.shipped_quantity, line.returned_quantity)


def write_steps(moves: Sequence[tuple[Order, str, str]], *, actor: Actor, reason: str = "") -> None:
    """Remember from where to where orders went, when and by whom."""
    at = timezone.now()
    bulk.insert(
        [
            OrderStep(order=order, before=before, status=status, at=at, by=actor.label[:120], reason=reason[:200])
            for order, before, status in moves
        ]
    )


def _held(order: Order, actor: Actor) -> Order:
    """Read an order anew and hold it until the transaction ends, so that nobody ships the same goods twice."""
    get_visible(actor, Order, order.pk)
    rows = Order.objects.filter(pk=order.pk)
    return (rows.select_for_update() if connection.features.has_select_for_update else rows).get()


def _lines(order: Order) -> list[OrderLine]:
    return list(OrderLine.objects.filter(order=order, archived_at=None).order_by("position", "id"))


def _picked(
    lines: Sequence[OrderLine], quantities: Picked | None, most: Callable[[OrderLine], Decimal]
) -> list[tuple[OrderLine, Decimal]]:
    """Give the lines with how many of each; raises TooMany."""
    picked = []
    for line in lines:
        left = most(line)
        wanted = left if quantities is None else quantities.get(line.pk, Decimal(0))
        if wanted < 0 or wanted > left:
            raise TooMany(line, left)
        if wanted:
            picked.append((line, wanted))
    return picked


def _store(shipment: Shipment, picked: Sequence[tuple[OrderLine, Decimal]], name: str) -> None:
    bulk.insert([shipment])
    bulk.insert([ShipmentLine(shipment=shipment, line=line, quantity=quantity) for line, quantity in picked])
    bulk.update_rows(OrderLine, (name,), [(getattr(line, name), line.pk) for line, _quantity in picked])


def _move(order: Order, status: str, *, actor: Actor, reason: str = "") -> Order:
    before = order.status
    if not may_follow(before, status):
        raise NotThatWay(order, status)
    order.status = status
    writing.save(order, actor=actor)
    write_steps([(order, before, status)], actor=actor, reason=reason)
    _tell(order, before, reason, actor)
    return order


def _tell(order: Order, before: str, reason: str, actor: Actor) -> None:
    about = RecordRef("commerce.order", order.pk), RecordRef("customers.customer", order.customer_id)
    publish(
        OrderMoved(
            about=about, number=order.number, total=str(order.total), currency=order.currency, channel=order.channel,
            before=before, status=order.status, reason=reason,
        ),
        actor=actor,
    )  # fmt: skip
