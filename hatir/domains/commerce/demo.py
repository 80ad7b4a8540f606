"""The room's part of the demo company: what its customers ordered in the last year and a half."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from hatir.domains.catalog.models import Product
from hatir.domains.commerce import actions
from hatir.domains.commerce.actions import NewLine
from hatir.domains.commerce.models import Order
from hatir.domains.customers.models import Customer
from hatir.foundation.access.queries import visible
from hatir.foundation.records.actor import Actor

CHANNELS = ("shop", "shop", "web", "web", "phone", "marketplace", "field")
MOST = 400
"""So many orders an example company has, however large it is."""
BUYERS = ("customer", "loyal", "dormant")


def seed_orders(products: Sequence[Product], *, seed: int, actor: Actor) -> int:
    """Place and ship orders of customers who buy; give how many. What is there already is not made again."""
    if visible(actor, Order).exists():
        return 0
    chance = random.Random(seed)  # noqa: S311 — a demo, not a secret
    buyers = list(visible(actor, Customer).filter(archived_at=None, stage__in=BUYERS).order_by("pk")[:MOST])
    goods = [product for product in products if product.kind != "service"]
    today = timezone.localdate()
    made = 0
    for customer in buyers[: max(1, len(buyers) * 2 // 3)]:
        for _order in range(chance.choice((1, 1, 2, 3))):
            if made < MOST:
                _place(chance, customer, goods, today, actor)
                made += 1
    return made


def _place(chance: random.Random, customer: Customer, goods: Sequence[Product], today: date, actor: Actor) -> None:
    day = today - timedelta(days=int(chance.triangular(0, 540, 30)))
    lines = [
        NewLine(
            product,
            quantity=Decimal(chance.choice((1, 1, 1, 2, 4, 6))),
            discount_percent=Decimal(chance.choice((5, 10))) if chance.random() < 0.2 else None,
        )
        for product in chance.sample(list(goods), chance.choice((1, 1, 2, 3)))
    ]
    order = actions.place_order(
        actor=actor,
        customer=customer,
        lines=lines,
        on=day,
        channel=chance.choice(CHANNELS),
        promised_on=day + timedelta(days=chance.choice((3, 7, 14, 21))),
        owner=customer.owner_id,
        team=customer.team_id,
    )
    _follow(chance, order, day, today, actor)


def _follow(chance: random.Random, order: Order, day: date, today: date, actor: Actor) -> None:
    """Let an order go its way as far as its age allows."""
    age = (today - day).days
    if chance.random() < 0.05:
        actions.cancel_order(order, actor=actor, reason="Müşteri vazgeçti")
        return
    if age < 3:
        return
    actions.ship_order(
        order, actor=actor, on=day + timedelta(days=2), carrier=chance.choice(("Aras", "Yurtiçi", "MNG"))
    )
    if age < 6:
        return
    actions.deliver_order(order, actor=actor, on=min(today, day + timedelta(days=chance.choice((3, 5, 8, 15)))))
    if chance.random() < 0.04:
        actions.return_goods(order, actor=actor, reason="Renk beklenenden farklı")
