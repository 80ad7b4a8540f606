"""Deals as the board draws them: plain values for cards and lanes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from hatir.domains.sales.models import Deal, Stage
from hatir.domains.sales.queries.approving import open_askings
from hatir.domains.sales.queries.board import LaneSums, first_tags, hidden_customers
from hatir.domains.sales.rules import days_between, is_stale, step_state
from hatir.foundation.records.actor import Actor
from hatir.kit.formats_tr import format_compact_money, format_day_month, format_money, format_percent

LARGE = 1_000_000
ICONS = {"call": "phone", "meeting": "calendar", "email": "mail", "message": "message-circle", "visit": "map-pin"}


@dataclass(frozen=True)
class Card:
    """One deal on the board."""

    id: str
    name: str
    url: str
    move_url: str
    stage: str
    customer: str
    amount: str
    tag: str
    hue: int
    step: str
    step_text: str
    step_icon: str
    days: int
    is_stale: bool
    owner: str
    may_move: bool
    waits: str = ""
    """The stage that it may not enter yet."""


@dataclass(frozen=True)
class Lane:
    """One stage on the board with its first cards."""

    id: str
    name: str
    count: int
    total: str
    chance: str
    cards: Sequence[Card]
    more_url: str = ""
    more: int = 0
    new_url: str = ""
    is_archived: bool = False


def amounts_text(amounts: Mapping[str, Decimal]) -> str:
    """Write amounts of several currencies beside one another; large ones short."""
    language = get_language() or "tr"
    texts = [
        (format_compact_money if abs(amount) >= LARGE else format_money)(amount, currency, language=language)
        for currency, amount in sorted(amounts.items(), key=lambda pair: -pair[1])
        if amount
    ]
    return " + ".join(texts) or "–"


def whole(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Round amounts to whole units of their currency, as a board shows them."""
    return {currency: amount.quantize(Decimal(1), rounding="ROUND_HALF_UP") for currency, amount in amounts.items()}


def cards(actor: Actor, deals: Sequence[Deal], stages: Mapping[int, Stage], movable: frozenset[int]) -> list[Card]:
    """Draw deals as cards; customers out of sight are not named."""
    now = timezone.localtime()
    hidden = hidden_customers(actor, deals)
    tags = first_tags(deal.customer_id for deal in deals if deal.customer_id and deal.customer_id not in hidden)
    waiting = open_askings([deal.pk for deal in deals])
    drawn = [_card(deal, stages.get(deal.stage_id), hidden, tags, now, deal.pk in movable) for deal in deals]
    return [
        replace(card, waits=waiting[deal.pk].stage.name) if deal.pk in waiting else card
        for card, deal in zip(drawn, deals, strict=True)
    ]


def _card(
    deal: Deal,
    stage: Stage | None,
    hidden: frozenset[int],
    tags: Mapping[int, tuple[str, int]],
    now: datetime,
    may_move: bool,
) -> Card:
    seen = deal.customer is not None and deal.customer_id not in hidden
    tag, hue = tags.get(deal.customer_id or 0, ("", 0))
    days = days_between(deal.stage_entered_at, now)
    state = step_state(deal.next_step_at, now, now.date())
    place = f"/records/sales.deal/{deal.public_id}/"
    return Card(
        id=deal.public_id,
        name=deal.name,
        url=place,
        move_url=f"/sales/deals/{deal.public_id}/stage/",
        stage=stage.public_id if stage else "",
        customer=deal.customer.name if seen and deal.customer else "",
        amount="" if deal.amount is None else format_money(deal.amount, deal.currency, language=get_language() or "tr"),
        tag=tag,
        hue=hue,
        step=state,
        step_text=_step_text(deal.next_step_at, state, now),
        step_icon="triangle-alert" if state == "none" else ICONS.get(deal.next_step_kind, "calendar"),
        days=days,
        is_stale=is_stale(days, stage.stale_days if stage else None),
        owner=str(deal.owner) if deal.owner else "",
        may_move=may_move,
    )


def _step_text(due_at: datetime | None, state: str, now: datetime) -> str:
    if due_at is None:
        return _("nothing planned")
    due = due_at.astimezone(now.tzinfo)
    if state == "today":
        return _("today %(time)s") % {"time": f"{due:%H:%M}"}
    if state == "late":
        days = (now.date() - due.date()).days
        return ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}
    return short_day(due.date(), now.date())


def short_day(day: date, today: date) -> str:
    """Write a day near by: tomorrow, or its day and month, cut short."""
    if day == today + timedelta(days=1):
        return _("tomorrow")
    number, month = format_day_month(day, language=get_language() or "tr").split(" ")
    return f"{number} {month[:3]}"


def lane(stage: Stage, sums: LaneSums, drawn: Sequence[Card], *, more_url: str, new_url: str) -> Lane:
    """Draw a stage as a lane."""
    expected = amounts_text(whole(sums.weighted))
    chance = f"{format_percent(stage.probability, language=get_language() or 'tr')} · {expected}"
    return Lane(
        id=stage.public_id,
        name=stage.name,
        count=sums.count,
        total=amounts_text(whole(sums.amounts)),
        chance=chance,
        cards=drawn,
        more_url=more_url,
        more=max(0, sums.count - len(drawn)),
        new_url=new_url,
        is_archived=stage.archived_at is not None,
    )
