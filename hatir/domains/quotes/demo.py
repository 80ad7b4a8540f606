"""The room's part of the demo company: quotes in every state, so that each screen has something to show."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from hatir.domains.catalog.models import Product
from hatir.domains.quotes import actions
from hatir.domains.quotes.actions import Answer
from hatir.domains.quotes.models import Quote
from hatir.domains.sales.models import OPEN, Deal
from hatir.foundation.access.queries import visible
from hatir.foundation.notifications.queries import actor_of
from hatir.foundation.records.actor import Actor

MOST = 36
WAYS = ("draft", "waiting", "approved", "sent", "viewed", "accepted", "declined", "expired", "replaced")
DELIVERY = timedelta(weeks=6)
REASONS = ("Bütçemizi aşıyor.", "Teslim süresi bize uzun geldi.", "Başka bir firma ile anlaştık.")
TERMS = (
    "Ödeme: %50 sipariş ile, kalan teslimde.\n"
    "Teslim: sipariş onayından sonra 6 hafta; İzmir içi nakliye ve montaj dahil.\n"
    "Garanti: iskelet 5 yıl, kumaş 2 yıl."
)
ROOMS = ("Oturma grubu", "Yemek odası", "Yatak odası", "Çalışma alanı")


def seed_quotes(products: Sequence[Product], *, seed: int, actor: Actor) -> int:
    """Make quotes for open deals, some of every state; give how many. What is there already is not made again."""
    if not products or visible(actor, Quote).exists():
        return 0
    chance = random.Random(seed + 11)  # noqa: S311 — a demo, not a secret
    rows = visible(actor, Deal).filter(status=OPEN, archived_at=None, currency="TRY", owner__isnull=False)
    deals = list(rows.select_related("owner", "customer").exclude(customer=None).order_by("pk")[:MOST])
    for at, deal in enumerate(deals):
        _go(WAYS[at % len(WAYS)], _made(chance, deal, products, actor), deal, chance, actor)
    return len(deals)


def _made(chance: random.Random, deal: Deal, products: Sequence[Product], actor: Actor) -> Quote:
    day = timezone.localdate() - timedelta(days=chance.randint(0, 12))
    row = {"deal": deal.pk, "title": deal.name, "quoted_on": day, "terms": TERMS, "promised_on": day + DELIVERY}
    quote = actions.create_quotes([row], actor=actor)[0]
    option: dict[str, Any] = {"quote": quote.pk, "name": "Yıllık bakım paketi", "unit": "Yıl", "is_optional": True,
                              "unit_price": Decimal(4800), "tax_percent": Decimal(20)}  # fmt: skip
    own = [] if quote.line_count else _lines(chance, quote, products)
    actions.create_quote_lines([*own, option], actor=actor)
    return quote


def _lines(chance: random.Random, quote: Quote, products: Sequence[Product]) -> list[dict[str, Any]]:
    heading: dict[str, Any] = {"quote": quote.pk, "kind": "section", "name": chance.choice(ROOMS)}
    return [
        heading,
        *(
            {
                "quote": quote.pk,
                "product": product.pk,
                "quantity": Decimal(chance.choice((1, 1, 2, 4, 6))),
                "discount_percent": Decimal(chance.choice((0, 0, 0, 5, 10))),
            }
            for product in chance.sample(list(products), min(len(products), chance.choice((2, 3, 4))))
        ),
    ]


def _go(way: str, quote: Quote, deal: Deal, chance: random.Random, actor: Actor) -> None:
    """Let a quote go as far as its part in the demo says."""
    if way in ("waiting", "approved"):
        assert deal.owner is not None
        actions.update_quotes([(quote, {"discount_percent": Decimal(25)})], actor=actor)
        # The seller asks: the house itself has no limit.
        seller = replace(actor_of(deal.owner), operation=actor.operation)
        asked = actions.send_quote(quote, actor=seller)
        if way == "approved" and asked.status == "waiting":
            actions.approve_quote(quote, actor=actor)
        return
    if way != "draft":
        actions.send_quote(quote, actor=actor)
        _follow(way, quote, chance, actor)


def _follow(way: str, quote: Quote, chance: random.Random, actor: Actor) -> None:
    now, name = timezone.now(), quote.customer.name
    answers: Mapping[str, Callable[[], object]] = {
        "viewed": lambda: actions.note_sighting(quote, at=now),
        "accepted": lambda: actions.accept_quote(quote, answer=Answer(name), actor=actor),
        "declined": lambda: actions.decline_quote(quote, answer=Answer(name), reason=chance.choice(REASONS)),
        "expired": lambda: actions.expire_quote(
            quote.pk, on=timezone.localdate() + timedelta(days=400), actor=actor
        ),
        "replaced": lambda: actions.send_quote(actions.new_version(quote, actor=actor), actor=actor),
    }  # fmt: skip
    if way in answers:
        answers[way]()
