"""The way of a quote is remembered, and told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from hatir.domains.quotes.events import QuoteEvent
from hatir.domains.quotes.models import Quote, QuoteStep
from hatir.foundation.events.bus import publish
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.refs import RecordRef


def write_steps(moves: Sequence[tuple[Quote, str, str]], *, actor: Actor, reason: str = "") -> None:
    """Remember from where to where quotes went, when and by whom."""
    at = timezone.now()
    bulk.insert(
        [
            QuoteStep(quote=quote, before=before, status=status, at=at, by=actor.label[:120], reason=reason[:1000])
            for quote, before, status in moves
        ]
    )


def tell(kind: type[QuoteEvent], quote: Quote, *, actor: Actor, **more: Any) -> None:
    """Publish what happened to a quote, about it, its customer and its deal."""
    about = [RecordRef("quotes.quote", quote.pk), RecordRef("customers.customer", quote.customer_id)]
    if quote.deal_id:
        about.append(RecordRef("sales.deal", quote.deal_id))
    event = kind(about=tuple(about), number=quote.number, total=str(quote.total), currency=quote.currency, **more)
    publish(event, actor=actor)
