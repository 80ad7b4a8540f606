"""The customer answers: looks, asks, chooses, accepts or declines. Who answers has the link, and no account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.catalog.queries import NoRate
from hatir.domains.commerce.actions import NewLine, place_order
from hatir.domains.commerce.models import Order
from hatir.domains.planning.actions import plan
from hatir.domains.quotes.actions.errors import NoLines, NoLongerOpen
from hatir.domains.quotes.actions.moving import held, lines_in, locked, move
from hatir.domains.quotes.actions.reckoning import OF_LINE, put_amounts
from hatir.domains.quotes.actions.steps import tell
from hatir.domains.quotes.events import QuoteAccepted, QuoteAsked, QuoteDeclined, QuoteViewed
from hatir.domains.quotes.models import Quote, QuoteLine, Sighting
from hatir.domains.quotes.queries.quotes import SIGNATURE, amounts_of
from hatir.domains.quotes.rules import ACCEPTED, DECLINED, OUT, SENT, SHOWN, VIEWED, is_over
from hatir.domains.sales.actions import NeedsApproval, ask_approval, update_deals, win_deal
from hatir.domains.sales.models import WON, Deal
from hatir.foundation.files.actions import store
from hatir.foundation.records import bulk
from hatir.foundation.records.actor import Actor, system_actor
from hatir.foundation.records.errors import Invalid
from hatir.foundation.records.refs import RecordRef
from hatir.kit.ids import new_id

LONGEST_NAME, LONGEST_TEXT = 120, 2000


@dataclass(frozen=True)
class Answer:
    """Who answers: the name, the address of the machine, and a drawn signature as PNG."""

    name: str
    origin: str = ""
    signature: bytes = b""


def customer_actor(name: str = "") -> Actor:
    """Give the actor of whoever holds the link: the house itself writes, in the customer's name."""
    label = name.strip()[:LONGEST_NAME] or _("Customer")
    return Actor(kind="system", label=label, origin="quotes")


def note_sighting(quote: Quote, *, at: datetime) -> None:
    """Remember that the customer looked: counted by day, told once a day; the first time the status says so."""
    day = timezone.localdate(at)
    with transaction.atomic():
        fresh = Sighting(id=new_id(), quote=quote, on=day, times=0, first_at=at, last_at=at)
        bulk.insert_missing([fresh])
        Sighting.objects.filter(quote=quote, on=day).update(times=F("times") + 1, last_at=at)
        if not Sighting.objects.filter(pk=fresh.pk).exists():
            return
        current, actor = locked(quote.pk), customer_actor()
        if current.status == SENT:
            current.viewed_at = at
            move(current, VIEWED, actor=actor, is_told=False)
        tell(QuoteViewed, current, actor=actor, on=day.isoformat())


def ask(quote: Quote, *, name: str, text: str) -> None:
    """Let the customer ask something; the owner hears of it. Raises Invalid or NoLongerOpen."""
    text, name = text.strip(), name.strip()
    if not text:
        raise Invalid({"question": [_("Write your question.")]})
    if len(text) > LONGEST_TEXT:
        raise Invalid({"question": [_("At most %(count)d characters fit here.") % {"count": LONGEST_TEXT}]})
    if quote.status not in SHOWN:
        raise NoLongerOpen(quote)
    with transaction.atomic():
        tell(QuoteAsked, quote, actor=customer_actor(name), name=name[:LONGEST_NAME], text=text)


def choose_options(quote: Quote, chosen: Collection[int]) -> Quote:
    """Let the customer choose among optional lines; the amounts follow. Raises NoLongerOpen or Invalid."""
    with transaction.atomic():
        current = _answerable(quote)
        _choose(current, lines_in(current), chosen)
    return current


def decline_quote(quote: Quote, *, answer: Answer, reason: str) -> Quote:
    """Let the customer say no. Raises NoLongerOpen."""
    actor, reason = customer_actor(answer.name), reason.strip()[:1000]
    with transaction.atomic():
        current = _answerable(quote)
        current.decided_at, current.decided_by, current.decline_reason = timezone.now(), actor.label, reason
        move(current, DECLINED, actor=actor, reason=reason, is_told=False)
        tell(QuoteDeclined, current, actor=actor, name=actor.label, reason=reason)
    return current


def accept_quote(
    quote: Quote, *, answer: Answer, chosen: Collection[int] | None = None, actor: Actor | None = None
) -> Quote:
    """Accept a quote: it is signed, its deal is won and the order is placed, all or nothing and only once.

    The order keeps the promised day of delivery; where that is over, the owner gets a task to agree on another.

    Whoever accepts a second time, or at the same moment, gets the quote as it was accepted first. `chosen` are the
    optional lines that the customer wants (None: as they stand). `actor` is somebody of the house who writes down
    what the customer said. Raises NoLongerOpen, Invalid without a name, NoRate.
    """
    if not answer.name.strip():
        raise Invalid({"name": [_("Write your name.")]})
    writer = actor or customer_actor(answer.name)
    with transaction.atomic():
        current = held(quote, actor) if actor is not None else locked(quote.pk)
        if current.status == ACCEPTED:
            return current
        _check_open(current)
        lines = lines_in(current)
        if chosen is not None:
            _choose(current, lines, chosen)
        if not any(line.counts for line in lines):
            raise NoLines
        current.decided_at, current.decided_by = timezone.now(), answer.name.strip()[:LONGEST_NAME]
        order = _order(current, lines, writer)
        current.order = order
        move(current, ACCEPTED, actor=writer, is_told=False)
        _promise(current, order, writer)
        _win(current, writer)
        if answer.signature:
            ref = RecordRef("quotes.quote", current.pk)
            store([answer.signature], name=f"{current.number}{SIGNATURE}", actor=writer, about=ref)
        tell(QuoteAccepted, current, actor=writer, name=current.decided_by, order=order.number)
    return current


def _answerable(quote: Quote) -> Quote:
    current = locked(quote.pk)
    _check_open(current)
    return current


def _check_open(quote: Quote) -> None:
    if quote.status not in OUT or quote.archived_at is not None or is_over(quote.valid_until, timezone.localdate()):
        raise NoLongerOpen(quote)


def _choose(quote: Quote, lines: list[QuoteLine], chosen: Collection[int]) -> None:
    """Tick optional lines and reckon anew; written without audit, because the customer decided, not the house."""
    wanted = set(chosen)
    for line in lines:
        line.is_chosen = line.is_optional and line.pk in wanted
    put_amounts(quote, lines)
    names = ("is_chosen", *OF_LINE)
    bulk.update_rows(QuoteLine, names, [(*(getattr(line, name) for name in names), line.pk) for line in lines])
    totals = ("gross", "discount", "net", "tax", "total", "withheld", "payable")
    bulk.update_rows(Quote, totals, [(*(getattr(quote, name) for name in totals), quote.pk)])


def _order(quote: Quote, lines: list[QuoteLine], actor: Actor) -> Order:
    """Place the order at the rate of the day; on a day without one at the rate of the quote's own day."""
    today = timezone.localdate()
    try:
        with transaction.atomic():
            return _placed(quote, lines, actor, today)
    except NoRate:
        return _placed(quote, lines, actor, quote.quoted_on)


def _placed(quote: Quote, lines: list[QuoteLine], actor: Actor, on: date) -> Order:
    counted = [line for line in lines if line.counts]
    return place_order(
        actor=actor,
        customer=quote.customer,
        lines=[_ordered(line) for line in counted],
        on=on,
        currency=quote.currency,
        prices_include_tax=quote.prices_include_tax,
        discount_amount=_document_discount(quote, counted),
        promised_on=None if is_over(quote.promised_on, timezone.localdate()) else quote.promised_on,
        reference=quote.number,
        owner=quote.owner_id,
        team=quote.team_id,
    )


def _document_discount(quote: Quote, counted: list[QuoteLine]) -> Decimal:
    """Give what is taken off the whole quote beside the discounts of its lines."""
    return sum((line.share for line in amounts_of(quote, counted).lines), Decimal("0.00"))


def _ordered(line: QuoteLine) -> NewLine:
    return NewLine(
        product=line.product,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent or Decimal(0),
        tax_percent=line.tax_percent or Decimal(0),
        name=line.name,
        unit=line.unit,
        withholding_code=line.withholding_code,
        withholding_percent=line.withholding_percent,
        list_name=line.list_name,
    )


def _promise(quote: Quote, order: Order, actor: Actor) -> None:
    """Give the owner a task where the promised day was over when the customer said yes: a new one has to be agreed."""
    if not is_over(quote.promised_on, timezone.localdate()):
        return
    plan(
        _("Agree on a new day of delivery: order %(number)s") % {"number": order.number},
        actor=system_actor("quotes").in_operation(actor.operation),
        about=RecordRef("commerce.order", order.pk),
        due_at=timezone.now(),
        owner_id=quote.owner_id,
        customer_id=quote.customer_id,
        priority="high",
    )


def _win(quote: Quote, actor: Actor) -> None:
    """Win the deal of an accepted quote; where its pipeline does not let it, the owner gets a task instead.

    The customer's yes counts in any case: what a stage asks for is a matter of the house, and where winning needs an
    approval it is asked for. In the same currency the deal is worth what was accepted, without KDV like the lines of
    deals; one that has lines keeps what follows from them.
    """
    if quote.deal_id is None:
        return
    rows = Deal.objects.filter(pk=quote.deal_id, archived_at=None)
    deal: Any = (rows.select_for_update() if connection.features.has_select_for_update else rows).first()
    if deal is None or deal.status == WON:
        return
    house = system_actor("quotes").in_operation(actor.operation)
    try:
        with transaction.atomic():
            if deal.currency == quote.currency and not deal.line_count:
                deal = update_deals([(deal, {"amount": quote.net})], actor=house)[0]
        _win_or_ask(deal, quote, house)
    except Invalid as refused:
        plan(
            _("Win the deal: quote %(number)s was accepted") % {"number": quote.number},
            actor=house,
            about=RecordRef("sales.deal", deal.pk),
            due_at=timezone.now(),
            owner_id=deal.owner_id or quote.owner_id,
            customer_id=quote.customer_id,
            note=str(refused),
            priority="high",
        )


def _win_or_ask(deal: Deal, quote: Quote, house: Actor) -> None:
    """Win a deal, or ask for the approval that winning it needs."""
    try:
        with transaction.atomic():
            win_deal(deal, actor=house)
    except NeedsApproval as needed:
        note = _("Quote %(number)s was accepted.") % {"number": quote.number}
        ask_approval(needed.deal, needed.stage, actor=house, note=note, asker=deal.owner_id or quote.owner_id)
