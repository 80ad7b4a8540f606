"""What the room does when orders were written: facts about customers, lines on their timeline."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from hatir.domains.commerce.actions import reckon_orders, refresh_facts
from hatir.domains.commerce.events import OrderMoved, OrderPlaced
from hatir.domains.commerce.models import STATUSES
from hatir.domains.commerce.queries.touched import customers_of, orders_with_lines
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.events.facts import RecordsArchived, RecordsChanged, RecordsCreated, RecordsRestored
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry
from hatir.kit.formats_tr import format_money

ORDER, LINE = "commerce.order", "commerce.order_line"
Written = RecordsCreated | RecordsChanged | RecordsArchived | RecordsRestored


@on(RecordsCreated, RecordsChanged, RecordsArchived, RecordsRestored)
def follow_orders(event: Written, delivery: Delivery) -> None:
    """Keep the facts about customers true, whichever way their orders came or went."""
    if event.type_key not in (ORDER, LINE):
        return
    ids = [ref.id for ref in event.about]
    if event.type_key == LINE:
        ids = orders_with_lines(ids)
        if isinstance(event, RecordsArchived | RecordsRestored):
            reckon_orders(ids)
    refresh_facts(customers_of(ids), actor=_actor(delivery))


@on(OrderPlaced)
def tell_placed(event: OrderPlaced, delivery: Delivery) -> None:
    """Leave a line about the order on the customer's timeline."""
    _tell(event, delivery, "placed")


@on(OrderMoved)
def tell_moved(event: OrderMoved, delivery: Delivery) -> None:
    """Leave a line about what became of an order on the customer's timeline."""
    _tell(event, delivery, event.status)


def _tell(event: OrderPlaced | OrderMoved, delivery: Delivery, verb: str) -> None:
    order, customer = event.about
    entry = TimelineEntry(
        type_key=customer.type_key,
        about_id=customer.id,
        at=delivery.at,
        kind="money",
        user_id=delivery.user_id,
        user_label=delivery.actor_label[:120],
        title=_("order %(number)s, %(total)s: %(what)s")
        % {
            "number": event.number,
            "total": format_money(Decimal(event.total), event.currency),
            "what": _("placed") if verb == "placed" else dict(STATUSES)[verb],
        },
        body=getattr(event, "reason", ""),
        data={"order": verb, "channel": event.channel},
        ref_type=order.type_key,
        ref_id=order.id,
        event_id=delivery.event_id,
    )
    add_entries([entry])


def _actor(delivery: Delivery) -> Actor:
    return system_actor("commerce").in_operation(delivery.operation)
