"""What the room does when something happened to a quote: lines on timelines, a word to the owner."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from hatir.domains.quotes.actions import customer_actor
from hatir.domains.quotes.events import (
    QuoteAccepted,
    QuoteAsked,
    QuoteDeclined,
    QuoteEvent,
    QuoteMoved,
    QuoteSent,
    QuoteViewed,
)
from hatir.domains.quotes.models import STATUSES, Quote
from hatir.domains.quotes.queries import approvers_of
from hatir.domains.quotes.rules import WAITING
from hatir.foundation.access.queries import get_visible
from hatir.foundation.events.bus import Delivery, on
from hatir.foundation.notifications.actions import Item, notify
from hatir.foundation.notifications.queries import those_who_see
from hatir.foundation.notifications.wording import speaking_to
from hatir.foundation.records.errors import NotFoundHere
from hatir.foundation.timeline.actions import add_entries
from hatir.foundation.timeline.models import TimelineEntry
from hatir.kit.formats_tr import format_money


@on(QuoteSent, QuoteViewed, QuoteMoved, QuoteAccepted, QuoteDeclined, QuoteAsked)
def tell_timelines(event: QuoteEvent, delivery: Delivery) -> None:
    """Leave a line on the timelines of the quote, its customer and its deal."""
    title, body = _said(event)
    add_entries(
        [
            TimelineEntry(
                type_key=ref.type_key,
                about_id=ref.id,
                at=delivery.at,
                kind="money",
                channel="web" if isinstance(event, QuoteAsked | QuoteViewed) else "",
                direction="in" if isinstance(event, QuoteAsked) else "",
                user_id=delivery.user_id,
                user_label=delivery.actor_label[:120],
                title=title[:300],
                body=body,
                data={"quote": event.key},
                ref_type=event.about[0].type_key,
                ref_id=event.about[0].id,
                event_id=delivery.event_id,
            )
            for ref in event.about
        ]
    )


def _said(event: QuoteEvent) -> tuple[str, str]:
    facts = {"number": event.number, "total": format_money(Decimal(event.total), event.currency)}
    if isinstance(event, QuoteMoved):
        return _("quote %(number)s: %(status)s") % {**facts, "status": dict(STATUSES)[event.status]}, event.reason
    if isinstance(event, QuoteDeclined):
        return _("declined quote %(number)s, %(total)s") % facts, event.reason
    if isinstance(event, QuoteAsked):
        return _("asked about quote %(number)s") % facts, event.text
    words = {
        QuoteSent: _("sent quote %(number)s, %(total)s"),
        QuoteViewed: _("looked at quote %(number)s"),
        QuoteAccepted: _("accepted quote %(number)s, %(total)s"),
    }
    return words[type(event)] % facts, ""


@on(QuoteAsked, QuoteAccepted, QuoteDeclined)
def tell_owner(event: QuoteAsked | QuoteAccepted | QuoteDeclined, delivery: Delivery) -> None:
    """Tell the owner what the customer answered."""
    quote = _quote(event)
    if quote is None or quote.owner is None or delivery.user_id == quote.owner_id:
        return
    ref = event.about[0]
    for user in those_who_see([quote.owner.pk], ref):
        with speaking_to(user):
            facts = {"customer": quote.customer.name, "number": event.number}
            if isinstance(event, QuoteAsked):
                text, detail = _("%(customer)s asks about quote %(number)s") % facts, _short(event.text)
            elif isinstance(event, QuoteAccepted):
                text, detail = _("%(customer)s accepted quote %(number)s") % facts, event.order
            else:
                text, detail = _("%(customer)s declined quote %(number)s") % facts, _short(event.reason)
            item = Item(user.pk, "other", text, level="task", detail=detail, action=_("Open"), ref=ref)
            notify([item], event_id=delivery.event_id, at=delivery.at)


@on(QuoteMoved)
def tell_inside(event: QuoteMoved, delivery: Delivery) -> None:
    """Tell approvers that a quote waits for them, and the owner what was decided."""
    quote = _quote(event)
    if quote is None or (event.before != WAITING and event.status != WAITING):
        return
    ref = event.about[0]
    waits = event.status == WAITING and quote.status == WAITING
    ids = approvers_of(quote) if waits else [quote.owner_id] if quote.owner_id and event.before == WAITING else []
    for user in those_who_see([pk for pk in ids if pk and pk != delivery.user_id], ref):
        with speaking_to(user):
            facts = {"number": event.number, "status": dict(STATUSES)[event.status]}
            told = _("Quote %(number)s waits for your approval") if waits else _("quote %(number)s: %(status)s")
            item = Item(user.pk, "other", told % facts, level="task", detail=_short(event.reason), action=_("Open"),
                        ref=ref, by=delivery.actor_label)  # fmt: skip
            notify([item], event_id=delivery.event_id, at=delivery.at)


def _quote(event: QuoteEvent) -> Any:
    try:
        found: Quote = get_visible(customer_actor(), Quote, event.about[0].id)
    except NotFoundHere:
        return None
    return found


def _short(text: str) -> str:
    """Give the beginning of what a customer wrote."""
    return " ".join(text.split())[:200]
