"""A quote goes its way inside the house: approval, sending, a new version, the end of its time."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hatir.domains.catalog.queries import rate_on
from hatir.domains.quotes.actions.errors import NoLines, NotThatWay, NotYours
from hatir.domains.quotes.actions.quotes import RATE_PLACES
from hatir.domains.quotes.actions.reckoning import reckon_quotes
from hatir.domains.quotes.actions.steps import tell, write_steps
from hatir.domains.quotes.events import QuoteMoved, QuoteSent
from hatir.domains.quotes.models import APPROVED as APPROVAL_GIVEN
from hatir.domains.quotes.models import ASKED, REFUSED, Approval, Quote, QuoteLine, QuoteLink
from hatir.domains.quotes.preferences import VALID_DAYS
from hatir.domains.quotes.queries.approving import asking_of, reasons_against
from hatir.domains.quotes.queries.quotes import link_of, open_approval
from hatir.domains.quotes.rules import (
    APPROVED,
    DRAFT,
    EXPIRED,
    OUT,
    REPLACEABLE,
    REPLACED,
    SENT,
    WAITING,
    is_over,
    may_follow,
    number_of_version,
)
from hatir.foundation.access.queries import get_for, get_visible
from hatir.foundation.preferences.queries import value_of
from hatir.foundation.records import writing
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.errors import Invalid

COPIED = (
    "base_number", "title", "customer_id", "contact_id", "deal_id", "language", "currency", "prices_include_tax",
    "discount_percent", "discount_amount", "intro", "terms", "note", "owner_id", "team_id", "custom",
)  # fmt: skip
COPIED_OF_LINES = (
    "position", "kind", "product_id", "name", "detail", "unit", "quantity", "unit_price", "discount_percent",
    "tax_percent", "withholding_code", "withholding_percent", "is_optional", "list_name", "listed_price", "custom",
)  # fmt: skip


def send_quote(quote: Quote, *, actor: Actor) -> Quote:
    """Give a quote to the customer: from now on it does not change, and its link opens.

    What is beyond the actor's limit waits for an approval instead; the status tells. An approved quote goes. Raises
    NoLines, NotThatWay, Invalid for a quote whose time, or whose promised day of delivery, is over.
    """
    with transaction.atomic():
        quote = held(quote, actor)
        if not quote.line_count:
            raise NoLines
        if is_over(quote.valid_until, timezone.localdate()):
            raise Invalid({"valid_until": [_("The last day of this quote is over; choose a later one first.")]})
        if is_over(quote.promised_on, timezone.localdate()):
            raise Invalid({"promised_on": [_("The promised day of delivery is over; choose a later one first.")]})
        if quote.status == DRAFT:
            asking = asking_of(quote, lines_in(quote))
            if reasons_against(actor, asking):
                return _ask(quote, actor)
        if not may_follow(quote.status, SENT):
            raise NotThatWay(quote, SENT)
        quote.sent_at = timezone.now()
        move(quote, SENT, actor=actor, is_told=False)
        make_link(quote)
        tell(QuoteSent, quote, actor=actor)
    return quote


def _ask(quote: Quote, actor: Actor) -> Quote:
    asking = asking_of(quote, lines_in(quote))
    Approval.objects.create(
        quote=quote, discount=asking.discount, worth=asking.worth, asked_by_id=actor.user_id, asked_at=timezone.now()
    )
    return move(quote, WAITING, actor=actor)


def approve_quote(quote: Quote, *, actor: Actor) -> Quote:
    """Let a waiting quote go; it is then sent by whoever made it. Raises NotThatWay or NotYours."""
    with transaction.atomic():
        quote = held(quote, actor, verb="view")
        _decide(quote, actor, APPROVAL_GIVEN, "")
        return move(quote, APPROVED, actor=_hand(actor))


def refuse_quote(quote: Quote, *, actor: Actor, reason: str) -> Quote:
    """Send a waiting quote back to its desk, with a reason. Raises NotThatWay, NotYours or Invalid."""
    reason = reason.strip()[:1000]
    if not reason:
        raise Invalid({"reason": [_("Say why, so that the quote can be mended.")]})
    with transaction.atomic():
        quote = held(quote, actor, verb="view")
        _decide(quote, actor, REFUSED, reason)
        return move(quote, DRAFT, actor=_hand(actor), reason=reason)


def _decide(quote: Quote, actor: Actor, state: str, reason: str) -> None:
    asked = open_approval(quote)
    if quote.status != WAITING or asked is None:
        raise NotThatWay(quote, APPROVED if state == APPROVAL_GIVEN else DRAFT)
    reasons = reasons_against(actor, asking_of(quote, lines_in(quote)))
    if reasons:
        raise NotYours(reasons)
    Approval.objects.filter(pk=asked.pk, state=ASKED).update(
        state=state, decided_by=actor.user_id, decided_at=timezone.now(), reason=reason
    )


def take_back(quote: Quote, *, actor: Actor) -> Quote:
    """Put a quote that waits or was approved back onto the desk, to change it; an open asking ends."""
    with transaction.atomic():
        quote = held(quote, actor)
        Approval.objects.filter(quote=quote, state=ASKED).delete()
        return move(quote, DRAFT, actor=actor)


def new_version(quote: Quote, *, actor: Actor) -> Quote:
    """Make the next version of a quote that was sent, as a draft; the old one is replaced when the new one is made.

    Its customer reads there that a newer version comes. Raises NotThatWay, or NoRate.
    """
    with transaction.atomic():
        quote = held(quote, actor)
        if quote.status not in REPLACEABLE:
            raise NotThatWay(quote, REPLACED)
        today = timezone.localdate()
        fresh = Quote(quoted_on=today, replaces=quote, revision=quote.revision + 1)
        for name in COPIED:
            setattr(fresh, name, getattr(quote, name))
        fresh.number = number_of_version(quote.base_number, fresh.revision)
        fresh.valid_until = today + timedelta(days=int(value_of(VALID_DAYS.key)))
        fresh.promised_on = None if is_over(quote.promised_on, today) else quote.promised_on
        fresh.rate = rate_on(fresh.currency, today).quantize(RATE_PLACES)
        writing.save(fresh, actor=actor)
        write_steps([(fresh, "", DRAFT)], actor=actor)
        writing.save_many([_copied(line, fresh) for line in lines_in(quote)], actor=actor)
        reckon_quotes([fresh.pk])
        move(quote, REPLACED, actor=actor)
        fresh.refresh_from_db()
    return fresh


def _copied(line: QuoteLine, quote: Quote) -> QuoteLine:
    fresh = QuoteLine(quote=quote)
    for name in COPIED_OF_LINES:
        setattr(fresh, name, getattr(line, name))
    return fresh


def expire_quote(quote_id: int, *, on: date, actor: Actor) -> bool:
    """End a quote whose last day is over; tell whether it was still out. Running twice changes nothing."""
    with transaction.atomic():
        quote = locked(quote_id)
        if quote.status not in OUT or not is_over(quote.valid_until, on):
            return False
        move(quote, EXPIRED, actor=actor)
    return True


def make_link(quote: Quote) -> QuoteLink:
    """Give the link of a quote that holds, a new one where there is none."""
    found = link_of(quote)
    if found is not None:
        return found
    return QuoteLink.objects.create(quote=quote, token=secrets.token_urlsafe(24), made_at=timezone.now())


def revoke_link(quote: Quote, *, actor: Actor) -> None:
    """Close the link of a quote: who has it finds nothing any more."""
    get_for(actor, Quote, quote.pk, "edit")
    QuoteLink.objects.filter(quote=quote, revoked_at=None).update(revoked_at=timezone.now())


def renew_link(quote: Quote, *, actor: Actor) -> QuoteLink:
    """Close the link and give a new one."""
    with transaction.atomic():
        revoke_link(quote, actor=actor)
        return make_link(quote)


# --- what every move goes through --------------------------------------------------------------------


def held(quote: Quote, actor: Actor, *, verb: str = "edit") -> Quote:
    """Read a quote anew and hold it until the transaction ends. Raises NotFoundHere or Denied."""
    if verb == "view":
        get_visible(actor, Quote, quote.pk)
    else:
        get_for(actor, Quote, quote.pk, verb)
    return locked(quote.pk)


def locked(quote_id: int) -> Quote:
    """Hold a quote until the transaction ends, so that nobody answers it twice."""
    rows = Quote.objects.filter(pk=quote_id)
    return (rows.select_for_update() if connection.features.has_select_for_update else rows).get()


def lines_in(quote: Quote) -> list[QuoteLine]:
    """List the lines of a quote that the caller holds."""
    return list(QuoteLine.objects.filter(quote=quote, archived_at=None).order_by("position", "id"))


def move(quote: Quote, status: str, *, actor: Actor, reason: str = "", is_told: bool = True) -> Quote:
    """Let a held quote go one step; a step inside the house is told as such. Raises NotThatWay."""
    before = quote.status
    if not may_follow(before, status):
        raise NotThatWay(quote, status)
    quote.status = status
    writing.save(quote, actor=actor)
    write_steps([(quote, before, status)], actor=actor, reason=reason)
    if is_told:
        tell(QuoteMoved, quote, actor=actor, before=before, status=status, reason=reason)
    return quote


def _hand(actor: Actor) -> Actor:
    """An approver may decide about a quote without the right to change its words: the verb writes for him."""
    return Actor(kind="system", label=actor.label, origin="quotes", operation=actor.operation)
